package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException.ServiceNotResumed;
import io.chromabackup.ServiceController.Hold;
import io.chromabackup.files.Interruption;
import io.chromabackup.localfs.HoldNote.Kind;
import java.io.IOException;

/** A hold with a note of it on disk, which is left there if the service cannot be brought back. */
final class NotedHold implements Hold {
  private final Hold hold;
  private final HoldNote note;
  private boolean closed;

  private NotedHold(Hold hold, HoldNote note) {
    this.hold = hold;
    this.note = note;
  }

  /** Holds a service. */
  interface Taking {
    Hold take() throws IOException;
  }

  /** The note is there before the service is touched, and as long as it may not be as found. */
  static NotedHold take(Kind kind, HoldNote note, Taking taking) throws IOException {
    note.write(kind);
    try {
      return new NotedHold(taking.take(), note);
    } catch (ServiceNotResumed e) {
      note.leave();
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      note.ended();
      throw e;
    }
  }

  /**
   * Brings a service back.
   *
   * @param done what becomes of its note then
   */
  static void bringBack(Interruption.Work work, HoldNote note, Runnable done) throws IOException {
    try {
      work.run();
    } catch (IOException | RuntimeException | Error e) {
      note.leave();
      throw e;
    }
    done.run();
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      bringBack(hold::close, note, note::ended);
    }
  }

  @Override
  public void leave() {
    if (!closed) {
      closed = true;
      note.leave();
    }
  }
}
