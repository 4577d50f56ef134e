package io.chromabackup.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * A real Chroma server on a data directory of this machine, run by {@code
 * dev/real-chroma/serve.sh}.
 *
 * <p>It is stopped by SIGKILL, as a server may ignore SIGTERM; an idle one loses nothing by it. The
 * class is not safe for use by several threads, except that any thread may ask for {@link #url}.
 */
public final class RealChroma implements AutoCloseable {

  /** Which server: what it stores differs. */
  public enum Generation {
    /** Chroma 1.0: schema sysdb 9, metadb 5, queue 2. */
    OLD,
    /** Chroma 1.5: schema sysdb 10, metadb 6, queue 2. */
    NEW;

    private String directory() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The system property that turns a skipped test into a failed one. */
  public static final String REQUIRED = "chromabackup.requireRealChroma";

  private static final Duration START_DEADLINE = Duration.ofSeconds(60);

  private final Process process;
  private final URI url;
  private final Path output;
  private final Thread killer;

  private RealChroma(Process process, URI url, Path output) {
    this.process = process;
    this.url = url;
    this.output = output;
    this.killer = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(killer);
  }

  /**
   * Skips the running test, or fails it if {@value #REQUIRED} is true, where the server is missing.
   */
  public static void requireInstalled(Generation generation) {
    Path mark = installations().resolve(generation.directory()).resolve(".installed");
    if (Files.exists(mark)) {
      return;
    }
    String reason =
        "no real Chroma server: %s is missing, run dev/real-chroma/install.sh".formatted(mark);
    Skip.orFail(REQUIRED, reason);
  }

  /** Starts a server on a free port and waits until it answers. */
  public static RealChroma start(Generation generation, Path dataDir) {
    return start(generation, dataDir, freePort());
  }

  /** Starts a server on a given port, so that clients of an earlier one find it again. */
  public static RealChroma start(Generation generation, Path dataDir, int port) {
    try {
      Path output = Files.createTempFile("chroma-", ".log");
      output.toFile().deleteOnExit();
      Process process =
          new ProcessBuilder(command(generation, dataDir, port))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      RealChroma chroma = new RealChroma(process, URI.create("http://127.0.0.1:" + port), output);
      chroma.awaitHeartbeat();
      return chroma;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The server's process. */
  public long pid() {
    return process.pid();
  }

  /** Where it answers. */
  public URI url() {
    return url;
  }

  /** Of its address. */
  public int port() {
    return url.getPort();
  }

  /** Whether its process runs, be it paused. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** A new client of it. */
  public ChromaClient client() {
    return new ChromaClient(url);
  }

  /** What the server has printed so far. */
  public String output() {
    try {
      return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "(no output: " + e + ")";
    }
  }

  /** Kills the server by SIGKILL and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    boolean interrupted = false;
    while (process.isAlive()) {
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    kill();
    try {
      Runtime.getRuntime().removeShutdownHook(killer);
      Files.deleteIfExists(output);
    } catch (IllegalStateException e) {
      // The JVM is going down: its hook does the same.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitHeartbeat() {
    ChromaClient client = client();
    long deadline = System.nanoTime() + START_DEADLINE.toNanos();
    while (!client.isUp()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw startFailure();
      }
      pause();
    }
  }

  private AssertionError startFailure() {
    String how = process.isAlive() ? "did not answer" : "ended with " + process.exitValue();
    String text = "the Chroma server at %s %s; it said:%n%s".formatted(url, how, output());
    close();
    return new AssertionError(text);
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a Chroma server started", e);
    }
  }

  private static String[] command(Generation generation, Path dataDir, int port) {
    return new String[] {
      Checkout.find("dev/real-chroma/serve.sh").toString(),
      generation.directory(),
      dataDir.toAbsolutePath().toString(),
      Integer.toString(port)
    };
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same rule as in install.sh and serve.sh. */
  private static Path installations() {
    Path cache =
        environment("XDG_CACHE_HOME")
            .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"));
    return environment("CHROMABACKUP_CHROMA_HOME")
        .orElseGet(() -> cache.resolve("chromabackup/chroma"));
  }

  private static Optional<Path> environment(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(v -> !v.isEmpty()).map(Path::of);
  }
}
