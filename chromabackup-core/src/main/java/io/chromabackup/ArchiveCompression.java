package io.chromabackup;

import io.chromabackup.ChromaBackupException.CompressionUnavailable;
import io.chromabackup.gzip.AdaptiveGzipInputStream;
import io.chromabackup.gzip.AdaptiveGzipOutputStream;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** How a tar becomes an archive, and what an archive becomes a tar by. */
final class ArchiveCompression {
  /** How its frames begin (RFC 8878, 3.1.1), lowest byte first. */
  private static final int ZSTANDARD = 0xfd2fb528;

  /** And those that hold nothing of the content (3.1.2), but for their last four bits. */
  private static final int ZSTANDARD_SKIPPED = 0x184d2a50;

  /** How a member of gzip begins (RFC 1952, 2.3.1). */
  private static final byte[] GZIP = {0x1f, (byte) 0x8b};

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
    return decompressing(stored, (in, decoding) -> decoding.of(in));
  }

  /** The same for who reads all of it: threads of their own decompress ahead. */
  static InputStream decompressingAhead(InputStream stored) throws IOException {
    return decompressing(stored, DecodingThread::new);
  }

  private interface Pace {
    InputStream of(InputStream stored, Decoding decoding) throws IOException;
  }

  private static InputStream decompressing(InputStream stored, Pace pace) throws IOException {
    BufferedInputStream in = new BufferedInputStream(stored, Digests.BUFFER);
    in.mark(AdaptiveGzipInputStream.BEGINNING);
    byte[] beginning = in.readNBytes(AdaptiveGzipInputStream.BEGINNING);
    in.reset();
    if (beginning.length == 0) {
      throw new EOFException();
    }
    if (AdaptiveGzipInputStream.isAdaptive(beginning)) {
      return new AdaptiveGzipInputStream(in, THREADS); // these decompress ahead anyway
    }
    if (isZstandard(beginning)) {
      require(ArchiveFormat.TAR_ZST);
      return pace.of(in, coded -> BoundedSilence.in(coded, Zstandard::decompressing));
    }
    if (!isGzip(beginning)) {
      throw new IOException("it is neither gzip nor Zstandard");
    }
    return pace.of(in, coded -> BoundedSilence.in(coded, ArchiveCompression::gunzipping));
  }

  private static boolean isZstandard(byte[] beginning) {
    if (beginning.length < Integer.BYTES) {
      return false;
    }
    int magic = ByteBuffer.wrap(beginning).order(ByteOrder.LITTLE_ENDIAN).getInt();
    return magic == ZSTANDARD || (magic & ~0xf) == ZSTANDARD_SKIPPED;
  }

  private static boolean isGzip(byte[] beginning) {
    int there = Math.min(beginning.length, GZIP.length);
    return Arrays.equals(beginning, 0, there, GZIP, 0, there);
  }

  private static InputStream gunzipping(InputStream in) throws IOException {
    return GzipCompressorInputStream.builder()
        .setInputStream(in)
        .setDecompressConcatenated(true)
        .get();
  }
}
