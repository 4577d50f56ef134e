package io.chromabackup.docker;

import io.chromabackup.testkit.RealDocker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A real engine with the test image, and the containers that one test makes in it. */
final class LiveEngine implements AutoCloseable {
  private static final String LABEL = "io.chromabackup.test";

  private final String run = UUID.randomUUID().toString();
  private final Engine engine;

  private LiveEngine(Engine engine) {
    this.engine = engine;
  }

  /** The image that these tests run: they need a shell and node, and no Chroma. */
  static String image() {
    return RealDocker.nodeImage();
  }

  static LiveEngine connect() throws IOException {
    return new LiveEngine(Engine.connect(new DockerHost(Optional.empty(), Optional.empty())));
  }

  Engine engine() {
    return engine;
  }

  /** A name that nobody else has. */
  String freshName() {
    return "chromabackup-test-" + UUID.randomUUID();
  }

  Map<String, String> labels() {
    return Map.of(LABEL, run);
  }

  /** Makes a container, and does not start it. */
  String create(String... command) throws IOException {
    return engine.create(companion(labels(), List.of(command)));
  }

  /** Makes a container that shares the volumes of another, and does not start it. */
  String beside(String other, boolean writable, String... command) throws IOException {
    return engine.create(
        new Companion(
            Optional.empty(), image(), Optional.of(other), writable, List.of(command), labels()));
  }

  /** Starts a container that runs until it is stopped. */
  String running() throws IOException {
    String id = create("sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.1; done");
    engine.start(id);
    return id;
  }

  /** Starts a container as a user would, with options that companions do not have. */
  String run(List<String> options, String... command) throws IOException {
    List<String> line =
        new ArrayList<>(List.of("docker", "run", "-d", "--label", LABEL + "=" + run));
    line.addAll(options);
    line.addAll(List.of("--entrypoint", command[0], image()));
    line.addAll(List.of(command).subList(1, command.length));
    return command(line);
  }

  /** Runs a command of this machine. */
  static String command(List<String> line) throws IOException {
    Process process =
        new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(String.join(" ", line) + " failed: " + output);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    return output.strip();
  }

  private static Companion companion(Map<String, String> labels, List<String> command) {
    return new Companion(Optional.empty(), image(), Optional.empty(), false, command, labels);
  }

  /** Removes what the test made. */
  @Override
  public void close() throws IOException {
    for (Container container : engine.containers(labels())) {
      DockerCli.docker("rm", "-fv", container.id()); // the engine's own way leaves volumes
    }
    engine.close();
  }
}
