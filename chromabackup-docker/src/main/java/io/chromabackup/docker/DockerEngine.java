package io.chromabackup.docker;

import io.chromabackup.ServiceController;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A Docker engine, or podman's compatible socket: the way in to Chroma in containers.
 *
 * <pre>{@code
 * try (DockerEngine docker = DockerEngine.connect();
 *     ArchiveStore store = LocalArchiveStore.in(Path.of("backups/chromadb"))) {
 *   ChromaBackup.using(store).backup(docker.chroma("ragbench-chromadb-1").deployment());
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads. Close it when what was made from it is not used any more.
 */
public final class DockerEngine implements Closeable {
  private final Engine engine;

  private DockerEngine(Engine engine) {
    this.engine = engine;
  }

  /**
   * Connects to the engine that the environment names: {@code DOCKER_HOST} (with {@code
   * DOCKER_TLS_VERIFY} and {@code DOCKER_CERT_PATH}), else {@code DOCKER_CONTEXT}, else the default
   * socket.
   *
   * @return the engine
   * @throws io.chromabackup.ChromaBackupException.EngineUnavailable if it cannot be reached; the
   *     message says what to do
   * @throws IOException if it cannot be talked to
   */
  public static DockerEngine connect() throws IOException {
    return new DockerEngine(Engine.connect(new DockerHost(Optional.empty(), Optional.empty())));
  }

  /**
   * Connects to an engine.
   *
   * @param uri {@code unix:///var/run/docker.sock}, {@code tcp://host:2375}
   * @return the engine
   * @throws io.chromabackup.ChromaBackupException.EngineUnavailable if it cannot be reached
   * @throws IOException if it cannot be talked to
   */
  public static DockerEngine connect(String uri) throws IOException {
    return new DockerEngine(Engine.connect(new DockerHost(Optional.of(uri), Optional.empty())));
  }

  /**
   * Connects to an engine over TLS.
   *
   * @param uri {@code tcp://host:2376}
   * @param certificates the directory with {@code ca.pem}, {@code cert.pem} and {@code key.pem}
   * @return the engine
   * @throws io.chromabackup.ChromaBackupException.EngineUnavailable if it cannot be reached
   * @throws IOException if it cannot be talked to
   */
  public static DockerEngine connect(String uri, Path certificates) throws IOException {
    return new DockerEngine(
        Engine.connect(new DockerHost(Optional.of(uri), Optional.of(certificates))));
  }

  /**
   * Chroma in a container.
   *
   * @param container the container's name or id
   * @return how it is to be treated, by the defaults
   * @throws io.chromabackup.ChromaBackupException.ContainerNotFound if there is none; the message
   *     lists those that run, and says which look like Chroma
   * @throws IOException if the engine fails
   */
  public DockerChroma chroma(String container) throws IOException {
    return new DockerChroma(engine, new Containers(engine).named(container));
  }

  /**
   * Chroma as a service of a compose project.
   *
   * @param project the project's name
   * @param service the service's name
   * @return how it is to be treated, by the defaults
   * @throws io.chromabackup.ChromaBackupException.ContainerNotFound if there is none, or several
   * @throws IOException if the engine fails
   */
  public DockerChroma chroma(String project, String service) throws IOException {
    return new DockerChroma(engine, new Containers(engine).ofService(project, service));
  }

  /**
   * A container as a service, for a Chroma whose files are reached in another way.
   *
   * @param container the container's name or id
   * @return pauses, stops and starts it
   * @throws io.chromabackup.ChromaBackupException.ContainerNotFound if there is none
   * @throws IOException if the engine fails
   */
  public ServiceController service(String container) throws IOException {
    return service(container, OptionalInt.empty());
  }

  /**
   * The same, with a limit to how long it may take to stop before the engine kills it.
   *
   * @param container the container's name or id
   * @param stopPatience whole seconds
   * @return pauses, stops and starts it
   * @throws io.chromabackup.ChromaBackupException.ContainerNotFound if there is none
   * @throws IOException if the engine fails
   */
  public ServiceController service(String container, Duration stopPatience) throws IOException {
    return service(container, OptionalInt.of(DockerService.stopSeconds(stopPatience)));
  }

  private ServiceController service(String container, OptionalInt stopSeconds) throws IOException {
    String name = new Containers(engine).named(container).name();
    return new DockerService(
        engine,
        new Companions(engine, name),
        name,
        DockerService.FIRST,
        stopSeconds,
        Optional.empty());
  }

  @Override
  public String toString() {
    return engine.describe();
  }

  @Override
  public void close() throws IOException {
    engine.close();
  }
}
