package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.chromabackup.ArchiveListing;
import io.chromabackup.ArchiveName;
import io.chromabackup.BackupOptions;
import io.chromabackup.BackupReport;
import io.chromabackup.BackupSource;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.DataContents;
import io.chromabackup.EntrySink;
import io.chromabackup.Quiet;
import io.chromabackup.RestoreOptions;
import io.chromabackup.RestoreReport;
import io.chromabackup.RetentionPolicy;
import io.chromabackup.SourceProbe;
import io.chromabackup.Thoroughness;
import io.chromabackup.VerifyReport;
import io.chromabackup.files.FileTree;
import io.chromabackup.testkit.Fixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DamagedSourceTest {
  @TempDir Path directory;
  private Path data;
  private ChromaBackup backups;

  @BeforeEach
  void copyTheFixture() {
    data = Fixture.copyTo(directory.resolve("chroma"));
    backups = ChromaBackup.using(LocalArchiveStore.in(directory.resolve("backups")));
  }

  private interface Damage {
    void of(Path data) throws IOException;
  }

  static Stream<Arguments> damages() {
    return Stream.of(
        damage("the ids are cut short", segment("index_metadata.pickle", 0.5), "pickle"),
        damage("the ids are empty", segment("index_metadata.pickle", 0), "pickle"),
        damage("the ids are missing", missing("index_metadata.pickle"), "pickle"),
        damage("the vectors are cut in half", segment("data_level0.bin", 0.5), "data_level0"),
        damage("the vectors are missing", missing("data_level0.bin"), "data_level0"),
        damage("the links are cut", segment("link_lists.bin", 0.7), "link_lists"),
        damage("the header is cut", segment("header.bin", 0.6), "header"),
        damage("the lengths are cut", segment("length.bin", 0.9), "length"),
        damage(
            "the segment is missing", data -> FileTree.delete(Fixture.persistedSegment(data)), ""),
        damage("two segments are swapped", DamagedSourceTest::swapSegments, ""));
  }

  private static Arguments damage(String what, Damage damage, String file) {
    return arguments(what, damage, file);
  }

  private static Damage segment(String file, double keep) {
    return data -> cut(Fixture.persistedSegment(data).resolve(file), keep);
  }

  private static Damage missing(String file) {
    return data -> Files.delete(Fixture.persistedSegment(data).resolve(file));
  }

  private static void cut(Path file, double keep) throws IOException {
    byte[] content = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(content, (int) (content.length * keep)));
  }

  private static void swapSegments(Path data) throws IOException {
    Path one = Fixture.persistedSegment(data);
    Path other;
    try (Stream<Path> children = Files.list(data)) {
      other =
          children
              .filter(Files::isDirectory)
              .filter(child -> !child.equals(one) && isReferenced(data, child))
              .findFirst()
              .orElseThrow();
    }
    Path aside = data.resolveSibling("aside");
    Files.move(one, aside);
    Files.move(other, one);
    Files.move(aside, other);
  }

  private static boolean isReferenced(Path data, Path segment) {
    try {
      String database =
          new String(
              Files.readAllBytes(data.resolve("chroma.sqlite3")),
              java.nio.charset.StandardCharsets.ISO_8859_1);
      return database.contains(segment.getFileName().toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damages")
  void damageIsRefusedByCollectionAndFault(String what, Damage damage, String file)
      throws IOException {
    damage.of(data);
    Map<String, Integer> before = Fixture.content(data);

    assertThatThrownBy(() -> backups.backup(LocalChroma.at(data)))
        .isInstanceOf(ChromaBackupException.SourceDamaged.class)
        .hasMessageContaining(data.toString())
        .hasMessageContaining(Fixture.ARTICLES)
        .hasMessageContaining(file)
        .hasMessageContaining("salvage");
    assertThat(backups.list()).isEmpty();
    assertThat(Fixture.content(data)).isEqualTo(before);
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(doubles = {0, 0.001, 0.3, 0.5, 0.9, 0.999})
  void aDatabaseThatIsCutShortIsRefused(double keep) throws IOException {
    cut(data.resolve("chroma.sqlite3"), keep);

    assertThatThrownBy(() -> backups.backup(LocalChroma.at(data)))
        .isInstanceOf(ChromaBackupException.SourceDamaged.class)
        .hasMessageContaining("chroma.sqlite3");
    assertThat(backups.list()).isEmpty();
  }

  // what is no Chroma directory at all

  @Test
  void anEmptyDirectoryIsRefused() throws IOException {
    Path empty = Files.createDirectory(directory.resolve("empty"));

    assertThatThrownBy(() -> backups.backup(LocalChroma.at(empty)))
        .isInstanceOf(ChromaBackupException.NotChroma.class)
        .hasMessageContaining("it is empty")
        .hasMessageContaining("persist_path");
  }

  @Test
  void aDirectoryWithoutADatabaseIsRefused() throws IOException {
    Files.delete(data.resolve("chroma.sqlite3"));

    assertThatThrownBy(() -> backups.backup(LocalChroma.at(data)))
        .isInstanceOf(ChromaBackupException.NotChroma.class)
        .hasMessageContaining("there is no chroma.sqlite3");
  }

  @Test
  void aMissingDirectoryAndAFileAreRefused() {
    assertThatThrownBy(() -> backups.backup(LocalChroma.at(directory.resolve("nowhere"))))
        .isInstanceOf(ChromaBackupException.NotChroma.class)
        .hasMessageContaining("nowhere");
    assertThatThrownBy(() -> backups.backup(LocalChroma.at(data.resolve("chroma.sqlite3"))))
        .isInstanceOf(ChromaBackupException.NotChroma.class)
        .hasMessageContaining("not a directory");
  }

  @Test
  void dataThatVanishedIsRefusedUnlessItIsMeant() throws Exception {
    BackupReport full = backups.backup(LocalChroma.at(data));
    Path fresh = freshDatabase();

    assertThatThrownBy(() -> backups.backup(LocalChroma.at(data)))
        .isInstanceOf(ChromaBackupException.NoDocuments.class)
        .hasMessageContaining(full.archive().name().toString())
        .hasMessageContaining("1182");
    BackupReport meant =
        backups.backup(LocalChroma.at(data), BackupOptions.defaults().allowEmpty());

    assertThat(fresh).exists();
    assertThat(meant.documents()).isZero();
    assertThat(meant.warnings()).anyMatch(warning -> warning.contains("has no documents"));
  }

  /** As when a newer image looks for its data where there is none. */
  @Test
  void soIsDataThatVanishedWithThePlaceItWasIn() throws Exception {
    String before = LocalChroma.at(data).source().describe();
    backups.backup(LocalChroma.at(data));
    freshDatabase();
    Path elsewhere = Files.move(data, directory.resolve("elsewhere"));
    ChromaDeployment moved = LocalChroma.at(elsewhere);

    assertThatThrownBy(
            () -> backups.backup(ChromaDeployment.of(once(moved, before), moved.target())))
        .isInstanceOf(ChromaBackupException.NoDocuments.class)
        .hasMessageContaining("1182");
    assertThat(backups.backup(moved).documents()).isZero();
  }

  private static BackupSource once(ChromaDeployment moved, String before) {
    return new BackupSource() {
      @Override
      public String describe() {
        return moved.source().describe();
      }

      @Override
      public boolean wasOnce(String source) {
        return source.equals(before) || source.equals(describe());
      }

      @Override
      public SourceProbe probe() throws IOException {
        return moved.source().probe();
      }

      @Override
      public DataContents contents(Path scratch) throws IOException {
        return moved.source().contents(scratch);
      }

      @Override
      public void copyTo(EntrySink sink, Quiet quiet, Path scratch) throws IOException {
        moved.source().copyTo(sink, quiet, scratch);
      }
    };
  }

  /** What a server makes when its volume was lost: all tables, nothing in them. */
  private Path freshDatabase() throws Exception {
    FileTree.delete(Fixture.persistedSegment(data));
    Path database = data.resolve("chroma.sqlite3");
    try (var connection = java.sql.DriverManager.getConnection("jdbc:sqlite:" + database);
        var statement = connection.createStatement()) {
      for (String table :
          new String[] {
            "embeddings",
            "embedding_metadata",
            "embeddings_queue",
            "max_seq_id",
            "segments",
            "segment_metadata",
            "collection_metadata",
            "collections"
          }) {
        statement.executeUpdate("DELETE FROM " + table);
      }
      statement.executeUpdate("DELETE FROM embedding_fulltext_search");
    }
    return database;
  }

  // salvage

  @Test
  void damagedDataIsSavedOnRequestAndTheArchiveSaysSo() throws IOException {
    cut(Fixture.persistedSegment(data).resolve("index_metadata.pickle"), 0.5);

    BackupReport report = backups.backup(LocalChroma.at(data), BackupOptions.defaults().salvage());

    assertThat(report.manifest().isSound()).isFalse();
    assertThat(report.manifest().faults()).anyMatch(fault -> fault.contains(Fixture.ARTICLES));
    assertThat(report.warnings()).anyMatch(warning -> warning.contains("damaged"));
    VerifyReport verified = backups.verify(report.archive().name());
    assertThat(verified.isSound()).isFalse();
  }

  /** The database says that the directory is a deleted collection's, and may be wrong. */
  @Test
  void vectorsThatADamagedDatabaseDoesNotKnowAreSavedToo() throws Exception {
    String segment = String.valueOf(Fixture.persistedSegment(data).getFileName());
    try (var connection =
            java.sql.DriverManager.getConnection("jdbc:sqlite:" + data.resolve("chroma.sqlite3"));
        var statement = connection.createStatement()) {
      statement.executeUpdate("DELETE FROM segments WHERE id = '" + segment + "'");
    }
    RecordingService service = new RecordingService("chroma");

    BackupReport report =
        backups.backup(
            LocalChroma.at(data).heldBy(service),
            BackupOptions.defaults().salvage().quiet(Quiet.PAUSE));

    assertThat(report.manifest().isSound()).isFalse();
    assertThat(report.manifest().files())
        .anyMatch(file -> file.entry().path().equals(segment + "/data_level0.bin"));
  }

  @Test
  void damagedDataIsRestoredOnExplicitRequestOnly() throws IOException {
    cut(Fixture.persistedSegment(data).resolve("index_metadata.pickle"), 0.5);
    ArchiveName archive =
        backups.backup(LocalChroma.at(data), BackupOptions.defaults().salvage()).archive().name();
    Path restored = directory.resolve("restored");

    assertThatThrownBy(() -> backups.restore(archive, LocalChroma.at(restored)))
        .isInstanceOf(ChromaBackupException.ArchiveSalvaged.class)
        .hasMessageContaining("allowDamaged");
    assertThat(restored).doesNotExist();

    RestoreReport report =
        backups.restore(
            archive, LocalChroma.at(restored), RestoreOptions.defaults().allowDamaged());
    assertThat(report.warnings()).anyMatch(warning -> warning.contains("damaged"));
    assertThat(restored.resolve("chroma.sqlite3")).exists();
  }

  @Test
  void salvagedDataNeverCountsAsAGoodArchive() throws IOException {
    ChromaBackup keepingOne =
        ChromaBackup.builder(LocalArchiveStore.in(directory.resolve("backups")))
            .retention(RetentionPolicy.keepLast(1))
            .build();
    ArchiveName good = keepingOne.backup(LocalChroma.at(data)).archive().name();
    Files.delete(Fixture.persistedSegment(data).resolve("header.bin"));
    for (int i = 0; i < 3; i++) {
      keepingOne.backup(LocalChroma.at(data), BackupOptions.defaults().salvage());
    }

    keepingOne.prune();

    assertThat(keepingOne.list()).extracting(ArchiveListing::name).contains(good);
  }

  /** Chroma may leave an index whose end is far behind what is in it. */
  @Test
  void longRunsOfZerosTakeNoRoomAndAreThereAgainAfterARestore() throws IOException {
    Path links = Fixture.persistedSegment(data).resolve("link_lists.bin");
    long size = 300L << 20;
    try (FileChannel channel = FileChannel.open(links, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), size - 1);
    }

    BackupReport report = backups.backup(LocalChroma.at(data), BackupOptions.defaults().salvage());
    Path restored = directory.resolve("restored");
    backups.restore(
        report.archive().name(),
        LocalChroma.at(restored),
        RestoreOptions.defaults().allowDamaged());

    assertThat(report.manifest().bytes()).isGreaterThan(size);
    assertThat(report.manifest().allocated()).isLessThan(8L << 20);
    assertThat(report.archive().size()).isLessThan(8L << 20);
    assertThat(LocalChroma.at(restored).source().probe().bytes()).isLessThan(200L << 20);
    assertThat(Files.mismatch(links, Fixture.persistedSegment(restored).resolve("link_lists.bin")))
        .isEqualTo(-1);
  }

  // what only a thorough inspection sees

  @Test
  void aDamagedFullTextIndexIsForTheThoroughInspection() throws Exception {
    damageFullTextIndex();

    assertThatThrownBy(
            () ->
                backups.backup(
                    LocalChroma.at(data),
                    BackupOptions.defaults().inspection(Thoroughness.THOROUGH)))
        .isInstanceOf(ChromaBackupException.SourceDamaged.class);

    BackupReport report = backups.backup(LocalChroma.at(data));
    assertThat(report.manifest().inspection()).isEqualTo(Thoroughness.FAST);
    ArchiveName archive = report.archive().name();
    assertThat(backups.verify(archive).isSound()).isTrue();
    assertThat(backups.verify(archive).inspection()).isEqualTo(Thoroughness.FAST);
    assertThat(backups.verify(archive, Thoroughness.THOROUGH).faults())
        .isNotEmpty()
        .allMatch(fault -> fault.contains("SQLite says"));
  }

  /** A fast inspection would see nothing wrong with it. */
  @Test
  void whatWasSalvagedIsInspectedAsThoroughlyAsWhenItWas() throws Exception {
    damageFullTextIndex();
    BackupOptions salvage = BackupOptions.defaults().inspection(Thoroughness.THOROUGH).salvage();
    ArchiveName archive = backups.backup(LocalChroma.at(data), salvage).archive().name();

    assertThat(backups.verify(archive).isSound()).isFalse();
    assertThatThrownBy(() -> backups.restore(archive, LocalChroma.at(directory.resolve("there"))))
        .isInstanceOf(ChromaBackupException.ArchiveSalvaged.class);
  }

  private void damageFullTextIndex() throws Exception {
    try (var connection =
            java.sql.DriverManager.getConnection("jdbc:sqlite:" + data.resolve("chroma.sqlite3"));
        var statement = connection.createStatement()) {
      statement.executeUpdate(
          "UPDATE embedding_fulltext_search_data SET block = x'00' WHERE id > 10");
    }
  }
}
