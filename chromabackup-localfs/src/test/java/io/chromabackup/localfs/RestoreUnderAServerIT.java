package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ArchiveName;
import io.chromabackup.BackupReport;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.RestoreOptions;
import io.chromabackup.RestoreReport;
import io.chromabackup.health.ChromaHealth;
import io.chromabackup.testkit.ChromaClient;
import io.chromabackup.testkit.ChromaClient.Collection;
import io.chromabackup.testkit.RealChroma;
import io.chromabackup.testkit.RealChroma.Generation;
import io.chromabackup.testkit.RecordCheck;
import io.chromabackup.testkit.WriteLoad;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restores of data that a real server serves, stopped and started by commands. */
class RestoreUnderAServerIT {
  private static final int RECORDS = 1_500;
  private static final int DIMENSION = 8;

  @TempDir Path directory;
  private Path data;
  private Path pidFile;
  private ChromaBackup backups;
  private ChromaClient client;
  private URI url;
  private LocalService service;
  private Collection collection;
  private BackupReport backup;

  @BeforeEach
  void backUpAndWriteMore() throws Exception {
    RealChroma.requireInstalled(Generation.NEW);
    data = directory.resolve("chroma");
    pidFile = directory.resolve("chroma.pid");
    int port = freePort();
    url = URI.create("http://127.0.0.1:" + port);
    client = new ChromaClient(url);
    service = service(port);
    service.start();
    awaitHeartbeat();
    backups = ChromaBackup.using(LocalArchiveStore.in(directory.resolve("backups")));

    collection =
        client.createCollection(
            ChromaClient.DEFAULT_TENANT,
            ChromaClient.DEFAULT_DATABASE,
            "records",
            "l2",
            Map.of("sync_threshold", 500));
    WriteLoad.fill(client, collection, 0, RECORDS, DIMENSION);
    backup = backups.backup(LocalChroma.at(data));
    WriteLoad.fill(client, collection, RECORDS, RECORDS, DIMENSION);
    assertThat(client.count(collection)).isEqualTo(2 * RECORDS);
  }

  @AfterEach
  void stopTheServer() throws IOException {
    if (service != null && service.isRunning()) {
      service.stop();
    }
  }

  /**
   * Started in the background, stopped with a signal, known by its pid file: as by an init script.
   */
  private LocalService service(int port) throws IOException {
    Path serve = Path.of("../dev/real-chroma/serve.sh").toRealPath();
    Path start =
        Files.writeString(
            directory.resolve("start.sh"),
            """
            setsid %s new %s %d >%s/server.log 2>&1 </dev/null &
            echo $! >%s
            """
                .formatted(serve, data, port, directory, pidFile));
    return LocalService.builder("chroma")
        .pidFile(pidFile)
        .startCommand("bash", start.toString())
        .stopCommand("bash", "-c", "kill -9 $(cat " + pidFile + ")")
        .build();
  }

  private void awaitHeartbeat() throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!client.isUp()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(50);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private ChromaDeployment live() {
    return LocalChroma.at(data).heldBy(service).checkedBy(ChromaHealth.at(url));
  }

  @Test
  void theServerAnswersWithTheArchivesRecordsAtOnceAndTakesWrites() throws Exception {
    RestoreReport report = backups.restore(archive(), live(), RestoreOptions.defaults().replace());

    assertThat(client.count(collection)).isEqualTo(RECORDS);
    RecordCheck.Result result = RecordCheck.run(client);
    assertThat(result.wrong()).isEmpty();
    assertThat(result.records()).isEqualTo(RECORDS);
    assertThat(report.downtime()).isPositive();
    WriteLoad.fill(client, collection, RECORDS, 10, DIMENSION);
    assertThat(client.count(collection)).isEqualTo(RECORDS + 10);
    assertThat(data.resolve(".chromabackup")).doesNotExist();
  }

  @Test
  void aServerThatDoesNotServeTheDataHasTheRestoreUndone() throws Exception {
    ChromaDeployment unhealthy =
        live()
            .checkedBy(
                (expected, patience) -> {
                  throw new ChromaBackupException.Unhealthy("chroma", "it is Monday", null);
                });

    assertThatThrownBy(
            () -> backups.restore(archive(), unhealthy, RestoreOptions.defaults().replace()))
        .isInstanceOfSatisfying(
            ChromaBackupException.RestoreFailed.class,
            failed -> assertThat(failed.rolledBack()).isTrue())
        .hasMessageContaining("it is Monday")
        .hasMessageContaining("The old data is back");

    awaitHeartbeat();
    assertThat(client.count(collection)).isEqualTo(2 * RECORDS);
    assertThat(RecordCheck.run(client).wrong()).isEmpty();
    assertThat(data.resolve(".chromabackup")).doesNotExist();
  }

  @Test
  void aRunningServerThatNobodyStopsIsNotRestoredUnder() {
    assertThatThrownBy(
            () ->
                backups.restore(
                    archive(), LocalChroma.at(data), RestoreOptions.defaults().replace()))
        .isInstanceOf(ChromaBackupException.TargetInUse.class)
        .hasMessageContaining("node");

    assertThat(client.count(collection)).isEqualTo(2 * RECORDS);
  }

  @Test
  void aServerThatWasDownStaysDown() throws Exception {
    service.stop();

    RestoreReport report = backups.restore(archive(), live(), RestoreOptions.defaults().replace());

    assertThat(service.isRunning()).isFalse();
    assertThat(report.downtime()).isZero();
    assertThat(report.warnings()).anyMatch(warning -> warning.contains("no server ran"));
    service.start();
    awaitHeartbeat();
    assertThat(client.count(collection)).isEqualTo(RECORDS);
  }

  private ArchiveName archive() {
    return backup.archive().name();
  }
}
