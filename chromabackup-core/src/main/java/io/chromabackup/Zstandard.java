package io.chromabackup;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import com.github.luben.zstd.util.Native;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The only class that knows the library, which may be missing. */
final class Zstandard {
  private static final int LEVEL = 1;

  /**
   * As powers of two, twice and four times what the level has: what repeats in a database lies
   * further apart than that finds. The next level has them too, but looks for shorter matches,
   * which takes a fifth longer and saves a hundredth of the size.
   */
  private static final int WINDOW = 20;

  private static final int HASH_TABLE = 16;

  /** As a power of two. Strangers may want gigabytes. */
  private static final int LARGEST_WINDOW = 23;

  private Zstandard() {}

  /**
   * Tells whether its native part can be loaded.
   *
   * @throws LinkageError if even this class cannot be
   */
  static boolean isAvailable() {
    Native.load();
    return Native.isLoaded();
  }

  /** Ends with a checksum of the content, which reading compares. */
  static OutputStream compressing(OutputStream out, int threads) throws IOException {
    ZstdOutputStreamNoFinalizer zstd = new ZstdOutputStreamNoFinalizer(out, LEVEL);
    zstd.setWindowLog(WINDOW);
    zstd.setHashLog(HASH_TABLE);
    zstd.setChecksum(true);
    zstd.setWorkers(threads);
    return zstd;
  }

  static InputStream decompressing(InputStream in) throws IOException {
    ZstdInputStreamNoFinalizer zstd = new ZstdInputStreamNoFinalizer(in);
    zstd.setLongMax(LARGEST_WINDOW);
    return zstd;
  }
}
