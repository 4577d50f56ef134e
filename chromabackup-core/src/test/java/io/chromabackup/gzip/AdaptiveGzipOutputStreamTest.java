package io.chromabackup.gzip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.testkit.Effort;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class AdaptiveGzipOutputStreamTest {
  private static final String PROSE =
      "A collection has segments, a segment has vectors, and a vector without its record is lost. ";

  private static byte[] compress(byte[] input, int threads) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new AdaptiveGzipOutputStream(bytes, threads)) {
      gzip.write(input);
    }
    return bytes.toByteArray();
  }

  private static double ratioOf(byte[] input) throws IOException {
    byte[] compressed = compress(input, 2);
    assertThat(new GZIPInputStream(new ByteArrayInputStream(compressed)).readAllBytes())
        .isEqualTo(input);
    assertThat(new GzipCompressorInputStream(new ByteArrayInputStream(compressed)).readAllBytes())
        .isEqualTo(input);
    if (input.length > 0) {
      assertThat(
              new AdaptiveGzipInputStream(new ByteArrayInputStream(compressed), 2).readAllBytes())
          .isEqualTo(input);
    }
    return (double) compressed.length / Math.max(1, input.length);
  }

  private static byte[] noise(int length) {
    byte[] noise = new byte[length];
    new SplittableRandom(1).nextBytes(noise);
    return noise;
  }

  private static byte[] vectors(int count) {
    SplittableRandom random = new SplittableRandom(2);
    ByteBuffer floats = ByteBuffer.allocate(count * Float.BYTES);
    for (int i = 0; i < count; i++) {
      floats.putFloat((float) (random.nextDouble() - 0.5));
    }
    return floats.array();
  }

  private static byte[] prose(int length) {
    byte[] some = PROSE.getBytes(StandardCharsets.UTF_8);
    byte[] prose = new byte[length];
    SplittableRandom random = new SplittableRandom(3);
    for (int at = 0; at < length; ) {
      int from = random.nextInt(some.length - 10);
      int count = Math.min(length - at, 4 + random.nextInt(some.length - from - 4));
      System.arraycopy(some, from, prose, at, count);
      at += count;
    }
    return prose;
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0, 1, 2, 3, 4, 5, 7, 8, 9, 257, 258, 259, 32767, 32768, 32769, 65535, 65536, 262143, 262144,
        262145, 524287, 524288, 524289, 1_000_003, 1_048_576
      })
  void inputOfAnyLengthIsReadBack(int length) throws IOException {
    ratioOf(prose(length));
    ratioOf(noise(length));
    ratioOf(new byte[length]);
  }

  @Test
  void whatRepeatsIsSmall() throws IOException {
    assertThat(ratioOf(new byte[3_000_000])).isLessThan(0.02);
    assertThat(ratioOf(prose(3_000_000))).isLessThan(0.3);
  }

  @Test
  void halfOfVectorsIsCodedByteByByteAndNoiseIsStored() throws IOException {
    assertThat(ratioOf(vectors(500_000))).isLessThan(0.97);
    assertThat(ratioOf(noise(2_000_000))).isLessThan(1.001);
  }

  /** What was measured; whoever makes it smaller lowers these. */
  @Test
  void nothingIsLargerThanItWas() throws IOException {
    SoftAssertions sizes = new SoftAssertions();
    sizes.assertThat(compress(prose(200_000), 1)).hasSizeLessThanOrEqualTo(30_186);
    sizes.assertThat(compress(vectors(50_000), 1)).hasSizeLessThanOrEqualTo(191_322);
    sizes.assertThat(compress(proseAfterNoise(), 1)).hasSizeLessThanOrEqualTo(48_792);
    for (int[] seedAndSize : new int[][] {{6, 126_938}, {7, 42_964}, {8, 45_257}}) {
      byte[] input = composed(new SplittableRandom(seedAndSize[0]), 400_000);
      sizes.assertThat(compress(input, 1)).hasSizeLessThanOrEqualTo(seedAndSize[1]);
    }
    sizes.assertAll();
  }

  private static byte[] proseAfterNoise() {
    byte[] both = Arrays.copyOf(noise(40_000), 90_000);
    System.arraycopy(prose(50_000), 0, both, 40_000, 50_000);
    return both;
  }

  @Test
  void repetitionsAreFoundAsFarAwayAsTheyMayBe() throws IOException {
    byte[] some = noise(1000);
    assertThat(ratioOf(twice(some, 32_768))).isLessThan(0.05);
    assertThat(ratioOf(twice(some, 32_769))).isGreaterThan(0.06);
  }

  /** The second begins so many bytes after the first; in between is nothing. */
  private static byte[] twice(byte[] some, int distance) {
    byte[] twice = Arrays.copyOf(some, distance + some.length);
    System.arraycopy(some, 0, twice, distance, some.length);
    return twice;
  }

  @Test
  void blocksAreCodedWithoutRegardToOthers() throws IOException {
    byte[] input = new byte[2 * Block.SIZE];
    byte[] some = prose(20_000);
    System.arraycopy(some, 0, input, Block.SIZE - some.length, some.length);
    int without = compress(input, 1).length;
    System.arraycopy(some, 0, input, Block.SIZE, some.length);
    assertThat(compress(input, 1).length - without).isGreaterThan(1_000);
  }

  /** Frequencies like Fibonacci's numbers give the longest codes; deflate has none above 15. */
  @Test
  void noCodeIsTooLong() throws IOException {
    byte[] input = new byte[400_000];
    int at = 0;
    int count = 1;
    int next = 1;
    for (int symbol = 0; at < input.length && symbol < 256; symbol++) {
      int end = Math.min(input.length, at + count);
      Arrays.fill(input, at, end, (byte) symbol);
      at = end;
      int sum = count + next;
      count = next;
      next = sum;
    }
    shuffle(input);
    ratioOf(input);
  }

  private static void shuffle(byte[] bytes) {
    SplittableRandom random = new SplittableRandom(4);
    for (int i = bytes.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      byte swapped = bytes[i];
      bytes[i] = bytes[other];
      bytes[other] = swapped;
    }
  }

  /** Runs, copies from before, noise and counters in any order, written in portions of any size. */
  @Test
  void whateverIsWrittenIsReadBack() throws IOException {
    int runs = Effort.of(60, 5_000);
    for (int run = 0; run < runs; run++) {
      SplittableRandom random = new SplittableRandom(run);
      byte[] input = composed(random, random.nextInt(900_000));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (OutputStream gzip = new AdaptiveGzipOutputStream(bytes, 1 + random.nextInt(3))) {
        for (int at = 0; at < input.length; ) {
          int portion = Math.min(input.length - at, 1 + random.nextInt(100_000));
          gzip.write(input, at, portion);
          at += portion;
        }
      }
      byte[] read =
          new GZIPInputStream(new ByteArrayInputStream(bytes.toByteArray())).readAllBytes();
      assertThat(Arrays.equals(read, input)).as("run %d", run).isTrue();
      if (input.length > 0) {
        byte[] ours =
            new AdaptiveGzipInputStream(new ByteArrayInputStream(bytes.toByteArray()), 2)
                .readAllBytes();
        assertThat(Arrays.equals(ours, input)).as("run %d, read here", run).isTrue();
      }
    }
    System.out.println(runs + " composed inputs compressed and read back");
  }

  private static byte[] composed(SplittableRandom random, int length) {
    byte[] bytes = new byte[length];
    for (int at = 0; at < length; ) {
      int count = Math.min(length - at, 1 + random.nextInt(1 << (1 + random.nextInt(17))));
      switch (random.nextInt(4)) {
        case 0 -> Arrays.fill(bytes, at, at + count, (byte) random.nextInt(256));
        case 1 -> copy(bytes, at, count, Math.max(0, at - 1 - random.nextInt(70_000)));
        case 2 -> {
          int spread = 1 + random.nextInt(256);
          for (int i = at; i < at + count; i++) {
            bytes[i] = (byte) random.nextInt(spread);
          }
        }
        default -> {
          for (int i = at; i < at + count; i++) {
            bytes[i] = (byte) (i >>> 3);
          }
        }
      }
      at += count;
    }
    return bytes;
  }

  /** Byte by byte, and so a copy may run into itself. */
  private static void copy(byte[] bytes, int to, int count, int from) {
    for (int i = 0; i < count; i++) {
      bytes[to + i] = bytes[from + i];
    }
  }

  @Test
  void theNumberOfThreadsChangesNothing() throws IOException {
    byte[] input = composed(new SplittableRandom(5), 3_000_000);

    assertThat(compress(input, 4)).isEqualTo(compress(input, 1));
  }

  @Test
  void singleBytesAreWrittenToo() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new AdaptiveGzipOutputStream(bytes, 1)) {
      for (int b : new int[] {0, 127, 128, 255}) {
        gzip.write(b);
      }
    }
    assertThat(new GZIPInputStream(new ByteArrayInputStream(bytes.toByteArray())).readAllBytes())
        .containsExactly(0, 127, -128, -1);
  }

  @Test
  void whatCannotBeWrittenIsToldAndNoThreadStays() {
    OutputStream full =
        new OutputStream() {
          private int left = 300_000;

          @Override
          public void write(int b) throws IOException {
            write(new byte[1], 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            left -= length;
            if (left < 0) {
              throw new IOException("no space");
            }
          }
        };

    assertThatThrownBy(
            () -> {
              try (OutputStream gzip = new AdaptiveGzipOutputStream(full, 2)) {
                for (int i = 0; i < 100; i++) {
                  gzip.write(noise(100_000));
                }
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage("no space");

    awaitNoThreads();
  }

  private static void awaitNoThreads() {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("chromabackup-gzip")) {
        assertThat(thread.isDaemon()).isTrue();
        try {
          thread.join(10_000);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        assertThat(thread.isAlive()).isFalse();
      }
    }
  }

  @Test
  void anInterruptEndsIt() {
    assertThatThrownBy(
            () -> {
              try (OutputStream gzip =
                  new AdaptiveGzipOutputStream(OutputStream.nullOutputStream(), 2)) {
                Thread.currentThread().interrupt();
                for (int i = 0; i < 100; i++) {
                  gzip.write(noise(100_000));
                }
              }
            })
        .isInstanceOf(InterruptedIOException.class);

    assertThat(Thread.interrupted()).isTrue();
    awaitNoThreads();
  }

  @Test
  void afterItsEndNothingIsWritten() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    OutputStream gzip = new AdaptiveGzipOutputStream(bytes, 1);
    gzip.close();
    int size = bytes.size();
    gzip.close();

    assertThat(bytes.size()).isEqualTo(size);
    assertThatThrownBy(() -> gzip.write(1)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> gzip.write(new byte[2], 1, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
