package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.BackupOptions;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.Quiet;
import io.chromabackup.RestoreOptions;
import io.chromabackup.health.ChromaHealth;
import io.chromabackup.testkit.Fixture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user gives as a secret is in no log, report, description or exception. */
class SecretsTest {
  private static final String SECRET = "s3cret";

  @TempDir Path directory;

  @Test
  void noSecretIsToldWhateverFailsAndHoweverMuchIsLogged() throws Exception {
    List<String> words = new ArrayList<>(Ticker.javaWords(Failures.class));
    words.add(1, "-Dorg.slf4j.simpleLogger.defaultLogLevel=trace");
    words.add(Fixture.copyTo(directory.resolve("chroma")).toString());
    words.add(directory.toString());
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said)
        .contains("ServiceNotHeld", "Unhealthy", "IllegalArgumentException", "RestoreFailed")
        .contains("chromabackup.backup.done", "TRACE")
        .doesNotContain(SECRET);
  }

  /** Run in a process of its own. */
  static final class Failures {
    private final Path data;
    private final Path directory;

    private Failures(Path data, Path directory) {
      this.data = data;
      this.directory = directory;
    }

    public static void main(String[] args) throws Exception {
      new Failures(Path.of(args[0]), Path.of(args[1])).run();
      org.slf4j.LoggerFactory.getLogger(SecretsTest.class).trace("all is logged");
    }

    private interface Deed {
      Object take() throws IOException;
    }

    private static void tell(Deed deed) {
      try {
        System.out.println(deed.take());
      } catch (IOException | RuntimeException e) {
        e.printStackTrace(System.out);
      }
    }

    private void run() throws IOException {
      ChromaHealth health =
          ChromaHealth.at(URI.create("http://127.0.0.1:" + closedPort()))
              .header("Authorization", "Bearer " + SECRET);
      tell(() -> health);
      tell(() -> health.check(List.of(), Duration.ofMillis(300)));
      tell(() -> ChromaHealth.at(URI.create("http://user:" + SECRET + "@localhost:8000")));
      tell(() -> ChromaHealth.at(URI.create("http://localhost:8000/?token=" + SECRET)));
      try (ScriptedService chroma = new ScriptedService(directory.resolve("service"))) {
        chroma.start();
        withService(chroma, health);
      }
    }

    private void withService(ScriptedService chroma, ChromaHealth health) throws IOException {
      LocalService service = chroma.controller();
      ChromaDeployment deployment = LocalChroma.at(data).heldBy(service).checkedBy(health);
      ChromaBackup backups = ChromaBackup.using(LocalArchiveStore.in(directory.resolve("backups")));
      RestoreOptions replace = RestoreOptions.defaults().replace().patience(Duration.ofMillis(300));
      BackupOptions stopped = BackupOptions.defaults().quiet(Quiet.STOP);
      tell(() -> service);
      tell(() -> deployment);
      tell(() -> replace);
      tell(() -> stopped);
      tell(() -> backups.backup(deployment, stopped));
      tell(() -> backups.restore(backups.list().get(0).name(), deployment, replace));
      chroma.override("stop() { exit 1; }");
      tell(() -> backups.backup(deployment, stopped));
    }

    private static int closedPort() throws IOException {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      }
    }
  }
}
