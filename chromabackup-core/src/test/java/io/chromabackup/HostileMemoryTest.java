package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.HostileArchives.Hostile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process with a small heap reads all hostile archives, one after the other. */
@Tag("slow")
class HostileMemoryTest {
  private static final String OUTCOME = "outcome: ";

  @TempDir Path temporary;

  /** What the process does: {@code archives surroundings}. */
  public static void main(String... arguments) throws IOException {
    HostileRestore restore = new HostileRestore(Path.of(arguments[1]));
    try (Stream<Path> archives = Files.list(Path.of(arguments[0]))) {
      for (Path archive : archives.sorted().toList()) {
        System.out.println(OUTCOME + outcome(restore, archive));
      }
    }
  }

  private static String outcome(HostileRestore restore, Path archive) throws IOException {
    try {
      restore.run(new Hostile(archive.toString(), () -> open(archive), null));
      return "harmless";
    } catch (ChromaBackupException.ArchiveUnsupported e) {
      return "too large";
    } catch (ChromaBackupException e) {
      return "refused";
    }
  }

  private static InputStream open(Path archive) {
    try {
      return new BufferedInputStream(Files.newInputStream(archive));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @Timeout(300)
  void allOfThemAreReadInASmallHeap() throws Exception {
    Path archives = Files.createDirectory(temporary.resolve("archives"));
    List<String> expected = new ArrayList<>();
    for (Hostile hostile : HostileArchives.all().values()) {
      try (InputStream in = hostile.bytes().get()) {
        Files.copy(in, archives.resolve("%04d".formatted(expected.size())));
      }
      expected.add(OUTCOME + (hostile.refusal() == null ? "harmless" : "refused"));
    }
    Files.write(archives.resolve("9999"), HostileSample.INSTANCE.saying(" ".repeat(5 << 20)).gz());
    expected.add(OUTCOME + "too large");

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                HostileMemoryTest.class.getName(),
                archives.toString(),
                temporary.resolve("surroundings").toString())
            .redirectErrorStream(true)
            .start();

    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(output.lines().filter(line -> line.startsWith(OUTCOME)))
        .as("what it said ends in: %s", output.substring(Math.max(0, output.length() - 2000)))
        .containsExactlyElementsOf(expected);
    assertThat(process.waitFor()).isZero();
  }
}
