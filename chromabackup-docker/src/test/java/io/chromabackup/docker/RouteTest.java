package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouteTest {
  @Test
  void thePublishedPortComesFirstThenTheNetworksInOrder() {
    Container container =
        Sketch.of("x")
            .published(8000, "0.0.0.0", 18000)
            .address("b", "172.19.0.2")
            .address("a", "172.18.0.2")
            .address("none", "")
            .container();

    assertThat(addresses(container, Optional.empty()))
        .containsExactly(
            "http://127.0.0.1:18000",
            "http://[::1]:18000",
            "http://172.18.0.2:8000",
            "http://172.19.0.2:8000");
  }

  @Test
  void aSpecificAddressOfTheHostIsUsedAsItIs() {
    assertThat(
            addresses(
                Sketch.of("x").published(8000, "192.168.1.5", 80).container(), Optional.empty()))
        .containsExactly("http://192.168.1.5:80");
    assertThat(
            addresses(Sketch.of("x").published(8000, "fe80::1", 80).container(), Optional.empty()))
        .containsExactly("http://[fe80::1]:80");
  }

  @Test
  void anotherPortThatIsPublishedIsNotChromas() {
    Container container = Sketch.of("x").published(9000, "0.0.0.0", 8000).container();

    assertThat(addresses(container, Optional.empty())).isEmpty();
  }

  @Test
  void ofARemoteEngineOnlyWhatItsHostPublishesCanBeReached() {
    Optional<String> remote = Optional.of("docker.example");
    Sketch sketch = Sketch.of("x").address("bridge", "172.17.0.2");

    assertThat(addresses(sketch.container(), remote)).isEmpty();
    assertThat(addresses(sketch.published(8000, "0.0.0.0", 80).container(), remote))
        .containsExactly("http://docker.example:80");
    assertThat(addresses(sketch.published(8000, "127.0.0.1", 80).container(), remote)).isEmpty();
    assertThat(addresses(sketch.published(8000, "10.0.0.1", 80).container(), remote))
        .containsExactly("http://10.0.0.1:80");
  }

  @Test
  void theNetworkOfTheHost() {
    Container container = Sketch.of("x").address("host", "").container();

    assertThat(addresses(container, Optional.empty())).containsExactly("http://127.0.0.1:8000");
    assertThat(addresses(container, Optional.of("far"))).containsExactly("http://far:8000");
  }

  private static List<String> addresses(Container container, Optional<String> remoteHost) {
    return Route.to(container, 8000, remoteHost).stream()
        .map(route -> route.address().toString())
        .toList();
  }
}
