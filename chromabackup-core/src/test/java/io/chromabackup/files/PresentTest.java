package io.chromabackup.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PresentTest {
  @TempDir Path directory;

  /** In whatever language this machine says it. */
  @Test
  void whatWouldBeBelowAFileIsNotThere() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));

    assertThat(Present.at(file.resolve("x"))).isFalse();
    assertThat(Present.fileBehind(file.resolve("x"))).isFalse();
    assertThat(Present.asFile(file)).isTrue();
    assertThat(Present.directoryBehind(file)).isFalse();
  }
}
