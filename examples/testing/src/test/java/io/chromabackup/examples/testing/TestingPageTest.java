package io.chromabackup.examples.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The code in docs/testing.md is the test that is run here. */
class TestingPageTest {
  @Test
  void thePageShowsTheTestAsItIs() throws IOException {
    String test =
        Files.readString(
            Path.of("src/test/java/io/chromabackup/examples/testing/BackupInMemoryTest.java"));
    assertThat(Files.readString(Path.of("../../docs/testing.md")))
        .contains("```java\n" + test + "```");
  }
}
