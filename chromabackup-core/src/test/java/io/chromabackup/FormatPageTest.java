package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/format.md says of the manifest is what is read and written. */
class FormatPageTest {
  private static final Path PAGE = Path.of("..", "docs", "format.md");

  @Test
  void theManifestOnThePageIsReadAndWrittenAsItStandsThere() throws IOException {
    String example = example();

    Manifest manifest = ManifestJson.read(example.getBytes(StandardCharsets.UTF_8));

    assertThat(manifest.documents()).isEqualTo(1182);
    assertThat(manifest.files()).hasSize(2);
    assertThat(new String(ManifestJson.write(manifest), StandardCharsets.UTF_8).strip())
        .isEqualTo(example.strip());
  }

  @Test
  void thePageExplainsEveryFieldOfItsExample() throws IOException {
    String page = Files.readString(PAGE);
    Matcher field = Pattern.compile("\"(\\w+)\" :").matcher(example());

    while (field.find()) {
      String name = field.group(1);
      boolean isOfSchema = name.equals("embeddings_queue") || name.endsWith("db");
      assertThat(isOfSchema || page.contains("`" + name + "`") || page.contains("`" + name + "[]`"))
          .as(name)
          .isTrue();
    }
  }

  private static String example() throws IOException {
    Matcher block =
        Pattern.compile("```json\\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
    assertThat(block.find()).isTrue();
    return block.group(1);
  }
}
