package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ArchiveName;
import io.chromabackup.BackupOptions;
import io.chromabackup.BackupReport;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.Quiet;
import io.chromabackup.RetentionPolicy;
import io.chromabackup.testkit.ChromaClient;
import io.chromabackup.testkit.ChromaClient.Collection;
import io.chromabackup.testkit.Effort;
import io.chromabackup.testkit.Figures;
import io.chromabackup.testkit.RealChroma;
import io.chromabackup.testkit.RealChroma.Generation;
import io.chromabackup.testkit.RecordCheck;
import io.chromabackup.testkit.WriteLoad;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Backups of a directory that a real server writes to the whole time. Every record of every
 * restored copy is asked of a real server, and its vector held against its id and version.
 */
class HotCopyIT {
  private static final int BACKUPS = Effort.of(12, 30);

  private static final int PINNED = Effort.of(3, 10);

  @TempDir Path directory;
  private Path data;
  private ChromaBackup backups;

  @BeforeEach
  void openTheStore() {
    data = directory.resolve("chroma");
    backups =
        ChromaBackup.builder(LocalArchiveStore.in(directory.resolve("backups")))
            .retention(RetentionPolicy.keepAll())
            .build();
  }

  @ParameterizedTest
  @EnumSource
  void consecutiveBackupsUnderWriteLoadHaveNoWrongRecord(Generation generation) throws Exception {
    RealChroma.requireInstalled(generation);
    List<BackupReport> reports = new ArrayList<>();
    try (RealChroma chroma = RealChroma.start(generation, data);
        WriteLoad first = load(chroma, "first", "l2", 2, 200);
        WriteLoad second = load(chroma, "second", "cosine", 1, 1000)) {
      ChromaDeployment live = LocalChroma.at(data);
      long written = first.written() + second.written();
      for (int i = 0; i < BACKUPS; i++) {
        reports.add(backups.backup(live));
      }
      assertThat(first.written() + second.written())
          .as("writers went on meanwhile")
          .isGreaterThan(written + 20L * BACKUPS);
    }
    print(generation, reports);
    assertThat(reports)
        .as("nobody could be paused, and nothing need be held")
        .filteredOn(report -> report.manifest().quiet() == Quiet.OPTIMISTIC)
        .isNotEmpty()
        .allSatisfy(report -> assertThat(report.held()).isZero());
    for (BackupReport report : reports) {
      requireEveryRecordRight(generation, report);
    }
    Figures.record(
        "hot-copies-" + generation.name().toLowerCase(Locale.ROOT),
        reports.size() + " consecutive backups under write load, no wrong record");
  }

  @ParameterizedTest
  @CsvSource({
    "OLD,OPTIMISTIC",
    "OLD,BARRIER",
    "OLD,PAUSE",
    "NEW,OPTIMISTIC",
    "NEW,BARRIER",
    "NEW,PAUSE"
  })
  void everyPinnedQuietUnderWriteLoadHasNoWrongRecord(Generation generation, Quiet quiet)
      throws Exception {
    RealChroma.requireInstalled(generation);
    List<BackupReport> reports = new ArrayList<>();
    try (RealChroma chroma = RealChroma.start(generation, data);
        WriteLoad load = load(chroma, "records", "l2", 2, 500)) {
      ChromaDeployment live = LocalChroma.at(data).heldBy(LocalService.process(chroma.pid()));
      long written = load.written();
      for (int i = 0; i < PINNED; i++) {
        reports.add(backups.backup(live, BackupOptions.defaults().quiet(quiet)));
      }
      assertThat(load.written())
          .as("writers went on meanwhile")
          .isGreaterThan(written + 20L * PINNED);
    }
    print(generation, reports);
    for (BackupReport report : reports) {
      assertThat(report.manifest().quiet()).isEqualTo(quiet);
      assertThat(report.held().isZero()).isEqualTo(quiet == Quiet.OPTIMISTIC);
      requireEveryRecordRight(generation, report);
    }
  }

  private static WriteLoad load(
      RealChroma chroma, String name, String space, int writers, int syncThreshold) {
    ChromaClient client = chroma.client();
    Collection collection =
        client.createCollection(
            ChromaClient.DEFAULT_TENANT,
            ChromaClient.DEFAULT_DATABASE,
            name,
            space,
            Map.of("sync_threshold", syncThreshold));
    return WriteLoad.start(client, collection, new WriteLoad.Settings(writers, 3_000, 40, 16));
  }

  private void requireEveryRecordRight(Generation generation, BackupReport report)
      throws IOException {
    ArchiveName archive = report.archive().name();
    Path restored = directory.resolve("restored-" + archive);
    backups.restore(archive, LocalChroma.at(restored));
    try (RealChroma chroma = RealChroma.start(generation, restored)) {
      RecordCheck.Result result = RecordCheck.run(chroma.client());
      assertThat(result.wrong()).as("%s of %s", archive, generation).isEmpty();
      assertThat(result.records()).as("documents of %s", archive).isEqualTo(report.documents());
    }
  }

  private static void print(Generation generation, List<BackupReport> reports) {
    Map<Quiet, Integer> quiets = new EnumMap<>(Quiet.class);
    reports.forEach(report -> quiets.merge(report.manifest().quiet(), 1, Integer::sum));
    System.out.printf(
        "%s: %d backups under load, quiet %s, at most %d attempts, held for %d ms at most%n",
        generation,
        reports.size(),
        quiets,
        reports.stream().mapToInt(BackupReport::attempts).max().orElse(0),
        reports.stream().mapToLong(report -> report.held().toMillis()).max().orElse(0));
  }
}
