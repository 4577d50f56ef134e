package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException.ServiceNotResumed;
import io.chromabackup.ServiceController.Hold;
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

  /**
   * The note is there before the service is touched, and as long as it may not be as found. A hold
   * within another leaves it to that.
   */
  static Hold take(Kind kind, HoldNote note, Taking taking) throws IOException {
    if (!note.write(kind)) {
      return taking.take();
    }
    try {
      return new NotedHold(taking.take(), note);
    } catch (ServiceNotResumed | RuntimeException | Error e) {
      note.leave();
      throw e;
    } catch (IOException e) {
      note.ended();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      hold.close();
    } catch (IOException | RuntimeException | Error e) {
      note.leave();
      throw e;
    }
    note.ended();
  }

  @Override
  public void leave() {
    if (!closed) {
      closed = true;
      note.leave();
    }
  }
}
