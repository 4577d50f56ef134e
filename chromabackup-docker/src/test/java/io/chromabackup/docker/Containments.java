package io.chromabackup.docker;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Containers and volumes that a test makes, by the docker command, and that go with it. */
final class Containments implements Closeable {
  private final Engine engine;
  private final List<String> containers = new ArrayList<>();
  private final List<String> volumes = new ArrayList<>();

  private Containments(Engine engine) {
    this.engine = engine;
  }

  static Containments connect() throws IOException {
    return new Containments(Engine.connect(new DockerHost(Optional.empty(), Optional.empty())));
  }

  Engine engine() {
    return engine;
  }

  /** Starts a container; returns its name. */
  String run(String... arguments) throws IOException {
    return make("run", "-d", arguments);
  }

  /** Makes a container without starting it; returns its name. */
  String create(String... arguments) throws IOException {
    return make("create", "-i", arguments);
  }

  private String make(String verb, String option, String... arguments) throws IOException {
    String name = "place-it-" + UUID.randomUUID().toString().substring(0, 8);
    List<String> command = new ArrayList<>(List.of("docker", verb, option, "--name", name));
    command.addAll(List.of(arguments));
    containers.add(name);
    execute(command.toArray(String[]::new));
    return name;
  }

  /** It goes with the test all the same. */
  void rename(String from, String to) throws IOException {
    docker("rename", from, to);
    containers.remove(from);
    containers.add(to);
  }

  String volume() throws IOException {
    String name = "place-it-" + UUID.randomUUID().toString().substring(0, 8);
    volumes.add(name);
    return docker("volume", "create", name).strip();
  }

  String docker(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    return execute(command.toArray(String[]::new));
  }

  /** How many processes a container has. */
  int processes(String name) throws IOException {
    return (int) docker("top", name).lines().count() - 1;
  }

  private static String execute(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return output;
  }

  @Override
  public void close() throws IOException {
    for (String container : containers) {
      docker("rm", "-fv", container);
    }
    for (String volume : volumes) {
      docker("volume", "rm", "-f", volume);
    }
    engine.close();
  }
}
