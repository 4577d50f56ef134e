package io.chromabackup.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PathLockTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("lock");
  }

  @Test
  void oneAloneKeepsAllOthersOutUntilItIsClosedAndTwiceIsOnce() throws IOException {
    PathLock alone = PathLock.exclusive(file, "backup by me").orElseThrow();

    assertThat(PathLock.exclusive(file, "another")).isEmpty();
    assertThat(PathLock.shared(directory.resolve(".").resolve("lock"))).isEmpty();
    assertThat(PathLock.holder(file)).isEqualTo("backup by me");
    alone.close();
    alone.close();

    try (PathLock one = PathLock.shared(file).orElseThrow();
        PathLock other = PathLock.shared(file).orElseThrow()) {
      assertThat(PathLock.exclusive(file, "another")).isEmpty();
    }
    PathLock.exclusive(file, "another").orElseThrow().close();
  }

  @Test
  void aHolderThatCannotBeReadIsAnotherOperation() throws IOException {
    assertThat(PathLock.holder(file)).isEqualTo("another operation");
    assertThat(PathLock.holder(directory.resolve("nowhere").resolve("lock")))
        .isEqualTo("another operation");
    try (PathLock silent = PathLock.exclusive(file, "").orElseThrow()) {
      assertThat(PathLock.holder(file)).isEqualTo("another operation");
    }
    assertThat(Files.size(file)).isZero();
  }

  @Test
  void whoeverLockedItBesideThisClassIsRespected() throws IOException {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      assertThat(PathLock.exclusive(file, "me")).isEmpty();
      assertThat(lock.isValid()).isTrue();
    }
    PathLock.exclusive(file, "me").orElseThrow().close();
  }

  /** POSIX: closing any channel of a file drops all locks that the process has on it. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void whoeverTriesInVainDoesNotTakeItAway() throws IOException {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      for (int i = 0; i < 3; i++) {
        assertThat(PathLock.exclusive(file, "me")).isEmpty();
        assertThat(PathLock.shared(file)).isEmpty();
        assertThat(PathLock.holder(file)).isEqualTo("another operation");
      }
      String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
      assertThat(Path.of("/proc/locks")).content().contains(inode);
    }
  }

  @Test
  void aShorterNameLeavesNothingOfTheLongerOne() throws IOException {
    PathLock.exclusive(file, "a long name of a holder").orElseThrow().close();
    PathLock.exclusive(file, "short").orElseThrow().close();

    assertThat(file).hasContent("short\n");
  }

  @Test
  void anInterruptedThreadGetsNoLockThatItHasNot() throws IOException {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> PathLock.exclusive(file, "me"))
        .isInstanceOf(ClosedByInterruptException.class);

    assertThat(Thread.interrupted()).isTrue();
    PathLock.exclusive(file, "another").orElseThrow().close();
  }

  @Test
  void aRootIsNoLockFile() {
    assertThatThrownBy(() -> PathLock.exclusive(Path.of("/"), "me"))
        .isInstanceOf(NoSuchFileException.class);
  }
}
