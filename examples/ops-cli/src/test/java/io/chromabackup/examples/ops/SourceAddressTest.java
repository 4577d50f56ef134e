package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceAddressTest {
  @Test
  void containers() {
    assertThat(SourceAddress.parse("docker:ragbench-chromadb-1"))
        .isEqualTo(new SourceAddress.Container("ragbench-chromadb-1", Optional.empty()));
    assertThat(SourceAddress.parse("docker:4f1c/chroma/chroma"))
        .isEqualTo(new SourceAddress.Container("4f1c", Optional.of("/chroma/chroma")));
    assertThat(SourceAddress.parse("ragbench-chromadb-1"))
        .isEqualTo(new SourceAddress.Container("ragbench-chromadb-1", Optional.empty()));
  }

  @Test
  void composeServices() {
    assertThat(SourceAddress.parse("compose:ragbench/chromadb"))
        .isEqualTo(new SourceAddress.ComposeService("ragbench", "chromadb", Optional.empty()));
    assertThat(SourceAddress.parse("compose:ragbench/chromadb/data"))
        .isEqualTo(new SourceAddress.ComposeService("ragbench", "chromadb", Optional.of("/data")));
  }

  @Test
  void directories() {
    assertThat(SourceAddress.parse("file:///srv/chroma"))
        .isEqualTo(new SourceAddress.Directory(Path.of("/srv/chroma")));
    assertThat(SourceAddress.parse("./missing"))
        .isEqualTo(new SourceAddress.Directory(Path.of("./missing")));
    assertThat(SourceAddress.parse("src")).isEqualTo(new SourceAddress.Directory(Path.of("src")));
    assertThat(SourceAddress.parse("..")).isEqualTo(new SourceAddress.Directory(Path.of("..")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "docker:",
        "docker://chroma",
        "docker:chroma/",
        "compose:ragbench",
        "compose:ragbench/",
        "http://localhost:8000",
        "podman:chroma",
        "pom.xml",
        "two words",
        "-chroma"
      })
  void whatIsUnclearIsAnsweredWithWhatThereIs(String text) {
    assertThatThrownBy(() -> SourceAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("docker:NAME")
        .hasMessageContaining("compose:PROJECT/SERVICE")
        .hasMessageContaining("file:///");
  }

  @Test
  void aFileUriOfAnotherMachineIsRefused() {
    assertThatThrownBy(() -> SourceAddress.parse("file://nas/chroma"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("file:///srv/chroma");
  }
}
