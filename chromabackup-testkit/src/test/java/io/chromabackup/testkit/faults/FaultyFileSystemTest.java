package io.chromabackup.testkit.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultyFileSystemTest {
  private final FileSystem memory =
      Jimfs.newFileSystem(
          Configuration.unix().toBuilder().setAttributeViews("basic", "owner", "posix").build());
  private final FaultyFileSystem faults = FaultyFileSystem.over(memory);
  private final Path directory = faults.getPath("/dir");
  private final Path file = directory.resolve("file");

  @BeforeEach
  void makeAFile() throws IOException {
    Files.createDirectory(directory);
    Files.writeString(file, "content");
    faults.reset();
  }

  @Test
  void somebodyElseDoesSomethingAfterAStepOnce() throws IOException {
    faults.after("list /dir", () -> Files.delete(memory.getPath("/dir/file")));

    assertThat(Files.exists(file)).isTrue();
    try (Stream<Path> list = Files.list(directory)) {
      assertThat(list).containsExactly(file);
    }
    try (Stream<Path> list = Files.list(directory)) {
      assertThat(list).isEmpty();
    }
  }

  @Test
  void somebodyElseDoesSomethingAfterTheNextStepOfAKindOnce() throws IOException {
    faults.after("list *", () -> Files.delete(memory.getPath("/dir/file")));

    assertThat(Files.exists(file)).isTrue();
    for (boolean isThere : new boolean[] {true, false, false}) {
      assertThat(Files.exists(file)).isEqualTo(isThere);
      try (Stream<Path> list = Files.list(directory)) {
        assertThat(list.count()).isEqualTo(isThere ? 1 : 0);
      }
    }
  }

  @Test
  void itCanDoWithoutHardLinks() throws IOException {
    Files.createLink(directory.resolve("one"), file);

    faults.withoutLinks();

    assertThatThrownBy(() -> Files.createLink(directory.resolve("two"), file))
        .isInstanceOf(UnsupportedOperationException.class);
    faults.withoutLinks(link -> new FileSystemException(link.toString(), null, "not permitted"));
    assertThatThrownBy(() -> Files.createLink(directory.resolve("two"), file))
        .isExactlyInstanceOf(FileSystemException.class)
        .hasMessage(directory.resolve("two") + ": not permitted");
    assertThat(directory.resolve("two")).doesNotExist();
  }

  @Test
  void everyStepIsCountedAndNamed() throws IOException {
    Files.exists(file);
    Files.writeString(directory.resolve("other"), "more");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
    try (Stream<Path> list = Files.list(directory)) {
      assertThat(list).containsExactly(file, directory.resolve("other"));
    }
    Files.move(file, directory.resolve("moved"));
    Files.delete(directory.resolve("moved"));

    assertThat(faults.steps())
        .containsExactly(
            "look /dir/file",
            "create /dir/other",
            "write /dir/other",
            "close /dir/other",
            "set /dir/file",
            "set /dir/file",
            "list /dir",
            "move /dir/file",
            "delete /dir/moved");
    assertThat(faults.stepCount()).isEqualTo(9);
  }

  @ParameterizedTest
  @EnumSource
  void theChosenStepFailsInTheChosenWayAndNoOther(Fault fault) throws IOException {
    faults.failAt(2, fault);
    Throwable failure = catchThrowable(() -> Files.writeString(file, "new content"));

    switch (fault) {
      case NO_SPACE ->
          assertThat(failure)
              .isInstanceOf(FileSystemException.class)
              .hasMessageContaining("No space left on device");
      case ACCESS_DENIED -> assertThat(failure).isInstanceOf(AccessDeniedException.class);
      case SHORT_WRITE -> assertThat(failure).as("the caller writes the rest").isNull();
      case RUNTIME_EXCEPTION -> assertThat(failure).isInstanceOf(IllegalStateException.class);
      case ERROR -> assertThat(failure).isInstanceOf(InternalError.class);
      default -> assertThat(failure).isExactlyInstanceOf(IOException.class);
    }
    boolean written = fault == Fault.IO_ERROR_AFTER || fault == Fault.SHORT_WRITE;
    assertThat(Files.readString(file)).isEqualTo(written ? "new content" : "");
    if (fault != Fault.SHORT_WRITE) {
      assertThat(failure).hasMessageMatching("(?s).*(injected|No space left).*");
    }
  }

  @Test
  void aShortWriteTellsHowMuchWasWritten() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap("0123456789".getBytes());
      faults.failAt(1, Fault.SHORT_WRITE);
      assertThat(channel.write(bytes)).isEqualTo(5);
      assertThat(bytes.remaining()).isEqualTo(5);
    }
  }

  @Test
  void aFullDiskStaysFullForWhatNeedsSpaceUntilItIsReset() throws IOException {
    faults.failFrom(1, Fault.NO_SPACE);
    assertThatThrownBy(() -> Files.createDirectory(directory.resolve("x")))
        .hasMessageContaining("No space");
    assertThat(Files.readString(file)).isEqualTo("content");
    assertThatThrownBy(() -> Files.writeString(directory.resolve("y"), "y"))
        .hasMessageContaining("No space");
    Files.delete(file);

    faults.reset();
    Files.writeString(directory.resolve("y"), "y");
    assertThat(file).doesNotExist();
  }

  @Test
  void directoriesCanBeSyncedAlsoWhereTheFileSystemBehindCannot() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
      assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
          .hasMessageContaining("is a directory");
    }
    assertThat(faults.steps()).containsExactly("open /dir", "force /dir", "close /dir");
  }

  @Test
  void locksPiecesAndPositionsArePassedOn() throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      try (FileLock lock = channel.tryLock()) {
        assertThat(lock.isValid()).isTrue();
      }
      channel.truncate(3);
      assertThat(channel.size()).isEqualTo(3);
      Path copy = directory.resolve("copy");
      try (FileChannel target =
          FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        assertThat(channel.transferTo(1, 100, target)).isEqualTo(2);
      }
      assertThat(copy).hasContent("on");
    }
  }

  @Test
  void pathsBehaveAsPaths() throws IOException {
    assertThat(faults.path(memory.getPath("/dir"))).isEqualTo(directory);
    assertThat(faults.real(file)).isEqualTo(memory.getPath("/dir/file"));
    assertThat(file.getParent()).isEqualTo(directory);
    assertThat(directory.relativize(file)).hasToString("file");
    assertThat(file.startsWith(directory)).isTrue();
    assertThat(directory.resolve("../dir").normalize().toRealPath().getFileSystem())
        .isSameAs(faults);
    assertThat(file.hashCode()).isEqualTo(faults.getPath("/dir", "file").hashCode());
    assertThatThrownBy(() -> directory.resolve(memory.getPath("x")))
        .isInstanceOf(ProviderMismatchException.class);
    assertThatThrownBy(() -> faults.restart(PowerLoss.UNSYNCED_KEPT, 0))
        .isInstanceOf(IllegalStateException.class);
  }
}
