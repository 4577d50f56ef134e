package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.testkit.Fixture;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java in the README compiles, and what needs no server of a reader's runs. */
class ReadmeTest {
  private static final Path PAGE = Path.of("../../README.md");
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final String IMPORTS =
      """
      import io.chromabackup.*;
      import io.chromabackup.docker.*;
      import io.chromabackup.health.*;
      import io.chromabackup.localfs.*;
      import java.net.URI;
      import java.nio.file.Path;
      """;

  @TempDir private Path temporary;

  private static List<String> blocks() throws IOException {
    return JAVA.matcher(Files.readString(PAGE)).results().map(block -> block.group(1)).toList();
  }

  /** Compiles statements, with the variables that the page takes for granted. */
  private void compile(String name, String imports, String variables, String statements)
      throws IOException {
    Path source = temporary.resolve(name + ".java");
    Files.writeString(
        source,
        "%s public class %s { public static void run(%s) throws Exception { %s } }"
            .formatted(imports, name, variables, statements));
    int failed =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "--release",
                "17",
                "-proc:none",
                "-d",
                temporary.toString(),
                "-classpath",
                System.getProperty("java.class.path"),
                source.toString());
    assertThat(failed).as(statements).isZero();
  }

  @Test
  void theFirstBlockBacksUpVerifiesAndRestoresAsItStandsThere() throws Exception {
    Path chroma = Fixture.copyTo(temporary.resolve("chroma"));
    String block =
        blocks()
            .get(0)
            .replace("/srv/chroma", chroma.toString())
            .replace("backups/chromadb", temporary.resolve("backups").toString());
    String imports =
        block.lines().filter(line -> line.startsWith("import")).collect(Collectors.joining("\n"));
    compile("First", imports, "", block.replaceAll("(?m)^import .*$", ""));

    try (URLClassLoader classes = new URLClassLoader(new URL[] {temporary.toUri().toURL()})) {
      classes.loadClass("First").getMethod("run").invoke(null);
    }

    assertThat(temporary.resolve("backups"))
        .isDirectoryContaining("glob:**/chromadb_backup_*.tar.gz");
    assertThat(temporary.resolve("chroma-copy/chroma.sqlite3")).exists();
  }

  @Test
  void theBlocksThatNeedAServiceOrAnEngineCompile() throws IOException {
    List<String> blocks = blocks();

    assertThat(blocks).hasSize(3);
    compile("Second", IMPORTS, "ChromaBackup backups", blocks.get(1));
    compile("Third", IMPORTS, "", blocks.get(2));
  }
}
