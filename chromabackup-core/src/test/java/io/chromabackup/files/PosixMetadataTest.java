package io.chromabackup.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.chromabackup.files.PosixMetadata.Ids;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PosixMetadataTest {
  @TempDir Path temporary;

  private static Path fileOn(FileSystem disk) throws IOException {
    return Files.createFile(disk.getRootDirectories().iterator().next().resolve("file"));
  }

  private static FileSystem disk(Configuration like, String... views) {
    return Jimfs.newFileSystem(like.toBuilder().setAttributeViews("basic", views).build());
  }

  @Test
  void bitsWithoutNumbersAreReadAndSetByName() throws IOException {
    try (FileSystem disk = disk(Configuration.unix(), "owner", "posix")) {
      Path file = fileOn(disk);

      PosixMetadata.setMode(file, 0640);

      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-r-----");
      assertThat(PosixMetadata.mode(file)).hasValue(0640);
      assertThat(PosixMetadata.owner(file)).isEmpty();
      assertThat(PosixMetadata.setOwner(file, new Ids(1, 2))).isFalse();
    }
  }

  @Test
  void whereThereAreNoneNothingIsSetAndNothingFails() throws IOException {
    try (FileSystem disk = disk(Configuration.windows())) {
      Path file = fileOn(disk);

      PosixMetadata.setMode(file, 0640);

      assertThat(PosixMetadata.mode(file)).isEmpty();
      assertThat(PosixMetadata.owner(file)).isEmpty();
    }
  }

  /** Cut to what a system call takes, the first two would be root. */
  @ParameterizedTest
  @CsvSource({"4294967296, 0", "0, 4294967296", "4294967295, 0"})
  void nobodysNumbersAreNotSet(long uid, long gid) throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));
    Optional<Ids> before = PosixMetadata.owner(file);

    assertThat(PosixMetadata.setOwner(file, new Ids(uid, gid))).isFalse();

    assertThat(PosixMetadata.owner(file)).isEqualTo(before);
  }

  @Test
  void numbersAreReadAndLeftIfTheyAreRight() throws IOException {
    try (FileSystem disk = disk(Configuration.unix(), "owner", "posix", "unix")) {
      Path file = fileOn(disk);
      Ids present = PosixMetadata.owner(file).orElseThrow();

      PosixMetadata.setMode(file, 0604);

      assertThat(PosixMetadata.mode(file)).hasValue(0604);
      assertThat(PosixMetadata.setOwner(file, present)).isTrue();
    }
  }
}
