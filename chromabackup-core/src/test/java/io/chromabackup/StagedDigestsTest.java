package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.testkit.faults.FaultyFileSystem;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StagedDigestsTest {
  @TempDir Path directory;

  private Entry file(String path, String content) throws IOException {
    Files.writeString(directory.resolve(path), content);
    return Entry.file(path, content.length(), Instant.EPOCH);
  }

  @Test
  void eachFileHasItsOwn() throws IOException {
    List<Entry> files = List.of(file("a", "some"), file("b", "other"), file("c", ""));
    try (StagedDigests digests = new StagedDigests(directory, files)) {
      for (Entry file : files) {
        assertThat(digests.of(file))
            .isEqualTo(Digests.of(Files.readAllBytes(directory.resolve(file.path()))));
      }
    }
  }

  @Test
  void whatIsNoFileOrWasNotThereHasNone() throws IOException {
    Entry folder = Entry.directory("folder", Instant.EPOCH);
    try (StagedDigests digests = new StagedDigests(directory, List.of(folder, file("a", "")))) {
      for (Entry none : List.of(folder, file("later", ""))) {
        assertThatThrownBy(() -> digests.of(none))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith(none.path());
      }
    }
  }

  @Test
  void aFileThatCannotBeReadIsNamedWithTheReason() throws IOException {
    Entry gone = Entry.file("gone", 1, Instant.EPOCH);
    try (StagedDigests digests = new StagedDigests(directory, List.of(gone))) {
      assertThatThrownBy(() -> digests.of(gone))
          .isExactlyInstanceOf(IOException.class)
          .hasMessageStartingWith("gone could not be read back")
          .hasCauseInstanceOf(NoSuchFileException.class);
    }
  }

  @Test
  void anErrorInReadingIsThrownAsItIs() throws IOException {
    AssertionError error = new AssertionError("of the file system");
    FaultyFileSystem faults = FaultyFileSystem.over(directory);
    Entry file = file("a", "x");
    faults.after(
        "open " + directory.resolve("a"),
        () -> {
          throw error;
        });
    try (StagedDigests digests = new StagedDigests(faults.path(directory), List.of(file))) {
      assertThatThrownBy(() -> digests.of(file)).isSameAs(error);
    }
  }

  @Test
  void anInterruptEndsTheWaitAndItsEndWaitsUntilNobodyReads() throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(directory);
    Entry file = file("a", "x");
    CountDownLatch never = new CountDownLatch(1);
    AtomicBoolean left = new AtomicBoolean();
    CountDownLatch reading = new CountDownLatch(1);
    faults.after(
        "open " + directory.resolve("a"),
        () -> {
          reading.countDown();
          try {
            never.await();
          } catch (InterruptedException e) {
            leaveSlowly(left);
          }
        });
    StagedDigests digests = new StagedDigests(faults.path(directory), List.of(file));
    try {
      await(reading);
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> digests.of(file)).isInstanceOf(InterruptedIOException.class);
    } finally {
      digests.close();
    }
    assertThat(Thread.interrupted()).isTrue();
    assertThat(left).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Long enough for somebody who does not wait to be seen. */
  private static void leaveSlowly(AtomicBoolean left) {
    try {
      Thread.sleep(200);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    left.set(true);
  }
}
