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
import org.jspecify.annotations.Nullable;

/** Reads the engine's descriptions of containers. What is missing in them is empty. */
final class Descriptions {
  /** The network without an address of its own: that of the engine's host. */
  private static final String HOST = "host";

  private Descriptions() {}

  /** The answer to an inspection. */
  static Container inspected(Map<?, ?> json) {
    Map<?, ?> config = map(json.get("Config"));
    Map<?, ?> host = map(json.get("HostConfig"));
    Map<?, ?> network = map(json.get("NetworkSettings"));
    List<String> command = new ArrayList<>(strings(config.get("Entrypoint")));
    command.addAll(strings(config.get("Cmd")));
    String directory = text(config.get("WorkingDir"));
    Object stopTimeout = config.get("StopTimeout");
    return new Container(
        text(json.get("Id")),
        name(text(json.get("Name"))),
        text(config.get("Image")),
        text(json.get("Image")),
        state(map(json.get("State"))),
        texts(map(config.get("Labels"))),
        command,
        environment(strings(config.get("Env"))),
        directory.isEmpty() ? "/" : directory,
        text(config.get("User")),
        mounts(list(json.get("Mounts")), map(host.get("Tmpfs"))),
        addresses(map(network.get("Networks"))),
        published(map(network.get("Ports"))),
        Boolean.TRUE.equals(host.get("AutoRemove")),
        stopTimeout instanceof Number seconds
            ? OptionalInt.of(seconds.intValue())
            : OptionalInt.empty());
  }

  /** One of a list of containers, which says less. */
  static Container listed(Map<?, ?> json) {
    List<String> names = strings(json.get("Names"));
    return new Container(
        text(json.get("Id")),
        names.isEmpty() ? "" : name(names.get(0)),
        text(json.get("Image")),
        text(json.get("ImageID")),
        new State(status(text(json.get("State"))), 0, Optional.empty()),
        texts(map(json.get("Labels"))),
        List.of(),
        Map.of(),
        "/",
        "",
        mounts(list(json.get("Mounts")), Map.of()),
        Map.of(),
        Map.of(),
        false,
        OptionalInt.empty());
  }

  private static String name(String name) {
    return name.startsWith("/") ? name.substring(1) : name;
  }

  private static State state(Map<?, ?> json) {
    int exitCode = json.get("ExitCode") instanceof Number code ? code.intValue() : 0;
    String health = text(map(json.get("Health")).get("Status"));
    boolean hasCheck = !health.isEmpty() && !health.equals("none");
    return new State(
        status(text(json.get("Status"))),
        exitCode,
        hasCheck ? Optional.of(health) : Optional.empty());
  }

  /** Podman has words of its own for what is on its way. */
  private static Status status(String word) {
    return switch (word) {
      case "initialized", "configured" -> Status.CREATED;
      case "stopping", "stopped" -> Status.EXITED;
      default -> Status.of(word);
    };
  }

  private static Map<String, String> environment(List<String> lines) {
    Map<String, String> environment = new HashMap<>();
    for (String line : lines) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        environment.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return environment;
  }

  private static List<Mount> mounts(List<?> json, Map<?, ?> tmpfs) {
    List<Mount> mounts = new ArrayList<>();
    for (Object each : json) {
      Map<?, ?> mount = map(each);
      String name = text(mount.get("Name"));
      mounts.add(
          new Mount(
              text(mount.get("Type")),
              name.isEmpty() ? text(mount.get("Source")) : name,
              text(mount.get("Destination")),
              !Boolean.FALSE.equals(mount.get("RW"))));
    }
    for (Object destination : tmpfs.keySet()) {
      mounts.add(new Mount("tmpfs", "", text(destination), true));
    }
    return mounts;
  }

  private static Map<String, String> addresses(Map<?, ?> networks) {
    Map<String, String> addresses = new HashMap<>();
    networks.forEach(
        (name, network) -> {
          String address = text(map(network).get("IPAddress"));
          if (!address.isEmpty() || name.equals(HOST)) {
            addresses.put(text(name), address);
          }
        });
    return addresses;
  }

  private static Map<Integer, HostPort> published(Map<?, ?> ports) {
    Map<Integer, HostPort> published = new HashMap<>();
    ports.forEach(
        (port, bindings) -> {
          String name = text(port);
          if (name.endsWith("/tcp") && !list(bindings).isEmpty()) {
            Map<?, ?> first = map(list(bindings).get(0));
            published.put(
                Integer.valueOf(name.substring(0, name.length() - "/tcp".length())),
                new HostPort(
                    text(first.get("HostIp")), Integer.parseInt(text(first.get("HostPort")))));
          }
        });
    return published;
  }

  private static Map<String, String> texts(Map<?, ?> json) {
    Map<String, String> texts = new HashMap<>();
    json.forEach((key, value) -> texts.put(text(key), text(value)));
    return texts;
  }

  private static List<String> strings(@Nullable Object json) {
    if (json instanceof String one) {
      return List.of(one);
    }
    return list(json).stream().map(Descriptions::text).toList();
  }

  private static String text(@Nullable Object json) {
    return json == null ? "" : json.toString();
  }

  private static Map<?, ?> map(@Nullable Object json) {
    return json instanceof Map<?, ?> map ? map : Map.of();
  }

  private static List<?> list(@Nullable Object json) {
    return json instanceof List<?> list ? list : List.of();
  }
}
