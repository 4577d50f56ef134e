package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CommandLineTest {
  @Test
  void optionsComeInTwoShapes() {
    assertThat(of("chroma", "run", "--path", "/a b").option("--path")).contains("/a b");
    assertThat(of("chroma", "run", "--path=/x=y").option("--path")).contains("/x=y");
    assertThat(of("chroma", "run", "--pathological", "/x").option("--path")).isEmpty();
    assertThat(of("chroma", "run", "--path").option("--path")).isEmpty();
    assertThat(of("chroma", "run", "--path=").option("--path")).isEmpty();
  }

  @Test
  void theConfigurationFileIsWhatRunIsGiven() {
    assertThat(of("dumb-init", "--", "chroma", "run", "/config.yaml").configurationFile())
        .contains("/config.yaml");
    assertThat(of("/usr/bin/chroma", "run", "c.YML").configurationFile()).contains("c.YML");
    assertThat(of("chroma", "run", "--path", "/x").configurationFile()).isEmpty();
    assertThat(of("uvicorn", "chromadb.app:app", "--log-config", "log.yml").configurationFile())
        .isEmpty();
    assertThat(of("other", "run", "/config.yaml").configurationFile()).isEmpty();
  }

  @Test
  void aShellsCommandIsTakenApart() {
    CommandLine line =
        of("/bin/sh", "-lc", "setup x.yaml && exec chroma run --path '/my data' --port=\"9000\"");

    assertThat(line.runsChroma()).isTrue();
    assertThat(line.option("--path")).contains("/my data");
    assertThat(line.option("--port")).contains("9000");
    assertThat(line.configurationFile()).isEmpty();
    assertThat(of("sh", "-c", "chroma run; cat /x.yaml").configurationFile()).isEmpty();
    assertThat(of("tini", "--", "bash", "-c", "chroma run /c.yaml; x").configurationFile())
        .contains("/c.yaml");
  }

  @Test
  void variablesAreNotGuessed() {
    CommandLine line = of("sh", "-c", "chroma run --path $DATA --port ${PORT:-9000}");

    assertThat(line.option("--path")).isEmpty();
    assertThat(line.option("--port")).isEmpty();
  }

  @Test
  void oddCommandsAreNothing() {
    assertThat(of().runsChroma()).isFalse();
    assertThat(of("sh", "-c").runsChroma()).isFalse();
    assertThat(of("chroma").runsChroma()).isFalse();
    assertThat(of("sh", "-c", "'unclosed chroma run").option("--path")).isEmpty();
  }

  private static CommandLine of(String... words) {
    return CommandLine.of(List.of(words));
  }
}
