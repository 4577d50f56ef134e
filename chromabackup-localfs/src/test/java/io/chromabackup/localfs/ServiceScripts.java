package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.testkit.ChromaClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What starts and stops a service in the manner of an init script: one call at a time, known by a
 * pid file, and no child of whoever calls.
 */
final class ServiceScripts {
  private static final String COMMON =
      """
      exec 8>>%1$s/turn
      flock 8
      runs() { [ -n "$pid" ] && grep -q '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$pid/status"; }
      pid=$(cat %1$s/pid 2>/dev/null)
      """;
  private static final String START =
      """
      runs 2>/dev/null && exit 0
      setsid %2$s >>%1$s/service.log 2>&1 </dev/null 8>&- &
      echo $! >%1$s/pid.new && mv %1$s/pid.new %1$s/pid
      """;

  /**
   * Chroma itself does not survive a kill in the midst of persisting an index: 3 of 81 under load
   * did not, with no backup near (chroma-core/chroma, issue 7678). So not then.
   */
  private static final String STOP =
      """
      persists() {
        find %1$s/chroma -mindepth 2 -name .chromabackup -prune -o \\
            -type f -newermt '-0.15 seconds' -print | grep -q .
      }
      tries=0
      while runs 2>/dev/null; do
        kill -STOP "$pid" 2>/dev/null
        tries=$((tries + 1))
        if [ $tries -gt 200 ] || ! persists; then
          kill -9 "$pid" 2>/dev/null
        else
          kill -CONT "$pid" 2>/dev/null
        fi
        sleep 0.02
      done
      """;

  /** Holds the database open, as a server does; runs on nothing but what it was told is whole. */
  private static final String STAND_IN =
      """
      cd %1$s/chroma || exit 1
      sum=$(find . -name .chromabackup -prune -o -type f -exec sha256sum {} + | sort | sha256sum)
      if ! grep -q "$sum" %1$s/whole; then
        echo "$sum" >>%1$s/refused
        exit 1
      fi
      exec sleep 1000000 9<>chroma.sqlite3
      """;

  private final Path root;

  private ServiceScripts(Path root) {
    this.root = root;
  }

  static Path pidFile(Path root) {
    return root.resolve("pid");
  }

  static Path start(Path root) {
    return root.resolve("start.sh");
  }

  static Path stop(Path root) {
    return root.resolve("stop.sh");
  }

  /** Where the service answers; empty if it is a stand-in. */
  static Optional<URI> url(Path root) throws IOException {
    Path file = root.resolve("url");
    return Files.exists(file) ? Optional.of(URI.create(Files.readString(file))) : Optional.empty();
  }

  /** For a real server. */
  static ServiceScripts ofServer(Path root) throws IOException {
    int port = freePort();
    Files.writeString(root.resolve("url"), "http://127.0.0.1:" + port);
    Path serve = Path.of("../dev/real-chroma/serve.sh").toRealPath();
    return new ServiceScripts(root)
        .written("%s new %s %d".formatted(serve, root.resolve("chroma"), port));
  }

  /** For a process that stands in for a server, and is there at once. */
  static ServiceScripts ofStandIn(Path root) throws IOException {
    Path script = Files.writeString(root.resolve("serve.sh"), STAND_IN.formatted(root));
    return new ServiceScripts(root).written("/bin/sh " + script);
  }

  private ServiceScripts written(String command) throws IOException {
    Files.writeString(start(root), (COMMON + START).formatted(root, command));
    Files.writeString(stop(root), (COMMON + STOP).formatted(root));
    return this;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Has the stand-in run on data that is exactly like this. */
  void whole(Path data) throws Exception {
    run(
        "cd %s && find . -type f -exec sha256sum {} + | sort | sha256sum >>%s/whole"
            .formatted(data, root));
  }

  /** What the stand-in was started on and was neither old nor new; empty if nothing. */
  Optional<String> refused() throws IOException {
    Path refused = root.resolve("refused");
    return Files.exists(refused) ? Optional.of(Files.readString(refused)) : Optional.empty();
  }

  void start() throws Exception {
    run("/bin/sh " + start(root));
    awaitHeartbeat();
  }

  /** Waits until the server answers; a stand-in does at once. */
  void awaitHeartbeat() throws Exception {
    Optional<URI> url = url(root);
    if (url.isPresent()) {
      awaitHeartbeat(new ChromaClient(url.get()));
    }
  }

  void stop() throws Exception {
    run("/bin/sh " + stop(root));
  }

  private static void awaitHeartbeat(ChromaClient client) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!client.isUp()) {
      assertThat(System.nanoTime()).as("the server does not answer").isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private static void run(String command) throws Exception {
    Process process =
        new ProcessBuilder("/bin/sh", "-c", command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(process.waitFor()).as(command).isZero();
  }
}
