package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ArchiveName;
import io.chromabackup.BackupOptions;
import io.chromabackup.BackupReport;
import io.chromabackup.ChromaBackup;
import io.chromabackup.Thoroughness;
import io.chromabackup.health.ChromaHealth;
import io.chromabackup.testkit.ChromaClient;
import io.chromabackup.testkit.Fixture;
import io.chromabackup.testkit.RealChroma;
import io.chromabackup.testkit.RealChroma.Generation;
import io.chromabackup.testkit.RecordCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a backup of the quickstart's data is worth to a real server. */
class ServedBackupIT {
  private static final List<String> TENANTS = List.of(ChromaClient.DEFAULT_TENANT, "acme");

  @TempDir Path directory;
  private Path store;
  private BackupReport backup;

  @BeforeEach
  void backUpTheFixture() throws Exception {
    RealChroma.requireInstalled(Generation.NEW);
    store = directory.resolve("backups");
    Path data = Fixture.copyTo(directory.resolve("chroma"));
    backup = ChromaBackup.using(LocalArchiveStore.in(store)).backup(LocalChroma.at(data));
  }

  @Test
  void unpackedWithTarItIsServedRecordByRecord() throws Exception {
    Path unpacked = Files.createDirectory(directory.resolve("unpacked"));
    ArchiveName archive = backup.archive().name();

    BackupAndRestoreTest.run(unpacked, "tar", "xzf", store.resolve(archive + "").toString());
    BackupAndRestoreTest.run(unpacked, "sha256sum", "-c", "SHA256SUMS");

    requireServed(unpacked.resolve("chroma"));
  }

  @Test
  void restoredItIsServedRecordByRecord() throws Exception {
    Path restored = directory.resolve("restored");

    ChromaBackup.using(LocalArchiveStore.in(store))
        .restore(backup.archive().name(), LocalChroma.at(restored));

    requireServed(restored);
  }

  /** As text that was taken from a PDF often has. */
  @Test
  void aDocumentWithANulIsNoDamageToTheThoroughInspection() throws Exception {
    Path data = Fixture.copyTo(directory.resolve("with-nul"));
    try (RealChroma chroma = RealChroma.start(Generation.NEW, data)) {
      ChromaClient client = chroma.client();
      client.add(
          client.createCollection("nul", "l2"),
          List.of(
              new ChromaClient.Entry(
                  "a", new float[] {1, 0}, "from a PDF\0, as text often is", null)));
    }

    BackupReport thorough =
        ChromaBackup.using(LocalArchiveStore.in(store))
            .backup(
                LocalChroma.at(data), BackupOptions.defaults().inspection(Thoroughness.THOROUGH));

    assertThat(thorough.documents()).isEqualTo(Fixture.DOCUMENTS + 1);
  }

  private void requireServed(Path data) throws Exception {
    try (RealChroma chroma = RealChroma.start(Generation.NEW, data)) {
      ChromaHealth.at(chroma.url()).check(backup.collections(), Duration.ofSeconds(60));
      RecordCheck.Result result = RecordCheck.run(chroma.client(), TENANTS);
      assertThat(result.wrong()).isEmpty();
      assertThat(result.records()).isEqualTo(backup.documents()).isEqualTo(Fixture.DOCUMENTS);
    }
  }
}
