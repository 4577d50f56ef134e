package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.Entry;
import io.chromabackup.EntrySink;
import io.chromabackup.Quiet;
import io.chromabackup.chroma.BrokenDiskException;
import io.chromabackup.chroma.BusyDatabaseException;
import io.chromabackup.chroma.LiveDatabase;
import io.chromabackup.chroma.WriteBarrier;
import io.chromabackup.files.FileContent;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.Space;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies under a running server: the index files first, then the database through SQLite. The copy
 * counts only if no index file and no watermark changed from before the first to after the last:
 * then the queue in the database holds everything that the index files lack. Neither order is safe
 * without that check.
 */
final class HotCopy {
  private static final Logger log = LoggerFactory.getLogger(HotCopy.class);

  /** Longer, and Chroma's connection pool (10, 30 s) starts to turn callers away. */
  private static final Duration LONGEST_BARRIER = Duration.ofSeconds(10);

  private final DataDirectory data;
  private final Path scratch;
  private final boolean barrier;
  private boolean sent;
  private Duration held = Duration.ZERO;

  private HotCopy(DataDirectory data, Path scratch, boolean barrier) {
    this.data = data;
    this.scratch = scratch;
    this.barrier = barrier;
  }

  /** The server is not held; its writers wait while the database is copied. */
  static HotCopy optimistic(DataDirectory data, Path scratch) {
    return new HotCopy(data, scratch, false);
  }

  /** Writers wait, for as long as a server can bear it. */
  static HotCopy behindBarrier(DataDirectory data, Path scratch) {
    return new HotCopy(data, scratch, true);
  }

  void copyTo(EntrySink sink) throws IOException {
    Path snapshot = scratch.resolve("snapshot.sqlite3");
    try (LiveDatabase database = open()) {
      if (barrier) {
        copyBehindBarrier(database, snapshot, sink);
      } else {
        copyFrom(database, snapshot, sink, null);
      }
      deliver(snapshot, sink);
      return;
    } catch (Unreadable e) {
      if (sent) {
        throw new ChromaBackupException.SourceChanged(
            data.root().toString(), "its database did not answer any more: " + e.getMessage());
      }
      // a dead server's journal, or damage: the inspection of the files as they are will tell
      log.info("{}: {}; copying the files as they are", data.root(), e.getMessage());
    } catch (BusyDatabaseException e) {
      throw new ChromaBackupException.SourceChanged(
          data.root().toString(), String.valueOf(e.getMessage()));
    } finally {
      Interruption.shielded(() -> Files.deleteIfExists(snapshot));
    }
    RawCopy.watched(data).copyTo(sink);
  }

  /** How long writers were held. */
  Duration held() {
    return held;
  }

  private void copyBehindBarrier(LiveDatabase database, Path snapshot, EntrySink sink)
      throws IOException {
    WriteBarrier raised = raise(database);
    long start = System.nanoTime();
    try (raised) {
      BarrierDeadline deadline = BarrierDeadline.in(LONGEST_BARRIER, data.root());
      copyFrom(database, snapshot, deadline.guarding(sink), deadline);
    } finally {
      held = Duration.ofNanos(System.nanoTime() - start);
    }
  }

  private LiveDatabase open() throws IOException {
    return asked(() -> LiveDatabase.open(data.root()));
  }

  private WriteBarrier raise(LiveDatabase database) throws IOException {
    try {
      return asked(() -> database.holdWriters(LONGEST_BARRIER));
    } catch (AccessDeniedException e) {
      throw unavailable("this user may not write to its database, and so cannot hold its writers");
    } catch (BusyDatabaseException e) {
      throw unavailable(
          "a writer is at work for longer than %d s".formatted(LONGEST_BARRIER.toSeconds()));
    }
  }

  private ChromaBackupException unavailable(String why) {
    return ChromaBackupException.QuietUnavailable.now(data.root().toString(), Quiet.BARRIER, why);
  }

  private void copyFrom(
      LiveDatabase database, Path snapshot, EntrySink sink, @Nullable BarrierDeadline deadline)
      throws IOException {
    FileStamps.awaitSettled(data);
    if (deadline != null) {
      deadline.beginCopying();
    }
    Map<String, Long> watermarks = asked(database::vectorWatermarks);
    FileStamps stamps = FileStamps.of(data, false);
    Set<String> wanted = asked(database::segmentIds);
    for (Path segment : data.segments()) {
      if (wanted.contains(String.valueOf(segment.getFileName()))) {
        sent = true;
        RawCopy.copySegment(data, segment, sink);
      }
    }
    if (deadline != null) {
      deadline.requireTimeFor(Files.size(data.database())); // it is not to be interrupted
    }
    if (barrier) {
      takeSnapshot(database, snapshot);
    } else {
      takeSnapshotWithoutWriters(database, snapshot);
    }
    stamps.requireUnchanged(FileStamps.of(data, false));
    if (!watermarks.equals(asked(database::vectorWatermarks))) {
      throw new ChromaBackupException.SourceChanged(
          data.root().toString(), "a vector index was persisted");
    }
  }

  /**
   * One that is about to commit would keep readers out until the copy is made (SQLite's PENDING
   * lock); one that has to wait before it begins does not. And what an old Chroma saves of an index
   * in the midst of a transaction is in the database then.
   */
  private static void takeSnapshotWithoutWriters(LiveDatabase database, Path snapshot)
      throws IOException {
    WriteBarrier raised;
    try {
      raised = asked(() -> database.holdWriters(LONGEST_BARRIER));
    } catch (AccessDeniedException | BusyDatabaseException e) {
      takeSnapshot(database, snapshot);
      return;
    }
    try (raised) {
      takeSnapshot(database, snapshot);
    }
  }

  private static void takeSnapshot(LiveDatabase database, Path snapshot) throws IOException {
    try {
      asked(
          () -> {
            database.backUpTo(snapshot);
            return snapshot;
          });
    } catch (Unreadable | BusyDatabaseException e) {
      throw e;
    } catch (IOException e) {
      throw Space.isExhausted(e)
          ? new ChromaBackupException.NoSpace(String.valueOf(snapshot.getParent()), e)
          : e;
    }
  }

  private void deliver(Path snapshot, EntrySink sink) throws IOException {
    Entry entry = data.entry(data.database()).withSize(Files.size(snapshot));
    try (FileContent content = FileContent.given(snapshot)) {
      sink.accept(entry, content);
    }
  }

  @FunctionalInterface
  private interface Question<T> {
    T ask() throws IOException;
  }

  /** Tells a database that does not answer from a sink that does not take. */
  private static <T> T asked(Question<T> question) throws IOException {
    try {
      return question.ask();
    } catch (InterruptedIOException
        | BusyDatabaseException
        | BrokenDiskException
        | AccessDeniedException e) {
      throw e;
    } catch (IOException e) {
      if (Space.isExhausted(e)) {
        throw e;
      }
      throw new Unreadable(e);
    }
  }

  private static final class Unreadable extends IOException {
    Unreadable(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }
}
