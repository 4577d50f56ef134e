package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.ServiceController;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chroma in a container, and what depends on it. Immutable; each method returns a variation.
 *
 * <pre>{@code
 * ChromaDeployment chroma =
 *     docker
 *         .chroma("ragbench-chromadb-1")
 *         .dependent("rag-server", URI.create("http://localhost:8001/health"))
 *         .dependent("celery-worker")
 *         .deployment();
 * }</pre>
 */
public final class DockerChroma {
  private static final Logger log = LoggerFactory.getLogger(DockerChroma.class);

  private final Engine engine;
  private final Container container;
  private final Settings settings;

  DockerChroma(Engine engine, Container container) {
    this(engine, container, Settings.NONE);
  }

  private record Dependent(String name, Optional<URI> health) {}

  private record Header(String name, String value) {
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * What was said.
   *
   * @param directory where the data is
   * @param stopSeconds how long a stop may take
   * @param dependents what is stopped around a restore, in this order
   * @param mayMiss whether a dependent may have no container
   * @param address where Chroma is asked
   * @param headers what it wants to be told
   */
  private record Settings(
      Optional<String> directory,
      OptionalInt stopSeconds,
      List<Dependent> dependents,
      boolean mayMiss,
      Optional<URI> address,
      List<Header> headers) {
    static final Settings NONE =
        new Settings(
            Optional.empty(), OptionalInt.empty(), List.of(), false, Optional.empty(), List.of());

    Settings in(String path) {
      return new Settings(Optional.of(path), stopSeconds, dependents, mayMiss, address, headers);
    }

    Settings stoppedWithin(int seconds) {
      return new Settings(
          directory, OptionalInt.of(seconds), dependents, mayMiss, address, headers);
    }

    Settings and(Dependent dependent) {
      return new Settings(
          directory, stopSeconds, added(dependents, dependent), mayMiss, address, headers);
    }

    Settings missing() {
      return new Settings(directory, stopSeconds, dependents, true, address, headers);
    }

    Settings at(URI uri) {
      return new Settings(directory, stopSeconds, dependents, mayMiss, Optional.of(uri), headers);
    }

    Settings and(Header header) {
      return new Settings(
          directory, stopSeconds, dependents, mayMiss, address, added(headers, header));
    }

    private static <T> List<T> added(List<T> some, T more) {
      List<T> all = new ArrayList<>(some);
      all.add(more);
      return List.copyOf(all);
    }
  }

  private DockerChroma(Engine engine, Container container, Settings settings) {
    this.engine = engine;
    this.container = container;
    this.settings = settings;
  }

  private DockerChroma with(Settings changed) {
    return new DockerChroma(engine, container, changed);
  }

  /**
   * Where its data is, if that is not to be discovered from its mounts, command and configuration.
   *
   * @param directory an absolute path in the container
   * @return the variation
   */
  public DockerChroma dataDirectory(String directory) {
    if (!directory.startsWith("/")) {
      throw new IllegalArgumentException("'" + directory + "' is no absolute path");
    }
    return with(settings.in(directory));
  }

  /**
   * How long a container may take to stop before the engine kills it.
   *
   * @param patience whole seconds; by default the container's own limit, else the engine's
   * @return the variation
   */
  public DockerChroma stopPatience(Duration patience) {
    return with(settings.stoppedWithin(DockerService.stopSeconds(patience)));
  }

  /**
   * A container that is stopped around a restore, before Chroma, and started again after it if it
   * ran.
   *
   * @param name a service of Chroma's compose project, or a container's name or id
   * @return the variation
   */
  public DockerChroma dependent(String name) {
    return dependent(new Dependent(name, Optional.empty()));
  }

