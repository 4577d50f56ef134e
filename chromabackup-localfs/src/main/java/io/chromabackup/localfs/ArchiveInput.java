package io.chromabackup.localfs;

import io.chromabackup.files.PathLock;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The bytes of an archive, which is not deleted while they are read. */
final class ArchiveInput extends FilterInputStream {
  private static final int BUFFER = 1 << 16;

  private final @Nullable PathLock lock;

  ArchiveInput(InputStream in, @Nullable PathLock lock) {
    super(new BufferedInputStream(in, BUFFER));
    this.lock = lock;
  }

  @Override
  public void close() throws IOException {
    try {
      super.close();
    } finally {
      if (lock != null) {
        lock.close();
      }
    }
  }
}
