package io.chromabackup.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparseFileTest {
  private static final int MEGA = 1 << 20;

  @TempDir Path directory;
  private long passed;

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(directory.resolve(name), content);
  }

  private static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  /** Noise, then zeros, then noise again, then zeros. */
  private static byte[] holey() {
    byte[] bytes = noise(12 * MEGA + 5);
    Arrays.fill(bytes, 2 * MEGA + 3, 7 * MEGA + 9, (byte) 0);
    Arrays.fill(bytes, 8 * MEGA, bytes.length, (byte) 0);
    return bytes;
  }

  private long write(Path target, InputStream content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      return SparseFile.write(channel, content);
    }
  }

  private InputStream passing(InputStream content) {
    return new PassingContent(content) {
      @Override
      protected void passed(long bytes) {
        passed += bytes;
      }
    };
  }

  @Test
  void whatPassesThroughHereIsWrittenWithoutItsLongRunsOfZeros() throws IOException {
    Path target = directory.resolve("target");
    long written = write(target, passing(new ByteArrayInputStream(holey())));

    assertThat(target).hasBinaryContent(holey());
    assertThat(written).isBetween(3L * MEGA, 4L * MEGA);
    assertThat(passed).isEqualTo(holey().length);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2 * MEGA + 3, 5 * MEGA, 12 * MEGA + 5, 20 * MEGA})
  void nothingIsLeftOfWhatIsWrittenOver(int length) throws IOException {
    Path source = file("source", holey());
    for (boolean byTheKernel : new boolean[] {false, true}) {
      Path target = file("target", noise(length));
      try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE);
          InputStream content =
              byTheKernel
                  ? FileContent.of(source, holey().length)
                  : new ByteArrayInputStream(holey())) {
        assertThat(SparseFile.write(channel, content)).isBetween(3L * MEGA, 6L * MEGA);
      }
      assertThat(target).hasBinaryContent(holey());
    }
  }

  @Test
  void whatIsWrittenOverMayBecomeEmpty() throws IOException {
    Path target = file("target", noise(MEGA));
    try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
      assertThat(SparseFile.write(channel, InputStream.nullInputStream())).isZero();
    }
    assertThat(target).isEmptyFile();
  }

  @Test
  void whatTheKernelCopiesIsWrittenWithoutThemToo() throws IOException {
    Path target = directory.resolve("target");
    long written;
    try (FileContent content = FileContent.of(file("source", holey()), holey().length)) {
      written = write(target, passing(passing(content)));
    }

    assertThat(target).hasBinaryContent(holey());
    assertThat(written).isBetween(3L * MEGA, 6L * MEGA);
    assertThat(passed).isEqualTo(2L * holey().length);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 64, 65535, 65536, 65537, MEGA, MEGA + 1, 3 * MEGA - 1})
  void anyLengthIsKeptOfNoiseAndOfZeros(int length) throws IOException {
    for (byte[] bytes : new byte[][] {noise(length), new byte[length]}) {
      Path source = file("source", bytes);
      Path byKernel = directory.resolve("by-kernel");
      Path byHand = directory.resolve("by-hand");
      try (FileContent content = FileContent.of(source, length)) {
        write(byKernel, content);
      }
      write(byHand, new ByteArrayInputStream(bytes));

      assertThat(byKernel).hasBinaryContent(bytes);
      assertThat(byHand).hasBinaryContent(bytes);
      Files.delete(byKernel);
      Files.delete(byHand);
    }
  }

  @Test
  void aFileOfNothingButZerosTakesNoRoom() throws IOException {
    assertThat(write(directory.resolve("zeros"), new ByteArrayInputStream(new byte[MEGA])))
        .isZero();
  }

  @Test
  void aFileThatGrewIsCopiedAsFarAsWasSaid() throws IOException {
    try (FileContent content = FileContent.of(file("source", noise(3 * MEGA)), 2 * MEGA + 1)) {
      write(directory.resolve("target"), content);
    }
    assertThat(directory.resolve("target"))
        .hasBinaryContent(Arrays.copyOf(noise(3 * MEGA), 2 * MEGA + 1));
  }

  @Test
  void aFileThatShrankIsNoFileThatEnds() throws IOException {
    try (FileContent content = FileContent.of(file("source", noise(10)), 13)) {
      assertThatThrownBy(() -> write(directory.resolve("target"), content))
          .isInstanceOf(EOFException.class)
          .hasMessage("3 bytes shorter");
    }
  }

  @Test
  void contentIsReadAndSkippedAsAnyOther() throws IOException {
    byte[] bytes = noise(100);
    try (FileContent content = FileContent.of(file("source", bytes), 90)) {
      assertThat(content.read()).isEqualTo(bytes[0] & 0xff);
      content.skipNBytes(9);
      assertThat(content.readNBytes(10)).isEqualTo(Arrays.copyOfRange(bytes, 10, 20));
      assertThat(content.skip(1000)).isEqualTo(70);
      assertThat(content.read()).isEqualTo(-1);
    }
  }

  @Test
  void aFileThatIsGivenAwayIsMovedAndAnyOtherIsNot() throws IOException {
    Path given = file("given", noise(10));
    Path kept = file("kept", noise(10));
    Path target = file("target", noise(3));
    try (FileContent mine = FileContent.of(kept, 10);
        FileContent yours = FileContent.given(given)) {
      assertThat(SparseFile.move(passing(mine), target)).isEqualTo(-1);
      assertThat(SparseFile.move(new ByteArrayInputStream(new byte[1]), target)).isEqualTo(-1);
      assertThat(SparseFile.move(passing(yours), target)).isEqualTo(10);
      assertThat(yours.read()).isEqualTo(-1);
    }
    assertThat(given).doesNotExist();
    assertThat(kept).exists();
    assertThat(target).hasBinaryContent(noise(10));
    assertThat(passed).isEqualTo(10);
  }

  @Test
  void anInterruptEndsACopy() throws IOException {
    try (FileContent content = FileContent.of(file("source", noise(10)), 10)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> write(directory.resolve("target"), content))
          .isInstanceOfAny(
              InterruptedIOException.class, java.nio.channels.ClosedByInterruptException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void whatALargeFileTakesIsEstimatedFromSamples() throws IOException {
    Path sparse = file("sparse", noise(MEGA));
    try (FileChannel channel = FileChannel.open(sparse, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), (1L << 40) - 1);
    }
    Path small = file("small", new byte[MEGA]);

    assertThat(SparseFile.estimate(sparse, 1L << 40)).isLessThan(1L << 33);
    assertThat(SparseFile.estimate(small, MEGA)).isEqualTo(MEGA);
    Path dense = file("dense", noise(70 * MEGA));
    assertThat(SparseFile.estimate(dense, 70L * MEGA)).isEqualTo(70L * MEGA);
  }
}
