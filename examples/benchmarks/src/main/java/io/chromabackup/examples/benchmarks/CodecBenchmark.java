package io.chromabackup.examples.benchmarks;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import io.chromabackup.gzip.AdaptiveGzipInputStream;
import io.chromabackup.gzip.AdaptiveGzipOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How many megabytes of Chroma's files are packed, and unpacked, in a second. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@OutputTimeUnit(TimeUnit.SECONDS)
@SuppressWarnings("NullAway.Init")
public class CodecBenchmark {
  private static final int MEGABYTES = 8;
  private static final int CHUNK = 1 << 16;

  /** Which files. */
  public enum Content {
    /** Of the vector index. */
    VECTORS,
    /** With the texts and their search index. */
    DATABASE
  }

  /** What packs. */
  public enum Codec {
    /** Ours, on one thread. */
    ADAPTIVE,
    /** Ours, on two threads. */
    ADAPTIVE_2,
    /** The JDK's, at its fastest. */
    JDK_1,
    /** The JDK's, as by default. */
    JDK_6,
    /** The JDK's, without a search for repetitions. */
    JDK_HUFFMAN,
    /** Zstandard, at its usual fastest. */
    ZSTD_LEVEL_1,
    /** One further. */
    ZSTD_LEVEL_2,
    /** Zstandard, as archives are made with. */
    ZSTD,
    /** The same with two workers. */
    ZSTD_2;

    private OutputStream over(OutputStream out) throws IOException {
      return switch (this) {
        case ADAPTIVE -> new AdaptiveGzipOutputStream(out, 1);
        case ADAPTIVE_2 -> new AdaptiveGzipOutputStream(out, 2);
        case JDK_1 -> new Jdk(out, 1, Deflater.DEFAULT_STRATEGY);
        case JDK_6 -> new Jdk(out, 6, Deflater.DEFAULT_STRATEGY);
        case JDK_HUFFMAN -> new Jdk(out, 6, Deflater.HUFFMAN_ONLY);
        case ZSTD_LEVEL_1 -> new ZstdOutputStream(out, 1);
        case ZSTD_LEVEL_2 -> new ZstdOutputStream(out, 2);
        case ZSTD -> new ZstdOutputStream(out, 1).setWindowLog(20).setHashLog(16);
        case ZSTD_2 -> new ZstdOutputStream(out, 1).setWindowLog(20).setHashLog(16).setWorkers(2);
      };
    }

    private InputStream over(InputStream in) throws IOException {
      return switch (this) {
        case ADAPTIVE -> new AdaptiveGzipInputStream(in, 1);
        case ADAPTIVE_2 -> new AdaptiveGzipInputStream(in, 2);
        case JDK_1, JDK_6, JDK_HUFFMAN -> new GZIPInputStream(in, CHUNK);
        case ZSTD_LEVEL_1, ZSTD_LEVEL_2, ZSTD, ZSTD_2 -> new ZstdInputStream(in);
      };
    }
  }

  private static final class Jdk extends GZIPOutputStream {
    private Jdk(OutputStream out, int level, int strategy) throws IOException {
      super(out, CHUNK);
      def.setLevel(level);
      def.setStrategy(strategy);
    }
  }

  /** What is packed. */
  @Param public Content content;

  /** By what. */
  @Param public Codec codec;

  private byte[] bytes;
  private byte[] packed;

  /** Reads a part of the smallest data. */
  @Setup
  public void read() throws IOException, InterruptedException {
    Path data = DataSet.directory(DataSize.M100);
    String name = content == Content.VECTORS ? "data_level0.bin" : "chroma.sqlite3";
    bytes = new byte[MEGABYTES * 1_000_000];
    int filled = 0;
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(path -> path.endsWith(name)).sorted().toList()) {
        try (InputStream in = Files.newInputStream(file)) {
          filled += in.readNBytes(bytes, filled, bytes.length - filled);
        }
      }
    }
    if (filled < bytes.length) {
      throw new IOException("%s: too little of %s".formatted(data, name));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    packTo(out);
    packed = out.toByteArray();
    System.out.printf(
        Locale.ROOT,
        "%s of %s: %.1f %% are left%n",
        codec,
        content,
        100.0 * packed.length / filled);
  }

  /** Packs it. */
  @Benchmark
  @OperationsPerInvocation(MEGABYTES)
  public void pack() throws IOException {
    packTo(OutputStream.nullOutputStream());
  }

  private void packTo(OutputStream target) throws IOException {
    try (OutputStream out = codec.over(target)) {
      for (int from = 0; from < bytes.length; from += CHUNK) {
        out.write(bytes, from, Math.min(CHUNK, bytes.length - from));
      }
    }
  }

  /** Unpacks it. */
  @Benchmark
  @OperationsPerInvocation(MEGABYTES)
  public void unpack() throws IOException {
    byte[] buffer = new byte[CHUNK];
    long left = bytes.length;
    try (InputStream in = codec.over(new ByteArrayInputStream(packed))) {
      for (int n; (n = in.read(buffer)) >= 0; ) {
        left -= n;
      }
    }
    if (left != 0) {
      throw new IOException(left + " bytes are missing");
    }
  }
}
