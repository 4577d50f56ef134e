package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.chromabackup.ArchiveListing;
import io.chromabackup.ArchiveName;
import io.chromabackup.BackupOptions;
import io.chromabackup.BackupReport;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.CollectionSummary;
import io.chromabackup.Phase;
import io.chromabackup.Quiet;
import io.chromabackup.RestoreOptions;
import io.chromabackup.RestorePlan;
import io.chromabackup.RestoreReport;
import io.chromabackup.RetentionPolicy;
import io.chromabackup.VerifyReport;
import io.chromabackup.testkit.Fixture;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupAndRestoreTest {
  private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");

  @TempDir Path directory;
  private Path data;
  private Path storeDirectory;
  private LocalArchiveStore store;
  private ChromaBackup backups;

  @BeforeEach
  void copyTheFixture() {
    data = Fixture.copyTo(directory.resolve("chroma"));
    storeDirectory = directory.resolve("backups/chromadb");
    store = LocalArchiveStore.in(storeDirectory);
    backups = at(NOW);
  }

  private ChromaBackup at(Instant now) {
    return ChromaBackup.builder(store).clock(Clock.fixed(now, ZoneOffset.UTC)).build();
  }

  private ChromaBackup keepingAll(Instant now) {
    return ChromaBackup.builder(store)
        .clock(Clock.fixed(now, ZoneOffset.UTC))
        .retention(RetentionPolicy.keepAll())
        .build();
  }

  @Test
  void aBackupCountsDocumentsAsAServerDoes() throws IOException {
    BackupReport report = backups.backup(LocalChroma.at(data));

    assertThat(report.collections())
        .extracting(
            CollectionSummary::qualifiedName,
            CollectionSummary::space,
            collection -> collection.dimension().orElse(0),
            CollectionSummary::documents)
        .containsExactlyInAnyOrder(
            tuple(Fixture.ARTICLES, "cosine", 8, 1090L),
            tuple("default_tenant/default_database/notes", "l2", 4, 60L),
            tuple("default_tenant/default_database/empty", "l2", 0, 0L),
            tuple("default_tenant/drafts/outlines", "ip", 4, 12L),
            tuple("acme/library/books", "l2", 4, 20L));
    assertThat(report.documents()).isEqualTo(Fixture.DOCUMENTS);
    assertThat(report.archive().name()).hasToString("chromadb_backup_20261122_020000.tar.gz");
    assertThat(report.manifest().quiet()).isEqualTo(Quiet.OPTIMISTIC);
    assertThat(report.held()).isZero();
    assertThat(report.attempts()).isEqualTo(1);
    assertThat(report.warnings()).isEmpty();
  }

  @Test
  void aBackupLeavesTheDataAsItIsAndNothingButTheArchiveInTheStore() throws IOException {
    Map<String, Integer> before = Fixture.content(data);

    BackupReport report = backups.backup(LocalChroma.at(data));

    assertThat(Fixture.content(data)).isEqualTo(before);
    assertThat(storeDirectory.resolve(report.archive().name().toString()))
        .hasSize(report.archive().size());
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void whatIsRestoredIsWhatWasBackedUp() throws IOException {
    ArchiveName archive = backups.backup(LocalChroma.at(data)).archive().name();
    Path restored = directory.resolve("restored");

    RestoreReport report = backups.restore(archive, LocalChroma.at(restored));

    assertThat(report.documents()).isEqualTo(Fixture.DOCUMENTS);
    assertThat(restored.resolve(".chromabackup")).doesNotExist();
    Map<String, Integer> expected = Fixture.content(data);
    Map<String, Integer> actual = Fixture.content(restored);
    // SQLite's own copy of a database differs in its header's counters; the orphan is left out
    expected.keySet().removeIf(file -> !actual.containsKey(file) || file.equals("chroma.sqlite3"));
    assertThat(actual).containsAllEntriesOf(expected).hasSize(expected.size() + 1);
    assertThat(rows(restored)).isEqualTo(rows(data));
  }

  @Test
  void anOrphanedSegmentIsLeftOut() throws IOException {
    String orphan = orphan();

    BackupReport report = backups.backup(LocalChroma.at(data));

    assertThat(report.manifest().files())
        .extracting(file -> file.entry().path())
        .noneMatch(path -> path.startsWith(orphan));
  }

  @Test
  void modesAndTimesAreRestored() throws IOException {
    Path header = Fixture.persistedSegment(data).resolve("header.bin");
    Files.setPosixFilePermissions(header, PosixFilePermissions.fromString("rw-r--r--"));
    ArchiveName archive = backups.backup(LocalChroma.at(data)).archive().name();
    Path restored = directory.resolve("restored");

    backups.restore(archive, LocalChroma.at(restored));

    Path restoredHeader = Fixture.persistedSegment(restored).resolve("header.bin");
    assertThat(Files.getPosixFilePermissions(restoredHeader))
        .isEqualTo(Files.getPosixFilePermissions(header));
  }

  @Test
  void itWorksInMemory() throws IOException {
    Configuration unix =
        Configuration.unix().toBuilder()
            .setAttributeViews("basic", "owner", "posix", "unix", "user")
            .build();
    try (FileSystem memory = Jimfs.newFileSystem(unix)) {
      Path dataInMemory = Fixture.copyTo(memory.getPath("/srv/chroma"));
      ChromaBackup inMemory = ChromaBackup.using(LocalArchiveStore.in(memory.getPath("/backups")));

      ArchiveName archive = inMemory.backup(LocalChroma.at(dataInMemory)).archive().name();
      VerifyReport verified = inMemory.verify(archive);
      inMemory.restore(archive, LocalChroma.at(memory.getPath("/srv/copy")));

      assertThat(verified.documents()).isEqualTo(Fixture.DOCUMENTS);
      assertThat(verified.isSound()).isTrue();
      Map<String, Integer> copied = Fixture.content(memory.getPath("/srv/copy"));
      assertThat(Fixture.content(dataInMemory)).containsAllEntriesOf(copied);
      assertThat(copied).hasSizeGreaterThan(5);
    }
  }

  @Test
  void everyQuietThatTheSourceOffersGivesTheSame() throws IOException {
    for (Quiet quiet : List.of(Quiet.OPTIMISTIC, Quiet.BARRIER)) {
      BackupReport report =
          backups.backup(LocalChroma.at(data), BackupOptions.defaults().quiet(quiet));

      assertThat(report.documents()).isEqualTo(Fixture.DOCUMENTS);
      assertThat(report.manifest().quiet()).isEqualTo(quiet);
    }
  }

  @Test
  void aQuietThatNobodyOffersIsRefused() {
    assertThatThrownBy(
            () -> backups.backup(LocalChroma.at(data), BackupOptions.defaults().quiet(Quiet.PAUSE)))
        .isInstanceOf(ChromaBackupException.QuietUnavailable.class)
        .hasMessageContaining("pause")
        .hasMessageContaining("ServiceController");
  }

  @Test
  void stockToolsUnpackAndCheckAnArchive() throws Exception {
    BackupReport report = backups.backup(LocalChroma.at(data));
    Path unpacked = Files.createDirectory(directory.resolve("unpacked"));

    run(unpacked, "tar", "xzf", storeDirectory.resolve(report.archive().name() + "").toString());
    String checked = run(unpacked, "sha256sum", "-c", "SHA256SUMS");

    assertThat(checked.lines())
        .allMatch(line -> line.endsWith(": OK"))
        .contains("chroma/chroma.sqlite3: OK", "chromabackup.json: OK");
  }

  @Test
  void twoBackupsInOneSecondDoNotCollide() throws IOException {
    ArchiveName first = backups.backup(LocalChroma.at(data)).archive().name();
    ArchiveName second = backups.backup(LocalChroma.at(data)).archive().name();

    assertThat(second).isEqualTo(first.next());
    assertThat(backups.list()).extracting(ArchiveListing::name).containsExactly(second, first);
  }

  @Test
  void progressIsTold() throws IOException {
    Set<Phase> told = EnumSet.noneOf(Phase.class);
    ChromaBackup telling =
        ChromaBackup.builder(store)
            .progress(
                (phase, done, total) -> {
                  told.add(phase);
                  throw new IllegalStateException("a listener cannot break anything");
                })
            .build();

    ArchiveName archive = telling.backup(LocalChroma.at(data)).archive().name();
    telling.restore(archive, LocalChroma.at(directory.resolve("copy")));

    assertThat(told).containsExactlyInAnyOrder(Phase.values());
  }

  // verify and list

  @Test
  void verifyReadsEveryByteAndInspectsTheData() throws IOException {
    ArchiveName archive = backups.backup(LocalChroma.at(data)).archive().name();

    VerifyReport report = backups.verify(archive);

    assertThat(report.isSound()).isTrue();
    assertThat(report.legacy()).isFalse();
    assertThat(report.documents()).isEqualTo(Fixture.DOCUMENTS);
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void aDamagedArchiveIsFoundAndNeverRestored() throws IOException {
    ArchiveName archive = backups.backup(LocalChroma.at(data)).archive().name();
    Fixture.rot(storeDirectory.resolve(archive.toString()));
    Map<String, Integer> before = Fixture.content(data);

    assertThatThrownBy(() -> backups.verify(archive))
        .isInstanceOf(ChromaBackupException.ArchiveDamaged.class)
        .hasMessageContaining(archive.toString());
    assertThatThrownBy(
            () ->
                backups.restore(archive, LocalChroma.at(data), RestoreOptions.defaults().replace()))
        .isInstanceOf(ChromaBackupException.ArchiveDamaged.class);
    assertThat(Fixture.content(data)).isEqualTo(before);
    assertThat(data.resolve(".chromabackup")).doesNotExist();
  }

  @Test
  void listingTellsWhatEachArchiveIsWorth() throws IOException {
    Path salvaged = Fixture.copyTo(directory.resolve("salvaged"));
    Files.delete(Fixture.persistedSegment(salvaged).resolve("index_metadata.pickle"));
    at(NOW).backup(LocalChroma.at(data));
    at(NOW.plusSeconds(10)).backup(LocalChroma.at(salvaged), BackupOptions.defaults().salvage());
    Files.write(storeDirectory.resolve("chromadb_backup_20261122_020100.tar.gz"), new byte[111]);
    Files.writeString(storeDirectory.resolve("notes.txt"), "mine");

    assertThat(backups.list())
        .extracting(listing -> listing.name() + " " + listing.standing())
        .containsExactly(
            "chromadb_backup_20261122_020100.tar.gz DAMAGED",
            "chromadb_backup_20261122_020010.tar.gz SALVAGED",
            "chromadb_backup_20261122_020000.tar.gz GOOD");
  }

  // archives of the shell scripts

  @Test
  void anArchiveOfTheOldScriptIsListedVerifiedAndRestored() throws Exception {
    Files.createDirectories(storeDirectory);
    String name = "chromadb_backup_20250101_020000.tar.gz";
    run(directory, "tar", "-czf", storeDirectory.resolve(name).toString(), "chroma");
    ArchiveName archive = ArchiveName.parse(name).orElseThrow();

    assertThat(backups.list())
        .extracting(listing -> listing.standing() + "")
        .containsExactly("LEGACY");
    VerifyReport verified = backups.verify(archive);
    RestoreReport restored =
        backups.restore(archive, LocalChroma.at(directory.resolve("restored")));

    assertThat(verified.legacy()).isTrue();
    assertThat(verified.isSound()).isTrue();
    assertThat(restored.documents()).isEqualTo(Fixture.DOCUMENTS);
  }

  @Test
  void theEmptyArchiveThatTheScriptMadeOfNewServersIsRefused() throws Exception {
    Files.createDirectories(storeDirectory);
    Files.createDirectories(directory.resolve("empty/chroma"));
    String name = "chromadb_backup_20250101_020000.tar.gz";
    run(
        directory.resolve("empty"),
        "tar",
        "-czf",
        storeDirectory.resolve(name).toString(),
        "chroma");
    ArchiveName archive = ArchiveName.parse(name).orElseThrow();

    assertThatThrownBy(() -> backups.verify(archive))
        .isInstanceOf(ChromaBackupException.ArchiveDamaged.class)
        .hasMessageContaining("there is no chroma.sqlite3 in it");
  }

  // restoring over something

  @Test
  void aRestoreDoesNotReplaceDataUnlessItIsTold() throws IOException {
    ArchiveName archive = backups.backup(LocalChroma.at(data)).archive().name();
    Map<String, Integer> before = Fixture.content(data);

    assertThatThrownBy(() -> backups.restore(archive, LocalChroma.at(data)))
        .isInstanceOf(ChromaBackupException.TargetNotEmpty.class)
        .hasMessageContaining(data.toString());
    assertThat(Fixture.content(data)).isEqualTo(before);
  }

  @Test
  void theConfirmationIsToldWhatIsReplacedByWhat() throws IOException {
    ArchiveName archive = backups.backup(LocalChroma.at(data)).archive().name();
    deleteRows(data, "notes");
    List<RestorePlan> plans = new ArrayList<>();
    Map<String, Integer> before = Fixture.content(data);

    assertThatThrownBy(
            () ->
                backups.restore(
                    archive,
                    LocalChroma.at(data),
                    RestoreOptions.defaults()
                        .confirm(
                            plan -> {
                              plans.add(plan);
                              return false;
                            })))
        .isInstanceOf(ChromaBackupException.Declined.class);

    assertThat(plans).hasSize(1);
    assertThat(plans.get(0).documents()).isEqualTo(Fixture.DOCUMENTS);
    assertThat(plans.get(0).documentsNow()).hasValue(Fixture.DOCUMENTS - 60);
    assertThat(Fixture.content(data)).isEqualTo(before);
    assertThat(data.resolve(".chromabackup")).doesNotExist();
  }

  @Test
  void oldSidecarsNeverMeetTheRestoredDatabase() throws IOException {
    ArchiveName archive = backups.backup(LocalChroma.at(data)).archive().name();
    Files.write(data.resolve("chroma.sqlite3-journal"), new byte[512]);
    Files.write(data.resolve("chroma.sqlite3-wal"), new byte[512]);
    Files.writeString(data.resolve("notes.txt"), "mine");

    backups.restore(archive, LocalChroma.at(data), RestoreOptions.defaults().replace());

    assertThat(data.resolve("chroma.sqlite3-journal")).doesNotExist();
    assertThat(data.resolve("chroma.sqlite3-wal")).doesNotExist();
    assertThat(data.resolve("notes.txt")).hasContent("mine");
    assertThat(rows(data)).containsEntry("embeddings", rows(data).get("embeddings"));
  }

  @Test
  void anArchiveOfANewerServerIsNotPutUnderAnOlderOne() throws Exception {
    ArchiveName archive = backups.backup(LocalChroma.at(data)).archive().name();
    execute(data, "DELETE FROM migrations WHERE dir = 'metadb' AND version = 6");

    assertThatThrownBy(
            () ->
                backups.restore(archive, LocalChroma.at(data), RestoreOptions.defaults().replace()))
        .isInstanceOf(ChromaBackupException.SchemaTooNew.class)
        .hasMessageContaining("metadb 6")
        .hasMessageContaining("metadb 5");

    RestoreReport report =
        backups.restore(
            archive, LocalChroma.at(data), RestoreOptions.defaults().replace().allowNewerSchema());
    assertThat(report.documents()).isEqualTo(Fixture.DOCUMENTS);
  }

  // retention

  @Test
  void retentionRunsAfterTheNewArchiveWasVerified() throws IOException {
    ChromaDeployment chroma = LocalChroma.at(data);
    ArchiveName old = at(NOW.minus(Duration.ofDays(45))).backup(chroma).archive().name();
    ArchiveName edge = at(NOW.minus(Duration.ofDays(31))).backup(chroma).archive().name();
    Files.writeString(storeDirectory.resolve("chromadb_backup_of_mine.tar.gz"), "not yours");
    ArchiveName future = keepingAll(NOW.plus(Duration.ofDays(400))).backup(chroma).archive().name();

    BackupReport report = at(NOW).backup(chroma);

    assertThat(report.pruned()).containsExactly(old);
    assertThat(backups.list())
        .extracting(ArchiveListing::name)
        .containsExactly(future, report.archive().name(), edge);
    assertThat(storeDirectory.resolve("chromadb_backup_of_mine.tar.gz")).hasContent("not yours");
  }

  @Test
  void aFailedBackupPrunesNothing() throws IOException {
    ChromaDeployment chroma = LocalChroma.at(data);
    at(NOW.minus(Duration.ofDays(90))).backup(chroma);
    Files.delete(Fixture.persistedSegment(data).resolve("header.bin"));

    assertThatThrownBy(() -> at(NOW).backup(chroma))
        .isInstanceOf(ChromaBackupException.SourceDamaged.class);

    assertThat(backups.list()).hasSize(1);
  }

  @Test
  void pruningReadsTheNewestGoodArchiveAndKeepsIt() throws IOException {
    ChromaDeployment chroma = LocalChroma.at(data);
    ArchiveName good = at(NOW.minus(Duration.ofDays(90))).backup(chroma).archive().name();
    ArchiveName rotten = at(NOW.minus(Duration.ofDays(60))).backup(chroma).archive().name();
    Fixture.rot(storeDirectory.resolve(rotten.toString()));
    ChromaBackup keepingOne =
        ChromaBackup.builder(store)
            .retention(RetentionPolicy.keepLast(1))
            .clock(Clock.fixed(NOW, ZoneOffset.UTC))
            .build();

    assertThat(keepingOne.planPrune().plan().kept()).contains(good);
    keepingOne.prune();

    assertThat(keepingOne.list()).extracting(ArchiveListing::name).contains(good);
    assertThat(keepingOne.verify(good).isSound()).isTrue();
  }

  @Test
  void aBackupOfOneSourceNeverDeletesTheArchivesOfAnother() throws IOException {
    Path other = Fixture.copyTo(directory.resolve("other"));
    ArchiveName only =
        keepingOne(NOW.minus(Duration.ofDays(400))).backup(LocalChroma.at(other)).archive().name();
    for (int day = 3; day > 0; day--) {
      keepingOne(NOW.minus(Duration.ofDays(day))).backup(LocalChroma.at(data));
    }

    keepingOne(NOW).prune();

    assertThat(backups.list()).extracting(ArchiveListing::name).hasSize(2).contains(only);
  }

  private ChromaBackup keepingOne(Instant now) {
    return ChromaBackup.builder(store)
        .retention(RetentionPolicy.keepLast(1))
        .clock(Clock.fixed(now, ZoneOffset.UTC))
        .build();
  }

  @Test
  void aPolicyThatBreaksDoesNotMakeABackupFail() throws IOException {
    ChromaBackup broken =
        ChromaBackup.builder(store)
            .retention(
                (archives, now) -> {
                  throw new IllegalStateException("a bug in the policy");
                })
            .build();

    BackupReport report = broken.backup(LocalChroma.at(data));

    assertThat(report.pruned()).isEmpty();
    assertThat(report.warnings()).anyMatch(warning -> warning.contains("a bug in the policy"));
  }

  // interruption

  @Test
  void anInterruptedBackupLeavesNothingAndKeepsTheFlag() throws IOException {
    for (Phase phase : List.of(Phase.COPY, Phase.INSPECT, Phase.ARCHIVE, Phase.READ_BACK)) {
      ChromaBackup interrupted = interruptedIn(phase);
      assertThatThrownBy(() -> interrupted.backup(LocalChroma.at(data)))
          .as(phase.toString())
          .isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).as(phase.toString()).isTrue();
      assertThat(backups.list()).as(phase.toString()).isEmpty();
      assertThat(leftovers()).as(phase.toString()).isEmpty();
    }
  }

  @Test
  void anInterruptedRestoreLeavesTheOldData() throws IOException {
    ArchiveName archive = backups.backup(LocalChroma.at(data)).archive().name();
    Map<String, Integer> before = Fixture.content(data);
    for (Phase phase : List.of(Phase.UNPACK, Phase.INSPECT, Phase.SWAP)) {
      assertThatThrownBy(
              () ->
                  interruptedIn(phase)
                      .restore(archive, LocalChroma.at(data), RestoreOptions.defaults().replace()))
          .as(phase.toString())
          .isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).as(phase.toString()).isTrue();
      assertThat(Fixture.content(data)).as(phase.toString()).isEqualTo(before);
    }
  }

  private ChromaBackup interruptedIn(Phase phase) {
    return ChromaBackup.builder(store)
        .progress(
            (now, done, total) -> {
              if (now == phase) {
                Thread.currentThread().interrupt();
              }
            })
        .build();
  }

  private String orphan() throws IOException {
    Set<String> known = new TreeSet<>();
    query(data, "SELECT id FROM segments", result -> known.add(result.getString(1)));
    try (Stream<Path> children = Files.list(data)) {
      return children
          .filter(Files::isDirectory)
          .map(child -> child.getFileName().toString())
          .filter(name -> !known.contains(name))
          .findFirst()
          .orElseThrow();
    }
  }

  private List<Path> leftovers() throws IOException {
    Path own = storeDirectory.resolve(".chromabackup");
    try (Stream<Path> all = Files.walk(own)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().equals("lock"))
          .filter(file -> !file.getParent().endsWith("reading"))
          .toList();
    }
  }

  private static Map<String, Integer> rows(Path data) {
    Map<String, Integer> rows = new TreeMap<>();
    for (String table :
        List.of("collections", "segments", "embeddings", "embeddings_queue", "max_seq_id")) {
      query(data, "SELECT count(*) FROM " + table, result -> rows.put(table, result.getInt(1)));
    }
    return rows;
  }

  private static void deleteRows(Path data, String collection) {
    execute(
        data,
        "DELETE FROM embeddings WHERE segment_id IN (SELECT s.id FROM segments s JOIN collections c"
            + " ON s.collection = c.id WHERE c.name = '"
            + collection
            + "')");
  }

  private static void execute(Path data, String sql) {
    try (Connection connection = connect(data);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private interface Row {
    void take(ResultSet result) throws SQLException;
  }

  private static void query(Path data, String sql, Row row) {
    try (Connection connection = connect(data);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        row.take(result);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static Connection connect(Path data) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + data.resolve("chroma.sqlite3"));
  }

  static String run(Path directory, String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }
}
