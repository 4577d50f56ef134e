package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.docker.ChromaConfiguration.Setting;
import io.chromabackup.docker.ChromaConfiguration.Told;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChromaConfigurationTest {
  private static final Optional<Told> FILE =
      told(Map.of("persist_path", "/of/file", "port", "9001"));

  @Test
  void theOfficialImage() {
    Container container =
        Sketch.of("x").command("dumb-init", "--", "chroma", "run", "/config.yaml").container();

    assertThat(ChromaConfiguration.file(container)).contains("/config.yaml");
    assertThat(directory(container, told(Map.of("persist_path", "/data"))))
        .contains(new Setting("/data", "persist_path in /config.yaml"));
  }

  @Test
  void theOfficialImageBeforeOne() {
    Container container =
        Sketch.of("x")
            .in("/chroma")
            .env("PERSIST_DIRECTORY", "./here")
            .env("CHROMA_SERVER_HTTP_PORT", "9002")
            .command("/docker_entrypoint.sh", "--workers", "1", "--log-config", "log.yml")
            .container();
    ChromaConfiguration configuration = ChromaConfiguration.of(container, Optional.empty());

    assertThat(configuration.directory())
        .contains(new Setting("/chroma/here", "PERSIST_DIRECTORY"));
    assertThat(configuration.port()).isEqualTo(9002);
  }

  @Test
  void whoSaysItFirst() {
    Sketch sketch = Sketch.of("x").in("/w").env("PERSIST_DIRECTORY", "/of/old/variable");
    assertThat(directory(sketch.container(), FILE).map(Setting::value)).contains("/of/file");
    sketch.env("CHROMA_PERSIST_PATH", "of/variable").env("CHROMA_PORT", "9003");
    assertThat(directory(sketch.container(), FILE))
        .contains(new Setting("/w/of/variable", "CHROMA_PERSIST_PATH"));
    assertThat(ChromaConfiguration.of(sketch.container(), FILE).port()).isEqualTo(9003);
    sketch.command("chroma", "run", "--path", "./of/../option", "--port=9004");
    assertThat(directory(sketch.container(), FILE)).contains(new Setting("/w/option", "--path"));
    assertThat(ChromaConfiguration.of(sketch.container(), FILE).port()).isEqualTo(9004);
  }

  @Test
  void aFileWithoutPersistPathMovesTheData() {
    Container container = Sketch.of("x").command("chroma", "run", "/config.yaml").container();

    assertThat(directory(container, told(Map.of("port", "9001"))))
        .contains(new Setting("/chroma", "/config.yaml has no persist_path"));
  }

  @Test
  void chromaRunAloneMindsNeitherTheFileOfTheImageNorTheOldVariable() {
    Container container =
        Sketch.of("x").in("/w").env("PERSIST_DIRECTORY", "/x").command("chroma", "run").container();

    assertThat(ChromaConfiguration.file(container)).isEmpty();
    assertThat(directory(container, Optional.empty()).map(Setting::value)).contains("/w/chroma");
  }

  @Test
  void nothingSaysAnything() {
    ChromaConfiguration configuration =
        ChromaConfiguration.of(Sketch.of("x").container(), Optional.empty());

    assertThat(configuration.directory()).isEmpty();
    assertThat(configuration.port()).isEqualTo(8000);
    assertThat(configuration.warnings()).isEmpty();
  }

  @Test
  void aFileThatCannotBeReadIsToldAndLeftOut() {
    Container container = Sketch.of("x").command("chroma", "run", "/config.yaml").container();
    ChromaConfiguration configuration =
        ChromaConfiguration.of(container, Optional.of(new Told("/config.yaml", Optional.empty())));

    assertThat(configuration.directory()).isEmpty();
    assertThat(configuration.warnings())
        .singleElement()
        .asString()
        .contains("/config.yaml of container x cannot be read as YAML");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65536", "-1", "http", "", "99999999999999", "80a"})
  void aPortThatIsNoneIsLeftOut(String port) {
    Container container = Sketch.of("x").env("CHROMA_PORT", port).container();

    assertThat(ChromaConfiguration.of(container, Optional.empty()).port()).isEqualTo(8000);
  }

  @Test
  void theFileIsRelativeToTheWorkingDirectory() {
    Container container = Sketch.of("x").in("/w").command("chroma", "run", "c.yaml").container();
    Container byVariable = Sketch.of("x").env("CONFIG_FILE_PATH", "/v.yaml").container();

    assertThat(ChromaConfiguration.file(container)).contains("/w/c.yaml");
    assertThat(ChromaConfiguration.file(byVariable)).contains("/v.yaml");
  }

  private static Optional<Setting> directory(Container container, Optional<Told> file) {
    return ChromaConfiguration.of(container, file).directory();
  }

  private static Optional<Told> told(Map<String, String> settings) {
    return Optional.of(new Told("/config.yaml", Optional.of(settings)));
  }
}
