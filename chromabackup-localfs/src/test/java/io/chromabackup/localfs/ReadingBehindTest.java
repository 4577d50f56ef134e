package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ContentCheck;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadingBehindTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void makeFile() throws IOException {
    file = Files.createFile(directory.resolve("file"));
  }

  private static boolean isAtWork() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("chromabackup-reading-back"));
  }

  private static void awaitEnd() throws InterruptedException {
    while (isAtWork()) {
      Thread.sleep(10);
    }
  }

  @Test
  void itReadsWhatLastsAndNothingBeforeItDoes() throws Exception {
    SynchronousQueue<Integer> read = new SynchronousQueue<>();
    ContentCheck check =
        in -> {
          try {
            int one;
            do {
              one = in.read();
              read.put(one);
            } while (one >= 0);
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        };
    Files.write(file, new byte[] {10, 11, 12});
    try (ReadingBehind reading = new ReadingBehind(file, check)) {
      assertThat(read.poll()).isNull();
      reading.lasts(1);
      assertThat(read.take()).isEqualTo(10);
      assertThat(read.poll()).isNull();
      reading.lasts(3);
      assertThat(read.take()).isEqualTo(11);
      assertThat(read.take()).isEqualTo(12);
      Thread end = new Thread(() -> finish(reading));
      end.start();
      assertThat(read.take()).isEqualTo(-1);
      end.join();
    }
  }

  private static void finish(ReadingBehind reading) {
    try {
      reading.finish();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
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
  void givenUpItEndsAndNobodyHasTheFileOpen() throws Exception {
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
    awaitEnd();
  }

  @Test
  void whoWaitsForItCanBeInterruptedAndItIsAtWorkNoMore() throws Exception {
    Thread.currentThread().interrupt();
    try (ReadingBehind reading = new ReadingBehind(file, InputStream::readAllBytes)) {
      assertThatThrownBy(reading::finish).isInstanceOf(InterruptedIOException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    awaitEnd();
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
