package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.files.Interruption;
import io.chromabackup.files.PortionedInputStream;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DecodingThreadTest {
  private static final int MEGA = 1 << 20;

  private final Set<Thread> readers = new HashSet<>();
  private final AtomicLong read = new AtomicLong();
  private final AtomicReference<Thread> decoder = new AtomicReference<>();
  private final CountDownLatch freed = new CountDownLatch(1);

  private static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private InputStream stored(byte[] bytes) {
    return new FilterInputStream(new ByteArrayInputStream(bytes)) {
      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        readers.add(Thread.currentThread());
        int n = super.read(buffer, offset, length);
        read.addAndGet(Math.max(n, 0));
        return n;
      }
    };
  }

  /** Each byte becomes its complement, so many at a time. */
  private InputStream complement(InputStream coded, int portion) {
    return new PortionedInputStream() {
      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        decoder.set(Thread.currentThread());
        int n = coded.read(buffer, offset, Math.min(length, portion));
        for (int i = offset; i < offset + n; i++) {
          buffer[i] = (byte) ~buffer[i];
        }
        return n;
      }

      @Override
      public void close() {
        freed.countDown();
      }
    };
  }

  /** Decodes so many bytes and then does something else. */
  private Decoding upTo(int length, Decoding then) {
    return coded -> {
      byte[] beginning = coded.readNBytes(length);
      return new SequenceInputStream(new ByteArrayInputStream(beginning), then.of(coded));
    };
  }

  private static Decoding failing(Throwable failure) {
    return coded ->
        new PortionedInputStream() {
          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            throw Interruption.rethrown(new ExecutionException(failure));
          }
        };
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 131_072, 5 * MEGA + 3})
  void whatIsReadIsWhatIsDecodedWhateverThePortions(int length) throws IOException {
    byte[] bytes = noise(length);
    byte[] expected = bytes.clone();
    for (int i = 0; i < length; i++) {
      expected[i] = (byte) ~expected[i];
    }
    for (int portion : new int[] {7_001, 65_536, 1_000_000}) {
      try (InputStream in =
          new DecodingThread(stored(bytes), coded -> complement(coded, portion))) {
        assertThat(in.readAllBytes()).isEqualTo(expected);
        assertThat(in.read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void theStoreIsReadByWhoReadsAndALittleAhead() throws IOException {
    try (InputStream in =
        new DecodingThread(stored(noise(16 * MEGA)), coded -> complement(coded, MEGA))) {
      assertThat(in.read()).isNotNegative();
      assertThat(read.get()).isLessThan(2 * MEGA);
      in.readAllBytes();
    }
    assertThat(readers).containsExactly(Thread.currentThread());
    assertThat(decoder.get()).isNotEqualTo(Thread.currentThread());
  }

  @Test
  void aFailureComesAfterAllThatWasDecodedBeforeAndIsThrownAsItIs() throws IOException {
    byte[] bytes = noise(3 * MEGA);
    for (Throwable failure :
        new Throwable[] {
          new IOException("damaged"), new IllegalStateException("odd"), new OutOfMemoryError("no")
        }) {
      try (InputStream in =
          new DecodingThread(stored(bytes), upTo(2 * MEGA + 1, failing(failure)))) {
        assertThat(in.readNBytes(2 * MEGA + 1)).isEqualTo(Arrays.copyOf(bytes, 2 * MEGA + 1));
        assertThatThrownBy(in::read).isSameAs(failure);
        assertThatThrownBy(in::read).isSameAs(failure);
      }
    }
  }

  @Test
  void aDecoderThatCannotBeMadeIsToldByTheFirstRead() throws IOException {
    IOException failure = new IOException("no decoder");
    try (InputStream in =
        new DecodingThread(
            stored(noise(10)),
            coded -> {
              throw failure;
            })) {
      assertThatThrownBy(in::read).isSameAs(failure);
    }
  }

  @Test
  void aDecoderMayEndBeforeWhatIsStored() throws IOException {
    byte[] bytes = noise(8 * MEGA);
    Decoding brief = upTo(100, coded -> InputStream.nullInputStream());
    try (InputStream in = new DecodingThread(stored(bytes), brief)) {
      assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOf(bytes, 100));
    }
  }

  @Test
  void aStoreThatFailsIsToldAsSuch() throws IOException {
    IOException failure = new IOException("the store is gone");
    InputStream broken =
        new SequenceInputStream(
            new ByteArrayInputStream(noise(MEGA)), failing(failure).of(stored(noise(1))));
    try (InputStream in = new DecodingThread(broken, coded -> complement(coded, MEGA))) {
      assertThatThrownBy(in::readAllBytes).isSameAs(failure);
    }
  }

  @Test
  void whoWaitsForADecoderCanBeInterrupted() throws IOException {
    CountDownLatch never = new CountDownLatch(1);
    Decoding stuck =
        coded -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          return coded;
        };
    try (InputStream in = new DecodingThread(stored(noise(10)), stuck)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(in::read).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
    } finally {
      never.countDown();
    }
  }

  /** Whether the decoder waits for the store, or for somebody to take what it decoded. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16 * MEGA})
  void closingItEndsTheThreadAndFreesTheDecoder(int length) throws Exception {
    InputStream in = new DecodingThread(stored(noise(16 * MEGA)), coded -> complement(coded, MEGA));
    if (length > 0) {
      assertThat(in.readNBytes(length)).hasSize(length);
    }
    in.close();
    in.close();

    assertThat(freed.await(30, TimeUnit.SECONDS)).isTrue();
    if (decoder.get() != null) {
      decoder.get().join(30_000);
      assertThat(decoder.get().isAlive()).isFalse();
    }
  }
}
