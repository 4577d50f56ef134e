package io.chromabackup.docker;

import io.chromabackup.docker.DockerCli.Result;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Assumptions;

/** The engine and the images that the tests use. */
final class RealDocker {
  /** The system property that turns a skipped test into a failed one. */
  static final String REQUIRED = "chromabackup.requireDocker";

  /**
   * The system property that names another image of Chroma, such as {@code chromadb/chroma:1.5.9}.
   */
  static final String IMAGE = "chromabackup.dockerImage";

  private static final String OWN_IMAGE = "chromabackup-test/chroma:1.5";

  private RealDocker() {}

  /**
   * Skips the running test, or fails it if {@value #REQUIRED} is true, where something is missing.
   */
  static void require() {
    String missing = missing();
    if (missing == null) {
      return;
    }
    String reason = missing + ": run dev/real-docker/install.sh";
    if (Boolean.getBoolean(REQUIRED)) {
      throw new AssertionError(reason);
    }
    System.err.println("SKIPPED, NOT TESTED: " + reason);
    Assumptions.abort(reason);
  }

  /** An image whose entry point is {@code chroma}, and that has a shell and tar. */
  static String image() {
    String named = System.getProperty(IMAGE, "");
    return named.isBlank() ? OWN_IMAGE : named;
  }

  /** An image that has node. */
  static String nodeImage() {
    return OWN_IMAGE;
  }

  private static String missing() {
    try {
      Result version = DockerCli.attempt("version", "--format", "{{.Server.Version}}");
      if (!version.isSuccess()) {
        return "no Docker engine: " + version.err().strip();
      }
    } catch (UncheckedIOException e) {
      return "no docker command: " + e.getMessage();
    }
    for (String image : new String[] {image(), nodeImage()}) {
      if (!DockerCli.attempt("image", "inspect", image).isSuccess()) {
        return "no image " + image;
      }
    }
    return null;
  }
}
