package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ContentCheck;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ReadingBehindTest {
  private static final Threads READING = new Threads("chromabackup-reading-back");

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void makeFile() throws IOException {
    file = Files.createFile(directory.resolve("file"));
  }

  @Test
  @Timeout(60)
  void itReadsWhatLastsAndNothingBeforeItDoes() throws Exception {
    BlockingQueue<Integer> read = new LinkedBlockingQueue<>();
    ContentCheck check =
        in -> {
          int one;
          do {
            one = in.read();
            read.add(one);
          } while (one >= 0);
        };
    Files.write(file, new byte[] {10, 11, 12});
    try (ReadingBehind reading = new ReadingBehind(file, check)) {
      READING.awaitWaiting();
      assertThat(read).isEmpty();
      reading.lasts(1);
      assertThat(read.take()).isEqualTo(10);
      READING.awaitWaiting();
      assertThat(read).isEmpty();
      reading.lasts(3);
      assertThat(read.take()).isEqualTo(11);
      assertThat(read.take()).isEqualTo(12);
      READING.awaitWaiting();
      assertThat(read).isEmpty();
      reading.finish();
      assertThat(read).containsExactly(-1);
    }
  }

  @Test
  @Timeout(60)
  void whatIsShownOnlyOnceItIsClosedIsReadThen() throws Exception {
    Files.delete(file);
    assertReadOnceItIsClosed();
  }

  @Test
  @Timeout(60)
  void whatIsShownInPartIsReadOnOnceItIsClosed() throws Exception {
    Files.write(file, new byte[] {1, 2});
    assertReadOnceItIsClosed();
  }

  /** As on mounts of object stores. */
  private void assertReadOnceItIsClosed() throws Exception {
    byte[][] read = new byte[1][];
    try (ReadingBehind reading = new ReadingBehind(file, in -> read[0] = in.readAllBytes())) {
      reading.lasts(5);
      READING.awaitWaiting();
      Files.write(file, new byte[] {1, 2, 3, 4, 5});
      reading.finish();
    }
    assertThat(read[0]).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void whatIsMissingWhenAllIsWrittenIsTheChecksToTell() throws Exception {
    byte[][] read = new byte[1][];
    Files.write(file, new byte[] {1, 2});
    try (ReadingBehind reading = new ReadingBehind(file, in -> read[0] = in.readAllBytes())) {
      reading.lasts(5);
      reading.finish();
    }
    assertThat(read[0]).containsExactly(1, 2);
  }

  @Test
  void allOfAFileThatGrowsIsReadOnceHoweverTheTwoMeet() throws Exception {
    byte[] bytes = new byte[500_000];
    new Random(3).nextBytes(bytes);
    byte[][] read = new byte[1][];
    try (ReadingBehind reading = new ReadingBehind(file, in -> read[0] = in.readAllBytes());
        OutputStream out = Files.newOutputStream(file)) {
      for (int at = 0; at < bytes.length; at += 1000) {
        out.write(bytes, at, 1000);
        reading.lasts(at + 1000);
      }
      reading.finish();
    }
    assertThat(read[0]).isEqualTo(bytes);
  }

  @Test
  void anEmptyFileIsReadToItsEnd() throws IOException {
    int[] length = {-1};
    try (ReadingBehind reading =
        new ReadingBehind(file, in -> length[0] = in.readAllBytes().length)) {
      reading.finish();
    }
    assertThat(length[0]).isZero();
  }

  @Test
  void whatTheCheckThrowsIsTheWritersUnchanged() {
    for (Throwable failure :
        new Throwable[] {
          new IOException("damaged"), new IllegalStateException("wrong"), new StackOverflowError()
        }) {
      assertThatThrownBy(
              () -> {
                try (ReadingBehind reading =
                    new ReadingBehind(file, in -> ReadingBehindTest.<IOException>raise(failure))) {
                  reading.finish();
                }
              })
          .isSameAs(failure);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> void raise(Throwable failure) throws E {
    throw (E) failure;
  }

  @Test
  void givenUpItEndsAndItsCheckIsTold() throws Exception {
    IOException[] told = new IOException[1];
    ContentCheck check =
        in -> {
          try {
            in.readAllBytes();
          } catch (IOException e) {
            told[0] = e;
            throw e;
          }
        };
    Files.write(file, new byte[10]);
    try (ReadingBehind reading = new ReadingBehind(file, check)) {
      reading.lasts(10);
    }
    assertThat(told[0]).hasMessageContaining("given up");
    READING.awaitEnd();
  }

  @Test
  void whoWaitsForItCanBeInterruptedAndItIsAtWorkNoMore() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    ContentCheck check =
        in -> {
          try {
            told.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          in.readAllBytes();
        };
    Thread.currentThread().interrupt();
    try (ReadingBehind reading = new ReadingBehind(file, check)) {
      assertThatThrownBy(reading::finish).isInstanceOf(InterruptedIOException.class);
      told.countDown();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    READING.awaitEnd();
  }

  /** A check interrupts the thread that it is on, and takes that for the one that writes. */
  @Test
  void aCheckThatInterruptsItsThreadInterruptsTheWriting() {
    ContentCheck check = in -> Thread.currentThread().interrupt();
    assertThatThrownBy(
            () -> {
              try (ReadingBehind reading = new ReadingBehind(file, check)) {
                reading.finish();
              }
            })
        .isInstanceOf(InterruptedIOException.class);
  }
}
