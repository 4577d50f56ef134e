package io.chromabackup.examples.ops;

import io.chromabackup.ChromaDeployment;
import io.chromabackup.ServiceController;
import io.chromabackup.docker.DockerChroma;
import io.chromabackup.docker.DockerEngine;
import io.chromabackup.health.ChromaHealth;
import io.chromabackup.localfs.LocalChroma;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a deployment of an address and of what is said about its services. */
@SuppressWarnings("NullAway.Init")
final class DeploymentOptions {
  @Mixin private EngineOptions engine;
  @Mixin private ServiceOptions service;
  @Mixin private HealthOptions health;
  @Mixin private DependentOptions dependents;

  @Option(
      names = "--stop-timeout",
      paramLabel = "SPAN",
      converter = SpanConverter.class,
      description =
          "How long Chroma, and each dependent, may take to stop, such as 30s. Of a unit, or commands:"
              + " and to start.")
  private @Nullable Duration stopTimeout;

  /** Throws an IllegalArgumentException if options do not go together. */
  OpenDeployment open(String source) throws IOException {
    SourceAddress address = SourceAddress.parse(source);
    if (address instanceof SourceAddress.Directory directory) {
      return directory(directory.path());
    }
    if (service.any()) {
      throw new IllegalArgumentException(
          "--systemd, --container, --pid-file and --...-command are for a SOURCE that is a"
              + " directory; a container is its own service");
    }
    DockerEngine docker = engine.connect();
    try {
      return new OpenDeployment(container(docker, address), docker);
    } catch (IOException | RuntimeException e) {
      docker.close();
      throw e;
    }
  }

  private ChromaDeployment container(DockerEngine docker, SourceAddress address)
      throws IOException {
    DockerChroma chroma = found(docker, address);
    for (Dependent dependent : dependents.all()) {
      Optional<URI> answersAt = dependent.health();
      chroma =
          answersAt.isPresent()
              ? chroma.dependent(dependent.name(), answersAt.get())
              : chroma.dependent(dependent.name());
    }
    if (dependents.mayBeMissing()) {
      chroma = chroma.missingDependentsAllowed();
    }
    if (stopTimeout != null) {
      chroma = chroma.stopPatience(stopTimeout);
    }
    if (health.url().isPresent()) {
      chroma = chroma.address(health.url().get());
    }
    for (Map.Entry<String, String> header : health.headers().entrySet()) {
      chroma = chroma.header(header.getKey(), header.getValue());
    }
    return chroma.deployment();
  }

  private static DockerChroma found(DockerEngine docker, SourceAddress address) throws IOException {
    if (address instanceof SourceAddress.ComposeService compose) {
      DockerChroma chroma = docker.chroma(compose.project(), compose.service());
      return compose.dataDirectory().map(chroma::dataDirectory).orElse(chroma);
    }
    SourceAddress.Container container = (SourceAddress.Container) address;
    DockerChroma chroma = docker.chroma(container.name());
    return container.dataDirectory().map(chroma::dataDirectory).orElse(chroma);
  }

  private OpenDeployment directory(Path path) throws IOException {
    List<Dependent> named = dependents.all();
    if (!named.isEmpty()) {
      throw new IllegalArgumentException(
          "--dependent is for a SOURCE that is a container; stop "
              + named.get(0).name()
              + " by hand, or with --stop-command");
    }
    if (service.container().isEmpty()) {
      engine.requireUnsaid();
    }
    ChromaDeployment chroma = LocalChroma.at(path);
    if (health.url().isEmpty() && !health.headers().isEmpty()) {
      throw new IllegalArgumentException("--header-env: sent to --chroma-url, which is not given");
    }
    if (health.url().isPresent()) {
      chroma = chroma.checkedBy(check(health.url().get()));
    }
    Optional<ServiceController> controller = service.controller(Optional.ofNullable(stopTimeout));
    if (controller.isPresent()) {
      return new OpenDeployment(chroma.heldBy(controller.get()), () -> {});
    }
    return service.container().isPresent()
        ? heldByContainer(chroma, service.container().get())
        : new OpenDeployment(chroma, () -> {});
  }

  private ChromaHealth check(URI url) {
    ChromaHealth check = ChromaHealth.at(url);
    for (Map.Entry<String, String> header : health.headers().entrySet()) {
      check = check.header(header.getKey(), header.getValue());
    }
    return check;
  }

  private OpenDeployment heldByContainer(ChromaDeployment chroma, String container)
      throws IOException {
    DockerEngine docker = engine.connect();
    try {
      ServiceController controller =
          stopTimeout == null ? docker.service(container) : docker.service(container, stopTimeout);
      return new OpenDeployment(chroma.heldBy(controller), docker);
    } catch (IOException | RuntimeException e) {
      docker.close();
      throw e;
    }
  }
}
