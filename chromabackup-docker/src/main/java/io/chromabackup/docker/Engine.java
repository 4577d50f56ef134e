package io.chromabackup.docker;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One connection to an engine: what this package asks of it, with its errors translated and every
 * call ended by a deadline. Safe for use by several threads.
 *
 * <p>Every method throws {@link io.chromabackup.ChromaBackupException.EngineUnavailable} if the
 * engine cannot be reached, {@link NoSuchContainer} where a container is named that is not there,
 * {@link java.io.InterruptedIOException} with the flag set if interrupted, and {@link
 * EngineException} for what else the engine refuses.
 */
@SuppressWarnings("DoNotCallSuggester")
final class Engine implements Closeable {
  private Engine() {}

  /** Connects, and agrees on an API version. */
  static Engine connect(DockerHost host) throws IOException {
    throw new UnsupportedOperationException(String.valueOf(host));
  }

  /** Names the engine: {@code unix:///var/run/docker.sock}. Never a secret. */
  String describe() {
    throw new UnsupportedOperationException();
  }

  /** Whether the engine is reached over a socket of this machine. */
  boolean isLocal() {
    throw new UnsupportedOperationException();
  }

  /** The host name of an engine reached over the network. */
  Optional<String> hostName() {
    throw new UnsupportedOperationException();
  }

  /**
   * All containers, also those that do not run, that have these labels (all of them; a value may be
   * empty for any). Light: only id, name, image, state, labels and mounts are filled.
   */
  List<Container> containers(Map<String, String> labels) throws IOException {
    throw new UnsupportedOperationException(String.valueOf(labels));
  }

  /** A container by name or id. */
  Container inspect(String nameOrId) throws IOException {
    throw new UnsupportedOperationException(nameOrId);
  }

  void pause(String id) throws IOException {
    throw new UnsupportedOperationException(id);
  }

  void unpause(String id) throws IOException {
    throw new UnsupportedOperationException(id);
  }

  /**
   * Stops it; does nothing if it is stopped. After the seconds (else its own limit, else the
   * engine's ten) it is killed by the engine.
   */
  void stop(String id, OptionalInt seconds) throws IOException {
    throw new UnsupportedOperationException(id + seconds);
  }

  /** Starts it; does nothing if it runs. */
  void start(String id) throws IOException {
    throw new UnsupportedOperationException(id);
  }

  /** What is at a path; empty if there is nothing. */
  Optional<PathStat> stat(String id, String path) throws IOException {
    throw new UnsupportedOperationException(id + path);
  }

  /**
   * The file or directory at a path as a tar stream, uncompressed on the way. Closing it early
   * aborts the transfer at once. Fails, and does not just end, if it is cut off. A transfer that
   * brings nothing for {@code stall} is aborted and fails.
   *
   * @throws java.io.FileNotFoundException if there is nothing at that path
   */
  InputStream read(String id, String path, Duration stall) throws IOException {
    throw new UnsupportedOperationException(id + path + stall);
  }

  /**
   * Unpacks a tar stream into a directory; owners, modes and times as in the stream. Not atomic.
   */
  void write(String id, String directory, InputStream tar) throws IOException {
    throw new UnsupportedOperationException(id + directory + tar);
  }

  /** Makes a container from what is there already: nothing is pulled. Returns its id. */
  String create(Companion companion) throws IOException {
    throw new UnsupportedOperationException(String.valueOf(companion));
  }

  /** Removes a container, by force, with its anonymous volumes. Does nothing if it is gone. */
  void remove(String id) throws IOException {
    throw new UnsupportedOperationException(id);
  }

  /** Waits until a container has ended by itself; returns its exit code. */
  int await(String id, Duration patience) throws IOException {
    throw new UnsupportedOperationException(id + patience);
  }

  /** The last lines of what a container said, on both streams, in order. */
  String logs(String id, int lines) throws IOException {
    throw new UnsupportedOperationException(id + lines);
  }

  /**
   * Runs a command in a running container; input and output of it are the returned connection's.
   */
  ExecConnection exec(String id, List<String> command) throws IOException {
    throw new UnsupportedOperationException(id + command);
  }

  @Override
  public void close() {}
}
