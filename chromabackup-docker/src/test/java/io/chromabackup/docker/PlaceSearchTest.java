package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlaceSearchTest {
  @Test
  void itLooksWhereItIsUsualAndWhereSomethingIsMounted() {
    Container container =
        Sketch.of("x")
            .in("/w")
            .env("PERSIST_DIRECTORY", "old")
            .mount("volume", "v", "/data")
            .mount("bind", "/h", "/mnt/")
            .container();

    assertThat(PlaceSearch.places(container))
        .containsExactly(
            "/w/old",
            "/data",
            "/chroma/chroma",
            "/chroma",
            "/w/chroma_data",
            "/data/chroma",
            "/mnt",
            "/mnt/chroma");
  }

  @Test
  void pathsAreMadeAbsolute() {
    assertThat(ContainerFiles.absolute("/w", "a/./b//c/../d")).isEqualTo("/w/a/b/d");
    assertThat(ContainerFiles.absolute("/w", "/a/")).isEqualTo("/a");
    assertThat(ContainerFiles.absolute("/", "../..")).isEqualTo("/");
    assertThat(ContainerFiles.absolute("w", ".")).isEqualTo("/w");
    assertThat(ContainerFiles.isWithin("/data/x", "/data")).isTrue();
    assertThat(ContainerFiles.isWithin("/database", "/data")).isFalse();
    assertThat(ContainerFiles.isWithin("/x", "/")).isTrue();
  }
}
