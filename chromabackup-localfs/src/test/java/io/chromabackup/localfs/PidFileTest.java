package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Notes of what is held are found by it, whoever wrote them. */
class PidFileTest {
  @TempDir Path directory;

  private Path run;
  private Path varRun;

  @BeforeEach
  void aLinkAsThatOfVarRun() throws IOException {
    run = Files.createDirectory(directory.resolve("run"));
    varRun = Files.createSymbolicLink(directory.resolve("var-run"), run);
  }

  private static String identity(Path file) {
    return new PidFile(file).identity();
  }

  @Test
  void aFileIsTheSameHoweverItIsSpelled() {
    Path file = run.resolve("chroma.pid");
    for (Path spelled :
        List.of(
            varRun.resolve("chroma.pid"),
            run.resolve("./chroma.pid"),
            varRun.resolve("../run/chroma.pid"),
            Path.of("").toAbsolutePath().relativize(file))) {
      assertThat(identity(spelled)).as("%s", spelled).isEqualTo(identity(file));
    }
    assertThat(identity(run.resolve("other.pid"))).isNotEqualTo(identity(file));
  }

  /** As systemd removes a RuntimeDirectory when the unit is down. */
  @Test
  void aFileIsTheSameWhenItsDirectoryIsGone() throws IOException {
    Path file = varRun.resolve("chroma/chroma.pid");
    String gone = identity(file);
    Files.createDirectory(run.resolve("chroma"));

    assertThat(identity(file)).isEqualTo(gone);
    assertThat(identity(run.resolve("chroma/chroma.pid"))).isEqualTo(gone);
  }

  @Test
  void aFileOfNoDirectoryAtAllIsStillNamed() {
    assertThat(identity(Path.of("/"))).isEqualTo("/");
  }
}