  /**
   * The same, and when it was started again this address must answer with success.
   *
   * @param name a service of Chroma's compose project, or a container's name or id
   * @param health asked with GET until it answers 2xx, as long as the restore has patience
   * @return the variation
   * @throws IllegalArgumentException if that is no address that can be asked: of another scheme
   *     than http and https, or with a host that is no host name, such as one with an underscore
   */
  public DockerChroma dependent(String name, URI health) {
    return dependent(new Dependent(name, Optional.of(DependentHealth.requireAskable(health))));
  }

  private DockerChroma dependent(Dependent dependent) {
    return with(settings.and(dependent));
  }

  /**
   * Does not mind if a dependent has no container: there is nothing to stop then, and a warning is
   * logged.
   *
   * @return the variation
   */
  public DockerChroma missingDependentsAllowed() {
    return with(settings.missing());
  }

  /**
   * Where Chroma is asked for its data after a restore, if that is not to be found out: by its
   * published port, its address in a network, or through the engine.
   *
   * @param address {@code http://localhost:8000}
   * @return the variation
   */
  public DockerChroma address(URI address) {
    return with(settings.at(address));
  }

  /**
   * One more header in each request to Chroma: the token that it, or the proxy before it, wants.
   *
   * @param name the header's name
   * @param value its value; in no message
   * @return the variation
   */
  public DockerChroma header(String name, String value) {
    return with(settings.and(new Header(name, value)));
  }

  /**
   * The deployment, to be given to {@link io.chromabackup.ChromaBackup}.
   *
   * @return its source, target, services and health check
   * @throws io.chromabackup.ChromaBackupException.ContainerNotFound if a dependent is not there
   * @throws io.chromabackup.ChromaBackupException.NotChroma if its data directory cannot be found
   * @throws IOException if the engine fails
   */
  public ChromaDeployment deployment() throws IOException {
    ChromaPlace place = ChromaPlace.in(engine, container, settings.directory);
    ChromaContainer chroma =
        new ChromaContainer(engine, container.name(), settings.directory, place.directory());
    DockerService service = service(container.name(), DockerService.FIRST, Optional.empty());
    return ChromaDeployment.of(new DockerSource(chroma, service), new DockerTarget(chroma))
        .heldBy(service)
        .withDependents(dependents())
        .checkedBy(health());
  }

  private DockerService service(String name, int order, Optional<URI> health) {
    return new DockerService(
        engine,
        new Companions(engine, container.name()),
        name,
        order,
        settings.stopSeconds,
        health);
  }

  /** One that is named twice is stopped once: its own hold would pass for somebody else's. */
  private ServiceController[] dependents() throws IOException {
    Map<String, Named> named = new LinkedHashMap<>();
    int order = settings.dependents.size();
    for (Dependent dependent : settings.dependents) {
      for (Container each : containers(dependent.name)) {
        named.merge(
            each.id(), new Named(each.name(), order, dependent.health), Named::withHealthOf);
      }
      order--;
    }
    return named.values().stream()
        .map(each -> service(each.name, each.order, each.health))
        .toArray(ServiceController[]::new);
  }

  private record Named(String name, int order, Optional<URI> health) {
    Named withHealthOf(Named again) {
      return new Named(name, order, health.or(again::health));
    }
  }

  private List<Container> containers(String dependent) throws IOException {
    List<Container> found = new Containers(engine).dependents(container, dependent);
    if (found.isEmpty() && !settings.mayMiss) {
      throw new ChromaBackupException.ContainerNotFound(
          dependent,
          "it was named as a dependent of %s, and is neither a container nor a service of its compose project%s. Look for it with: docker ps -a"
              .formatted(container.name(), container.project().map(name -> " " + name).orElse("")));
    }
    if (found.isEmpty()) {
      log.warn("dependent {} of {} has no container, nothing to stop", dependent, container.name());
    }
    return found;
  }

  private ContainerHealth health() {
    ContainerHealth health = new ContainerHealth(engine, container.name(), settings.address);
    for (Header header : settings.headers) {
      health = health.withHeader(header.name, header.value);
    }
    return health;
  }
}
