package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {
  @Test
  void plainValuesOfTheOutermostMappingAreRead() {
    String yaml =
        """
        # a comment
        persist_path: "/data"   # and another
        port: 8000
        nothing: ~
        cors: [ "*", {persist_path: /wrong} ]
        sqlitedb:
          persist_path: /wrong
          port: 1
        listen_address: &here 0.0.0.0
        again: *here
        last: x
        ---
        persist_path: /second/document
        """;

    assertThat(ConfigFile.settings(yaml))
        .contains(
            Map.of(
                "persist_path", "/data",
                "port", "8000",
                "listen_address", "0.0.0.0",
                "again", "0.0.0.0",
                "last", "x"));
  }

  @Test
  void flowStyleAndJsonAreYamlToo() {
    assertThat(ConfigFile.settings("{\"persist_path\": \"/x\", \"a\": {\"b\": 1}, \"port\": 9}"))
        .contains(Map.of("persist_path", "/x", "port", "9"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "just words",
        "- a\n- list",
        "a: b: c",
        "\t\tx",
        "{",
        "key: 'unclosed",
        "\u0000\u0001\u0002ELF",
        "a: *unknown\n b",
        "%YAML 9.9\n---\na: b\n  c"
      })
  void whatIsNoMappingIsNothing(String text) {
    assertThat(ConfigFile.settings(text)).isEmpty();
  }

  @Test
  void anEmptyMappingIsOne() {
    assertThat(ConfigFile.settings("{}")).contains(Map.of());
  }

  @Test
  void aDepthThatNoConfigurationHasIsNotFollowed() {
    String deep = "persist_path: /x\ndeep: " + "[".repeat(500_000);

    assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> assertThat(ConfigFile.settings(deep)).isEmpty());
    assertThat(ConfigFile.settings("deep: " + "[".repeat(50) + "]".repeat(50) + "\na: b"))
        .contains(Map.of("a", "b"));
  }

  @Test
  void aliasesCostNothing() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 200; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    bomb.append("persist_path: /x\n");

    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () ->
            assertThat(ConfigFile.settings(bomb.toString()))
                .contains(Map.of("persist_path", "/x")));
  }
}
