package io.chromabackup.gzip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.SplittableRandom;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class AdaptiveGzipInputStreamTest {
  private static final int HEADER = AdaptiveGzipOutputStream.HEADER.length;

  private final byte[] input = input(3 * Block.SIZE + 1234);
  private final byte[] packed = packed(input);

  private static byte[] input(int length) {
    byte[] input = new byte[length];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < length; i++) {
      input[i] = (byte) (i % 50_000 < 40_000 ? random.nextInt(20) : random.nextInt(256));
    }
    return input;
  }

  private static byte[] packed(byte[] input) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new AdaptiveGzipOutputStream(bytes, 2)) {
      gzip.write(input);
    } catch (IOException e) {
      throw new AssertionError("written into memory", e);
    }
    return bytes.toByteArray();
  }

  private static byte[] read(byte[] packed, int threads) throws IOException {
    try (InputStream in = new AdaptiveGzipInputStream(new ByteArrayInputStream(packed), threads)) {
      return in.readAllBytes();
    }
  }

  private static boolean isAdaptive(byte[] file) {
    return AdaptiveGzipInputStream.isAdaptive(
        Arrays.copyOf(file, Math.min(file.length, AdaptiveGzipInputStream.BEGINNING)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void whatWasWrittenIsRead(int threads) throws IOException {
    assertThat(isAdaptive(packed)).isTrue();
    assertThat(read(packed, threads)).isEqualTo(input);
  }

  @Test
  void itCanBeReadInPortions() throws IOException {
    try (InputStream in = new AdaptiveGzipInputStream(new ByteArrayInputStream(packed), 2)) {
      assertThat(in.read(new byte[1], 1, 0)).isZero();
      assertThat(in.read()).isEqualTo(input[0] & 0xff);
      assertThat(in.readNBytes(700_000)).isEqualTo(Arrays.copyOfRange(input, 1, 700_001));
    }
  }

  @Test
  void otherFilesAreNotTakenForIt() throws IOException {
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(gzip)) {
      out.write(input);
    }

    assertThat(isAdaptive(gzip.toByteArray())).isFalse();
    assertThat(isAdaptive(input)).isFalse();
    assertThat(isAdaptive(new byte[0])).isFalse();
    assertThat(isAdaptive(packed(new byte[0]))).isFalse();
    assertThat(isAdaptive(Arrays.copyOf(packed, AdaptiveGzipInputStream.BEGINNING - 1))).isFalse();
  }

  @Test
  void whereverItIsCutItIsCutShort() {
    SplittableRandom random = new SplittableRandom(2);
    for (int cut = 1; cut < 300; cut++) {
      int left = cut < 20 ? packed.length - cut : 10 + random.nextInt(packed.length - 10);
      assertThatIOException()
          .as("of %d bytes %d", packed.length, left)
          .isThrownBy(() -> read(Arrays.copyOf(packed, left), 2))
          .isInstanceOf(EOFException.class);
    }
  }

  @Test
  void whateverIsFlippedIsNotReadAsSomethingElse() {
    SplittableRandom random = new SplittableRandom(3);
    int refused = 0;
    for (int run = 0; run < 400; run++) {
      byte[] damaged = packed.clone();
      int at = run < 60 ? HEADER + run : HEADER + random.nextInt(packed.length - HEADER);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      try {
        assertThat(Arrays.equals(read(damaged, 2), input)).as("byte %d", at).isTrue();
      } catch (IOException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(390); // some bits mean nothing
  }

  @ParameterizedTest
  @ValueSource(ints = {-8, -4, -1})
  void checksumAndLengthAreCompared(int fromEnd) {
    byte[] damaged = packed.clone();
    damaged[packed.length + fromEnd] ^= 1;

    assertThatIOException().isThrownBy(() -> read(damaged, 2)).withMessageContaining("does not");
  }

  @Test
  void nothingMayFollow() {
    byte[] longer = Arrays.copyOf(packed, packed.length + 1);

    assertThatIOException().isThrownBy(() -> read(longer, 2)).withMessageContaining("behind");
  }

  @Test
  void aBlockThatSaysItIsTheLastIsRefused() throws IOException {
    byte[] file = fileOf(deflated(new byte[100], true));

    assertThatIOException().isThrownBy(() -> read(file, 1)).withMessageContaining("end where");
  }

  /** As a bit of the header of the empty piece at its end makes it. */
  @Test
  void aBlockThatEndsWithinAPieceIsRefused() throws IOException {
    byte[] block = deflated(new byte[100], false);
    block[block.length - 5] |= 2 << 1; // of a code of its own, which is to follow
    byte[] file = fileOf(Arrays.copyOf(block, block.length - 4));

    assertThatIOException().isThrownBy(() -> read(file, 1)).withMessageContaining("decoded");
  }

  /** With the two bytes that end a file behind it, it would be complete. */
  @Test
  void aLastBlockThatGoesOnBehindItsMarkIsRefused() throws IOException {
    byte[] stored = new byte[5 + 100];
    stored[0] = 1; // the last
    stored[1] = 102;
    stored[3] = ~102;
    stored[4] = -1;
    byte[] file = fileOf(stored);

    assertThatIOException().isThrownBy(() -> read(file, 1)).withMessageContaining("end where");
  }

  /**
   * Its first block says that it is the last, and has a code in which the two bytes that end a file
   * are the end. There is a mark instead; to other tools that and what follows is more text in the
   * same code, until that member of gzip ends and a second one begins. All checksums are right.
   */
  @Test
  void aFileThatOtherToolsReadAsSomethingElseIsRefused() throws IOException {
    byte[] file =
        Base64.getDecoder()
            .decode(
                "H4sIAAAAAAAA/+gAAP//IAAA//8AAAD//wAAAP//BeABkCRJkiRJUlVVVVVVVVVVVVVVVVVVVWFV"
                    + "VVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVV"
                    + "VVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVUl7LLF"
                    + "pnbecNtNbbb9TjbcZpu5ALAAAP//GAAA//8AAAD//wAAAP//AHEAjv8AAAMAyaU9b4IAAAAfiwgA"
                    + "AAAAAAD/0lOkFAAAAAD//wAmANn/RVZJTDogd2hhdCBldmVyeSBvdGhlciB0b29sIHJlYWRzCqzy"
                    + "M5kAIQDe/0dPT0Q6IHdoYXQgdGhlIGxpYnJhcnkgcmVhZHMKAAAAAAMABjvalokAAAA=");
    assertThat(isAdaptive(file)).isTrue();
    assertThat(new GZIPInputStream(new ByteArrayInputStream(file)).readAllBytes())
        .asString()
        .contains("!!!EVIL: what every other tool reads\n");

    assertThatIOException().isThrownBy(() -> read(file, 1)).withMessageContaining("cannot be");
  }

  /** The bits that are left over would be the beginning of another block. */
  @Test
  void aBlockThatDoesNotEndWithAByteIsRefused() throws IOException {
    byte[] block = new byte[7]; // the end of its code ends with the seventh bit of the last byte
    int bits = 0;
    block[0] = 1 << 1; // common codes
    for (int letter = 0; letter < 5; letter++) {
      for (int bit : new int[] {1, 1, 0, 0, 1, 0, 0, 0, 0}) {
        int at = 3 + bits++;
        block[at / 8] |= (byte) (bit << at % 8);
      }
    }
    byte[] file = fileOf(block);

    assertThatIOException().isThrownBy(() -> read(file, 1)).withMessageContaining("end where");
  }

  @Test
  void aBlockLongerThanAnyIsRefusedBeforeItIsKept() throws IOException {
    byte[] file = fileOf(deflated(new byte[Block.SIZE + 1], false));

    assertThatIOException().isThrownBy(() -> read(file, 1)).withMessageContaining("longer");
  }

  @Test
  void aBlockWithNothingInItIsRefused() throws IOException {
    for (byte[] block : new byte[][] {deflated(new byte[0], false), new byte[0]}) {
      byte[] file = fileOf(block);

      assertThatIOException()
          .isThrownBy(() -> read(file, 1))
          .withMessageContaining("there is nothing in it");
    }
  }

  /** Which has no block at all. */
  @Test
  void anEmptyFileIsReadToItsEnd() throws IOException {
    assertThat(read(packed(new byte[0]), 2)).isEmpty();
  }

  @Test
  void afterAFailureEveryReadFailsInTheSameWay() throws IOException {
    byte[] damaged = packed.clone();
    damaged[HEADER + LengthMark.read(packed, HEADER) + LengthMark.BYTES] ^= 1; // second mark

    try (InputStream in = new AdaptiveGzipInputStream(new ByteArrayInputStream(damaged), 2)) {
      assertThat(in.readNBytes(Block.SIZE)).isEqualTo(Arrays.copyOf(input, Block.SIZE));
      assertFailsAlike(in);
    }
    byte[] wrong = packed.clone();
    wrong[packed.length - 1] ^= 1;
    try (InputStream in = new AdaptiveGzipInputStream(new ByteArrayInputStream(wrong), 2)) {
      assertThat(in.readNBytes(input.length)).isEqualTo(input);
      assertFailsAlike(in);
    }
  }

  private static void assertFailsAlike(InputStream in) {
    Throwable first = catchThrowable(in::read);
    assertThat(first).isInstanceOf(IOException.class);
    for (int again = 0; again < 3; again++) {
      assertThatThrownBy(() -> in.read(new byte[100])).isSameAs(first);
    }
  }

  /** The block that it was waiting for is lost: it is not left out and read on behind it. */
  @Test
  void whoReadsOnAfterAnInterruptIsNotGivenWhatComesLater() throws IOException {
    try (InputStream in = new AdaptiveGzipInputStream(new ByteArrayInputStream(packed), 2)) {
      Thread.currentThread().interrupt();
      Throwable first = catchThrowable(in::read);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(first).isInstanceOf(InterruptedIOException.class);

      assertThatThrownBy(in::read).isSameAs(first);
    }
  }

  @Test
  void onceItIsClosedNothingIsRead() throws IOException {
    InputStream in = new AdaptiveGzipInputStream(new ByteArrayInputStream(packed), 2);
    assertThat(in.read()).isEqualTo(input[0] & 0xff);
    in.close();
    in.close();

    assertThatIOException().isThrownBy(in::read).withMessage("the stream is closed");
  }

  @Test
  void aLengthThatNoBlockHasIsRefused() {
    byte[] damaged = packed.clone();
    byte[] mark = new byte[LengthMark.BYTES];
    LengthMark.write(Block.LONGEST_CODED + 1, mark);
    System.arraycopy(mark, 0, damaged, HEADER, mark.length);

    assertThatIOException().isThrownBy(() -> read(damaged, 1)).withMessageContaining("begin");
  }

  private static byte[] deflated(byte[] content, boolean last) {
    Deflater deflater = new Deflater(6, true);
    deflater.setInput(content);
    if (last) {
      deflater.finish();
    }
    byte[] coded = new byte[content.length + 100];
    int length = deflater.deflate(coded, 0, coded.length, Deflater.SYNC_FLUSH);
    deflater.end();
    return Arrays.copyOf(coded, length);
  }

  private static byte[] fileOf(byte[] block) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(AdaptiveGzipOutputStream.HEADER);
    byte[] mark = new byte[LengthMark.BYTES];
    LengthMark.write(block.length, mark);
    file.write(mark);
    file.write(block);
    file.write(AdaptiveGzipOutputStream.LAST_BLOCK);
    file.write(new byte[8]);
    return file.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 32, 5_000, Block.LONGEST_CODED, (1 << 20) - 1})
  void aMarkedLengthIsReadAndItsBlocksAreEmpty(int length) throws Exception {
    byte[] mark = new byte[LengthMark.BYTES];
    LengthMark.write(length, mark);

    assertThat(LengthMark.read(mark, 0)).isEqualTo(length);
    java.util.zip.Inflater inflater = new java.util.zip.Inflater(true);
    inflater.setInput(mark);
    assertThat(inflater.inflate(new byte[10])).isZero();
    assertThat(inflater.getRemaining()).isZero();
    inflater.end();
  }

  @Test
  void whatCannotBeReadIsToldAsItIs() {
    InputStream broken =
        new FilterInputStream(new ByteArrayInputStream(packed)) {
          private int left = packed.length / 2;

          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0) {
              throw new IOException("Input/output error");
            }
            int n = super.read(target, offset, Math.min(left, length));
            left -= n;
            return n;
          }
        };

    assertThatIOException()
        .isThrownBy(() -> new AdaptiveGzipInputStream(broken, 2).readAllBytes())
        .withMessage("Input/output error");
  }

  @Test
  void anInterruptEndsItAndNoThreadStays() throws Exception {
    try (InputStream in = new AdaptiveGzipInputStream(new ByteArrayInputStream(packed), 2)) {
      Thread.currentThread().interrupt();
      assertThatIOException()
          .isThrownBy(in::readAllBytes)
          .isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
    }

    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("chromabackup-gunzip")) {
        assertThat(thread.isDaemon()).isTrue();
        thread.join(10_000);
        assertThat(thread.isAlive()).isFalse();
      }
    }
  }
}
