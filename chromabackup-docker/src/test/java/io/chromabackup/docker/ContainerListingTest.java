package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.docker.Container.Status;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerListingTest {
  @Test
  void runningOnesAreListedAndOfTheOthersThoseThatLookLikeChroma() {
    List<Container> containers =
        List.of(
            Sketch.of("web").image("nginx").container(),
            Sketch.of("db").image("chromadb/chroma:1.5.2").container(),
            Sketch.of("old").image("ChromaDB/x").status(Status.EXITED, 0).container(),
            Sketch.of("gone").image("nginx").status(Status.EXITED, 1).container());

    assertThat(ContainerListing.of("unix:///x", containers))
        .isEqualTo(
            "Running: web (nginx), db (chromadb/chroma:1.5.2, looks like Chroma). Stopped: old"
                + " (ChromaDB/x, looks like Chroma). Give the name of one of these (docker ps -a"
                + " lists all)");
  }

  @Test
  void anEmptyEngineIsToldApartFromOneThatOnlyRests() {
    assertThat(ContainerListing.of("unix:///x", List.of())).contains("no containers at all");
    Container resting = Sketch.of("web").status(Status.EXITED, 0).container();
    assertThat(ContainerListing.of("unix:///x", List.of(resting)))
        .startsWith("No container is running.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dumb-init -- chroma run /config.yaml",
        "/usr/local/bin/chroma run",
        "sh -c exec chroma run --path /x",
        "uvicorn chromadb.app:app --port 8000"
      })
  void aCommandTellsChroma(String command) {
    assertThat(
            ContainerListing.looksLikeChroma(
                Sketch.of("x").command(command.split(" ")).container()))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"uvicorn app:app --port 8000", "chromatic run", "achroma run", "run"})
  void otherCommandsAreNotChroma(String command) {
    assertThat(
            ContainerListing.looksLikeChroma(
                Sketch.of("x").command(command.split(" ")).container()))
        .isFalse();
  }
}
