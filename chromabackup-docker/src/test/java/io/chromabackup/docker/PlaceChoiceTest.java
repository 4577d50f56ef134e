package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackupException.NotChroma;
import io.chromabackup.docker.PlaceChoice.Candidate;
import io.chromabackup.docker.PlaceChoice.Mounted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlaceChoiceTest {
  private static final Candidate DATA = with("/data", "persist_path in /config.yaml", 5);
  private static final Candidate NO_DATA = without("/data", "persist_path in /config.yaml");

  @Test
  void theConfiguredPlaceOnAVolume() throws Exception {
    PlaceChoice choice = choice(volume("/data"), Optional.of(DATA));
    ChromaPlace place = choice.place(List.of());

    assertThat(place.directory()).isEqualTo("/data");
    assertThat(place.hasDatabase()).isTrue();
    assertThat(place.mount()).map(Container.Mount::name).contains("vol");
    assertThat(choice.warnings()).isEmpty();
  }

  @Test
  void theConfiguredPlaceOutdoesANewerOneWhichIsTold() throws Exception {
    PlaceChoice choice = choice(volume("/data"), Optional.of(DATA), with("/chroma/chroma", "", 99));

    assertThat(choice.place(List.of()).directory()).isEqualTo("/data");
    assertThat(choice.warnings())
        .singleElement()
        .asString()
        .contains("another Chroma database in /chroma/chroma")
        .contains("give the data directory");
  }

  @Test
  void withoutConfigurationTheNewestIsTaken() throws Exception {
    PlaceChoice choice =
        choice(
            volume("/data").mount("volume", "v2", "/chroma"),
            Optional.empty(),
            with("/data", "", 1),
            with("/chroma/chroma", "", 9));

    assertThat(choice.place(List.of()).directory()).isEqualTo("/chroma/chroma");
    assertThat(choice.place(List.of()).mount().orElseThrow().destination()).isEqualTo("/chroma");
    assertThat(choice.warnings()).singleElement().asString().contains("another").contains("/data");
  }

  @Test
  void aDatabaseElsewhereThanConfiguredIsTakenAndTold() throws Exception {
    PlaceChoice choice =
        choice(volume("/chroma/chroma"), Optional.of(NO_DATA), with("/chroma/chroma", "", 1));

    assertThat(choice.place(List.of()).directory()).isEqualTo("/chroma/chroma");
    assertThat(choice.warnings())
        .singleElement()
        .asString()
        .contains("keeps its data in /data (persist_path in /config.yaml)")
        .contains("one is in /chroma/chroma, which is taken");
  }

  @Test
  void noVolumeIsToldLoudly() throws Exception {
    assertThat(choice(volume("/chroma/chroma"), Optional.of(DATA)).warnings())
        .containsExactly(
            "the data directory /data of container x is on no volume: IT DIES WITH THE CONTAINER."
                + " Mount a volume at /data (this container has a volume at /chroma/chroma, which"
                + " Chroma since 1.0 does not use)");
    assertThat(choice(Sketch.of("x"), Optional.of(DATA)).warnings())
        .singleElement()
        .asString()
        .endsWith("Mount a volume at /data (nothing is mounted in this container)");
  }

  @Test
  void theMountWithTheLongestDestinationHoldsIt() throws Exception {
    Sketch sketch =
        volume("/data").mount("bind", "/host", "/data/inner").mount("volume", "v", "/data/in");
    Candidate inner = with("/data/inner/chroma", "--path", 1);

    assertThat(choice(sketch, Optional.of(inner)).place(List.of()).mount().orElseThrow().name())
        .isEqualTo("/host");
  }

  @Test
  void aMountIsFoundWhereItsDestinationLeads() throws Exception {
    Container.Mount mount = new Container.Mount("volume", "v", "/link", false);
    Candidate real = with("/real/chroma", "--path", 1);
    PlaceChoice choice =
        new PlaceChoice(
            Sketch.of("x").container(),
            Optional.of(real),
            List.of(real),
            List.of(new Mounted("/real", mount)));

    assertThat(choice.place(List.of()).mount()).contains(mount);
    assertThat(choice.warnings()).isEmpty();
  }

  @Test
  void withoutAnyDatabaseItIsWhereItWouldBe() throws Exception {
    ChromaPlace configured =
        choice(volume("/other"), Optional.of(NO_DATA)).place(List.of("warned"));
    assertThat(configured.directory()).isEqualTo("/data");
    assertThat(configured.hasDatabase()).isFalse();
    assertThat(configured.warnings()).containsExactly("warned");

    assertThat(choice(volume("/data").mount("volume", "v2", "/cache"), Optional.empty()))
        .extracting(choice -> directory(choice))
        .isEqualTo("/data");
    assertThat(choice(volume("/srv/x").mount("bind", "/h", "/etc/x"), Optional.empty()))
        .extracting(choice -> directory(choice))
        .isEqualTo("/srv/x");
  }

  @Test
  void nothingPlausibleNamesAllThatWasLookedAt() {
    PlaceChoice choice =
        choice(
            volume("/a").mount("volume", "v2", "/b"),
            Optional.empty(),
            without("/data", ""),
            without("/a", ""),
            without("/b", ""));

    assertThatThrownBy(() -> choice.place(List.of()))
        .isInstanceOf(NotChroma.class)
        .hasMessageContaining("container x")
        .hasMessageContaining("in any of /data, /a, /b")
        .hasMessageContaining("Give the directory");
  }

  @Test
  void whatIsInMemoryIsRefusedAlsoIfThereIsADatabaseElsewhere() {
    Sketch sketch = Sketch.of("x").mount("tmpfs", "", "/data");

    assertThatThrownBy(
            () ->
                choice(sketch, Optional.of(NO_DATA), with("/chroma/chroma", "", 1))
                    .place(List.of()))
        .isInstanceOf(NotChroma.class)
        .hasMessageContaining("/data (persist_path in /config.yaml) of container x")
        .hasMessageContaining("tmpfs");
    assertThatThrownBy(() -> choice(sketch, Optional.empty()).place(List.of()))
        .isInstanceOf(NotChroma.class);
  }

  private static String directory(PlaceChoice choice) {
    try {
      return choice.place(List.of()).directory();
    } catch (NotChroma e) {
      return e.getMessage();
    }
  }

  private static PlaceChoice choice(
      Sketch sketch, Optional<Candidate> configured, Candidate... others) {
    Container container = sketch.container();
    List<Candidate> candidates = new ArrayList<>();
    configured.ifPresent(candidates::add);
    candidates.addAll(List.of(others));
    List<Mounted> mounts =
        container.mounts().stream().map(each -> new Mounted(each.destination(), each)).toList();
    return new PlaceChoice(container, configured, candidates, mounts);
  }

  private static Sketch volume(String destination) {
    return Sketch.of("x").mount("volume", "vol", destination);
  }

  private static Candidate with(String directory, String from, long written) {
    return new Candidate(directory, from, Optional.of(Instant.ofEpochSecond(written)));
  }

  private static Candidate without(String directory, String from) {
    return new Candidate(directory, from, Optional.empty());
  }
}
