package io.chromabackup.examples.quickstart;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.SPARSE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {
  private static final Path FIXTURE = Path.of("fixture", "chroma");
  private static final long LENGTH = 3L << 30;

  @Test
  void itProvesItsCountsAndLeavesTheFixtureAsItWas(@TempDir Path store) throws IOException {
    byte[] before = Files.readAllBytes(FIXTURE.resolve("chroma.sqlite3"));
    ByteArrayOutputStream printed = new ByteArrayOutputStream();

    new Quickstart(FIXTURE, store, new PrintStream(printed, true, StandardCharsets.UTF_8)).run();

    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("1182 documents in 5 collections")
        .contains("is damaged and was not backed up")
        .containsPattern("default_tenant/default_database/articles\\s+cosine\\s+1090\\s+1090")
        .containsPattern("acme/library/books\\s+l2\\s+20\\s+20")
        .endsWith("The restored copy has what was backed up." + System.lineSeparator());
    assertThat(FIXTURE.resolve("chroma.sqlite3")).hasBinaryContent(before);
    assertThat(FIXTURE.resolve("chroma.sqlite3-journal")).doesNotExist();
  }

  @Test
  void aFileThatNoMemoryHoldsIsDamagedToo(@TempDir Path directory) throws IOException {
    Path large = directory.resolve("data_level0.bin");
    try (FileChannel file = FileChannel.open(large, CREATE_NEW, WRITE, SPARSE)) {
      file.write(ByteBuffer.allocate(1), LENGTH - 1); // a hole, and one byte
    }

    assertThat(Quickstart.damage(directory)).isEqualTo(large).hasSize(LENGTH / 2);
  }
}
