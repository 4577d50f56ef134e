package io.chromabackup.docker;

import io.chromabackup.ChromaDeployment;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

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
@SuppressWarnings("DoNotCallSuggester")
public final class DockerChroma {
  DockerChroma() {}

  /**
   * Where its data is, if that is not to be discovered from its mounts, command and configuration.
   *
   * @param directory an absolute path in the container
   * @return the variation
   */
  public DockerChroma dataDirectory(String directory) {
    throw new UnsupportedOperationException(directory);
  }

  /**
   * How long a container may take to stop before the engine kills it.
   *
   * @param patience whole seconds; by default the container's own limit, else the engine's
   * @return the variation
   */
  public DockerChroma stopPatience(Duration patience) {
    throw new UnsupportedOperationException(patience.toString());
  }

  /**
   * A container that is stopped around a restore, before Chroma, and started again after it if it
   * ran.
   *
   * @param name a service of Chroma's compose project, or a container's name or id
   * @return the variation
   */
  public DockerChroma dependent(String name) {
    throw new UnsupportedOperationException(name);
  }

  /**
   * The same, and when it was started again this address must answer with success.
   *
   * @param name a service of Chroma's compose project, or a container's name or id
   * @param health asked with GET until it answers 2xx, as long as the restore has patience
   * @return the variation
   */
  public DockerChroma dependent(String name, URI health) {
    throw new UnsupportedOperationException(name + health);
  }

  /**
   * Does not mind if a dependent has no container: there is nothing to stop then, and a warning is
   * logged.
   *
   * @return the variation
   */
  public DockerChroma missingDependentsAllowed() {
    throw new UnsupportedOperationException();
  }

  /**
   * Where Chroma is asked for its data after a restore, if that is not to be found out: by its
   * published port, its address in a network, or through the engine.
   *
   * @param address {@code http://localhost:8000}
   * @return the variation
   */
  public DockerChroma address(URI address) {
    throw new UnsupportedOperationException(address.toString());
  }

  /**
   * One more header in each request to Chroma: the token that it, or the proxy before it, wants.
   *
   * @param name the header's name
   * @param value its value; in no message
   * @return the variation
   */
  public DockerChroma header(String name, String value) {
    throw new UnsupportedOperationException(name + value.length());
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
    throw new UnsupportedOperationException();
  }
}
