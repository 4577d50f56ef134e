package io.chromabackup.localfs;

import io.chromabackup.files.FileTree;
import io.chromabackup.files.Interruption;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings a file to the disk while more of it is being written, so that its last sync finds little
 * to do. A kernel tells once that it could not write, and takes it for written from then on: so a
 * sync that failed here is told, or nobody would ever know.
 */
final class SyncAhead implements Closeable {
  /** Worth a sync of its own, and less than what kernels let wait. */
  static final int STEP = 64 << 20;

  private final Path file;
  private final LongConsumer lasting;
  private long written;
  private long begun;
  private @Nullable FutureTask<Void> syncing;

  /**
   * On other file systems than the default one it does nothing.
   *
   * @param lasting is told how many bytes are on the disk, in the thread that brought them there
   */
  SyncAhead(Path file, LongConsumer lasting) {
    this.file = file;
    this.lasting = lasting;
  }

  /**
   * Takes note of bytes that were written. Begins a sync if they have become many, and none is
   * under way.
   *
   * @throws IOException if an earlier sync failed
   */
  void written(int bytes) throws IOException {
    written += bytes;
    if (written - begun >= STEP
        && FileTree.isNative(file)
        && (syncing == null || syncing.isDone())) {
      close();
      begun = written;
      syncing = begin(written);
    }
  }

  private FutureTask<Void> begin(long bytes) {
    return Interruption.beside(
        "chromabackup-syncing-archive",
        () -> {
          FileTree.syncFile(file);
          lasting.accept(bytes);
        });
  }

  /**
   * Waits for the sync that is under way, which is not interrupted: that would hide a failure.
   * After this nobody has the file open here.
   *
   * @throws IOException if it failed; which is told once
   */
  @Override
  public void close() throws IOException {
    FutureTask<Void> last = syncing;
    syncing = null;
    if (last != null) {
      Interruption.awaitEnd(last);
    }
  }
}
