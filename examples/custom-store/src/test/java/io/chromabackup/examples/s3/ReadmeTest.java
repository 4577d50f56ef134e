package io.chromabackup.examples.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java in the README compiles; what it does is what the other tests do. */
class ReadmeTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final String IMPORTS =
      """
      import io.chromabackup.*;
      import io.chromabackup.examples.s3.S3ArchiveStore;
      import io.chromabackup.localfs.*;
      import java.net.URI;
      import java.nio.file.Path;
      import software.amazon.awssdk.auth.credentials.*;
      import software.amazon.awssdk.regions.Region;
      import software.amazon.awssdk.services.s3.S3Client;
      """;

  @TempDir private Path temporary;

  @Test
  void itsBlocksCompile() throws IOException {
    List<String> blocks =
        JAVA.matcher(Files.readString(Path.of("README.md")))
            .results()
            .map(block -> block.group(1).strip())
            .toList();
    assertThat(blocks).hasSize(2);

    compile("First", "", blocks.get(0));
    compile(
        "Second", "String key, String secret", "S3Client client = " + blocks.get(1) + ".build();");
  }

  private void compile(String name, String variables, String statements) throws IOException {
    Path source = temporary.resolve(name + ".java");
    Files.writeString(
        source,
        "%s class %s { static void run(%s) throws Exception { %s } }"
            .formatted(IMPORTS, name, variables, statements));
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
}
