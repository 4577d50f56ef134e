package io.chromabackup.examples.ops;

import io.chromabackup.docker.DockerEngine;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the container engine is. */
final class EngineOptions {
  @Option(
      names = "--docker-host",
      paramLabel = "URI",
      description =
          "The container engine. Default: DOCKER_HOST, else the current context's, else the usual socket")
  private @Nullable String host;

  @Option(
      names = "--docker-certs",
      paramLabel = "DIR",
      converter = PathConverter.class,
      description = "With --docker-host tcp://: ca.pem, cert.pem and key.pem for TLS.")
  private @Nullable Path certificates;

  /** Throws an IllegalArgumentException if an engine was named that nobody will ask. */
  void requireUnsaid() {
    if (host != null || certificates != null) {
      throw new IllegalArgumentException(
          "--docker-host and --docker-certs are for a SOURCE that is a container, or with --container");
    }
  }

  /** Throws an IllegalArgumentException if one option lacks the other. */
  DockerEngine connect() throws IOException {
    if (host == null && certificates != null) {
      throw new IllegalArgumentException("--docker-certs needs --docker-host");
    }
    if (host == null) {
      return DockerEngine.connect();
    }
    return certificates == null
        ? DockerEngine.connect(host)
        : DockerEngine.connect(host, certificates);
  }
}
