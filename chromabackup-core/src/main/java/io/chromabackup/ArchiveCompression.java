package io.chromabackup;

import io.chromabackup.ChromaBackupException.CompressionUnavailable;
import io.chromabackup.gzip.AdaptiveGzipInputStream;
import io.chromabackup.gzip.AdaptiveGzipOutputStream;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/** How a tar becomes an archive, and what an archive becomes a tar by. */
final class ArchiveCompression {
  /** How its files begin (RFC 8878, 3.1.1). */
  private static final byte[] ZSTANDARD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};

  /** More would wait for the disk. */
  private static final int THREADS = Math.min(4, Runtime.getRuntime().availableProcessors());

  private ArchiveCompression() {}

  /**
   * Finds out before anything is held whether archives of this format can be written.
   *
   * @throws CompressionUnavailable if a library is missing
   */
  static void require(ArchiveFormat format) throws CompressionUnavailable {
    if (format == ArchiveFormat.TAR_ZST && !isZstandardAvailable()) {
      throw new CompressionUnavailable(format.suffix());
    }
  }

  private static boolean isZstandardAvailable() {
    try {
      return Zstandard.isAvailable();
    } catch (LinkageError e) {
      return false;
    }
  }

  /** Compresses what is written to it; closing it ends the compression, and closes {@code out}. */
  static OutputStream compressing(ArchiveFormat format, OutputStream out) throws IOException {
    require(format);
    return format == ArchiveFormat.TAR_ZST
        ? Zstandard.compressing(out, THREADS)
        : new AdaptiveGzipOutputStream(out, THREADS);
  }

  /** What is stored, decompressed; by what it is, and not by what it is called. */
  static InputStream decompressing(InputStream stored) throws IOException {
    BufferedInputStream in = new BufferedInputStream(stored, Digests.BUFFER);
    in.mark(AdaptiveGzipInputStream.BEGINNING);
    byte[] beginning = in.readNBytes(AdaptiveGzipInputStream.BEGINNING);
    in.reset();
    if (beginning.length == 0) {
      throw new EOFException();
    }
    if (Arrays.equals(Arrays.copyOf(beginning, ZSTANDARD.length), ZSTANDARD)) {
      require(ArchiveFormat.TAR_ZST);
      return Zstandard.decompressing(in);
    }
    return AdaptiveGzipInputStream.isAdaptive(beginning)
        ? new AdaptiveGzipInputStream(in, THREADS)
        : ArchivedGzip.of(in);
  }
}
