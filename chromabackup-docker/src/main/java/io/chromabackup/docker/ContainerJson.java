package io.chromabackup.docker;

import io.chromabackup.docker.Container.HostPort;
import io.chromabackup.docker.Container.Mount;
import io.chromabackup.docker.Container.State;
import io.chromabackup.docker.Container.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads an engine's descriptions of containers. */
final class ContainerJson {
  private static final String TCP = "/tcp";

  /** The network without an address of its own: that of the engine's host. */
  private static final String HOST = "host";

  private ContainerJson() {}

  /** A container as {@code inspect} describes it. */
  static Container inspected(Json json) {
    Json config = json.at("Config");
    return new Container(
        json.at("Id").text(),
        bare(json.at("Name").text()),
        config.at("Image").text(),
        json.at("Image").text(),
        state(json.at("State")),
        texts(config.at("Labels")),
        Stream.concat(Stream.of(json.at("Path")), json.at("Args").list().stream())
            .map(Json::text)
            .toList(),
        environment(config.at("Env")),
        config.at("WorkingDir").said().orElse("/"),
        config.at("User").text(),
        allMounts(json),
        addresses(json.at("NetworkSettings", "Networks")),
        published(json.at("NetworkSettings", "Ports")),
        json.at("HostConfig", "AutoRemove").isTrue(),
        config.at("StopTimeout").number().stream().mapToInt(Math::toIntExact).findFirst());
  }

  /** A container as a list describes it. */
  static Container listed(Json json) {
    return new Container(
        json.at("Id").text(),
        ownName(json.at("Names")),
        json.at("Image").text(),
        json.at("ImageID").text(),
        new State(Status.of(json.at("State").text()), 0, Optional.empty()),
        texts(json.at("Labels")),
        List.of(),
        Map.of(),
        "/",
        "",
        mounts(json.at("Mounts")),
        Map.of(),
        Map.of(),
        false,
        OptionalInt.empty());
  }

  private static String bare(String name) {
    return name.startsWith("/") ? name.substring(1) : name;
  }

  /** The names of a container include those by which links of other containers know it. */
  private static String ownName(Json names) {
    return names.list().stream()
        .map(n -> bare(n.text()))
        .filter(n -> !n.contains("/"))
        .findFirst()
        .orElse("");
  }

  private static State state(Json json) {
    return new State(
        Status.of(json.at("Status").text()),
        json.at("ExitCode").number().map(Long::intValue).orElse(0),
        json.at("Health", "Status").said().filter(Predicate.not("none"::equals)));
  }

  private static Map<String, String> texts(Json json) {
    return json.members().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().text()));
  }

  private static Map<String, String> environment(Json variables) {
    Map<String, String> environment = new HashMap<>();
    for (Json variable : variables.list()) {
      String[] parts = variable.text().split("=", 2);
      environment.put(parts[0], parts.length > 1 ? parts[1] : "");
    }
    return environment;
  }

  /** A tmpfs of {@code --tmpfs} is not among the mounts. */
  private static List<Mount> allMounts(Json json) {
    List<Mount> mounts = new ArrayList<>(mounts(json.at("Mounts")));
    for (String destination : json.at("HostConfig", "Tmpfs").members().keySet()) {
      if (mounts.stream().noneMatch(m -> m.destination().equals(destination))) {
        mounts.add(new Mount("tmpfs", "", destination, true));
      }
    }
    return mounts;
  }

  private static List<Mount> mounts(Json json) {
    return json.list().stream()
        .map(
            m ->
                new Mount(
                    m.at("Type").text(),
                    m.at("Name").said().orElse(m.at("Source").text()),
                    m.at("Destination").text(),
                    m.at("RW").isTrue()))
        .toList();
  }

  private static Map<String, String> addresses(Json networks) {
    Map<String, String> addresses = new HashMap<>();
    networks
        .members()
        .forEach(
            (name, network) ->
                network
                    .at("IPAddress")
                    .said()
                    .or(() -> name.equals(HOST) ? Optional.of("") : Optional.empty())
                    .ifPresent(address -> addresses.put(name, address)));
    return addresses;
  }

  private static Map<Integer, HostPort> published(Json ports) {
    Map<Integer, HostPort> published = new HashMap<>();
    ports
        .members()
        .forEach(
            (port, bindings) -> {
              if (port.endsWith(TCP)) {
                hostPort(bindings)
                    .ifPresent(
                        h ->
                            published.put(
                                Integer.valueOf(port.substring(0, port.length() - TCP.length())),
                                h));
              }
            });
    return published;
  }

  private static Optional<HostPort> hostPort(Json bindings) {
    return bindings.list().stream()
        .filter(b -> b.at("HostPort").said().isPresent())
        .findFirst()
        .map(
            b ->
                new HostPort(
                    b.at("HostIp").said().orElse("0.0.0.0"),
                    Integer.parseInt(b.at("HostPort").text())));
  }
}
