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

/** A container as a test wants the engine to describe it. */
final class Sketch {
  private final String name;
  private String id;
  private String image = "busybox";
  private State state = new State(Status.RUNNING, 0, Optional.empty());
  private String workingDirectory = "/";
  private List<String> command = List.of();
  private final Map<String, String> labels = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();
  private final List<Mount> mounts = new ArrayList<>();
  private final Map<String, String> addresses = new HashMap<>();
  private final Map<Integer, HostPort> published = new HashMap<>();

  private Sketch(String name) {
    this.name = name;
    this.id = "%064x".formatted(name.hashCode() & 0xffffffffL);
  }

  static Sketch of(String name) {
    return new Sketch(name);
  }

  Sketch id(String id) {
    this.id = id;
    return this;
  }

  Sketch image(String image) {
    this.image = image;
    return this;
  }

  Sketch status(Status status, int exitCode) {
    this.state = new State(status, exitCode, Optional.empty());
    return this;
  }

  Sketch command(String... words) {
    this.command = List.of(words);
    return this;
  }

  Sketch in(String directory) {
    this.workingDirectory = directory;
    return this;
  }

  Sketch env(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Sketch label(String name, String value) {
    labels.put(name, value);
    return this;
  }

  Sketch compose(String project, String service, int number) {
    return label("com.docker.compose.project", project)
        .label("com.docker.compose.service", service)
        .label("com.docker.compose.container-number", String.valueOf(number))
        .label("com.docker.compose.oneoff", "False");
  }

  Sketch mount(String type, String name, String destination) {
    mounts.add(new Mount(type, name, destination, true));
    return this;
  }

  Sketch address(String network, String address) {
    addresses.put(network, address);
    return this;
  }

  Sketch published(int port, String hostAddress, int hostPort) {
    published.put(port, new HostPort(hostAddress, hostPort));
    return this;
  }

  Container container() {
    return new Container(
        id,
        name,
        image,
        "sha256:" + id,
        state,
        labels,
        command,
        environment,
        workingDirectory,
        "",
        mounts,
        addresses,
        published,
        false,
        OptionalInt.empty());
  }
}
