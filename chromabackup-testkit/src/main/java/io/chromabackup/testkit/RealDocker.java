package io.chromabackup.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The engine that the docker command of this machine reaches, and the images that the tests use;
 * {@code dev/real-docker/install.sh} sees to both.
 */
public final class RealDocker {
  /** The system property that turns a skipped test into a failed one. */
  public static final String REQUIRED = "chromabackup.requireDocker";

  /**
   * The system property that names another image of Chroma, such as {@code chromadb/chroma:1.5.9}.
   */
  public static final String IMAGE = "chromabackup.dockerImage";

  private static final String OWN_IMAGE = "chromabackup-test/chroma:1.5";
  private static final long PATIENCE_SECONDS = 120;

  private RealDocker() {}

  /**
   * Skips the running test, or fails it if {@value #REQUIRED} is true, where something is missing.
   */
  public static void require() {
    missing().ifPresent(what -> Skip.orFail(REQUIRED, what + ": run dev/real-docker/install.sh"));
  }

  /** An image whose entry point is {@code chroma}, and that has a shell and tar. */
  public static String image() {
    String named = System.getProperty(IMAGE, "");
    return named.isBlank() ? OWN_IMAGE : named;
  }

  /** An image that has node, a Debian: the tests' own. */
  public static String nodeImage() {
    return OWN_IMAGE;
  }

  private static Optional<String> missing() {
    Optional<String> silent = failure("version", "--format", "{{.Server.Version}}");
    if (silent.isPresent()) {
      return Optional.of("no Docker engine: " + silent.get());
    }
    return Stream.of(image(), nodeImage())
        .filter(image -> failure("image", "inspect", "--format", "{{.Id}}", image).isPresent())
        .findFirst()
        .map(image -> "no image " + image);
  }

  /** Runs the docker command; gives what it said if it failed. */
  private static Optional<String> failure(String... arguments) {
    List<String> command = Stream.concat(Stream.of("docker"), Stream.of(arguments)).toList();
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.of(String.join(" ", command) + " does not end");
      }
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.exitValue() == 0 ? Optional.empty() : Optional.of(said.strip());
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Docker was asked for", e);
    }
  }
}
