package io.chromabackup;

import io.chromabackup.files.FileTree;
import io.chromabackup.files.PassingContent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Passes on what an archive holds that does not say how much it is, and leaves the disk some. */
final class SpaceReserve implements EntrySink {
  /** What others on the same disk may need meanwhile. */
  static final long RESERVE = 64L << 20;

  private static final long STEP = 8L << 20;

  private final EntrySink sink;
  private final Path workspace;
  private long unchecked;

  SpaceReserve(EntrySink sink, Path workspace) {
    this.sink = sink;
    this.workspace = workspace;
  }

  @Override
  public void accept(Entry entry, InputStream content) throws IOException {
    sink.accept(
        entry,
        new PassingContent(content) {
          @Override
          protected void passed(long bytes) throws IOException {
            count(entry, bytes);
          }
        });
  }

  private void count(Entry entry, long bytes) throws IOException {
    unchecked += bytes;
    if (unchecked < STEP) {
      return;
    }
    unchecked = 0;
    long available = FileTree.usableSpace(workspace);
    if (available < RESERVE) {
      throw new ChromaBackupException.NoSpace(
          workspace + ", while " + entry.path() + " is unpacked into it,", RESERVE, available);
    }
  }
}
