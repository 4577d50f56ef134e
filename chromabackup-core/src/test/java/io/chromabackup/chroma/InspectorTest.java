package io.chromabackup.chroma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.jr.ob.JSON;
import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is healthy must pass, however odd it looks. */
class InspectorTest {
  @TempDir Path temporary;

  private Sample real;

  @BeforeEach
  void copyRealDirectory() throws Exception {
    real = Sample.real(temporary);
  }

  @Test
  void aRealDirectoryIsSoundAndIsCountedLikeItsServerDoes() throws Exception {
    Inspection inspection = real.inspect();

    assertThat(inspection.faults()).isEmpty();
    assertThat(inspection.isSound()).isTrue();
    assertThat(inspection.collections())
        .extracting(
            CollectionState::tenant,
            CollectionState::database,
            CollectionState::name,
            CollectionState::space,
            CollectionState::dimension,
            CollectionState::documents)
        .containsExactlyInAnyOrderElementsOf(expected());
    assertThat(inspection.schema().versions())
        .isEqualTo(Map.of("sysdb", 10, "metadb", 6, "embeddings_queue", 2));
  }

  private static List<Tuple> expected() throws IOException {
    Map<String, Object> json =
        JSON.std.mapFrom(Files.readString(Sample.REAL.resolveSibling("expected.json")));
    return ((List<?>) json.get("collections"))
        .stream().map(collection -> expected((Map<?, ?>) collection)).toList();
  }

  private static Tuple expected(Map<?, ?> collection) {
    Integer dimension = (Integer) collection.get("dimension");
    return tuple(
        collection.get("tenant"),
        collection.get("database"),
        collection.get("name"),
        collection.get("space"),
        dimension == null ? OptionalInt.empty() : OptionalInt.of(dimension),
        ((Number) collection.get("count")).longValue());
  }

  @Test
  void whatIsStillQueuedIsCounted() throws Exception {
    long queued =
        real.number(
            """
            SELECT count(*) FROM embeddings_queue q JOIN collections c ON q.topic LIKE '%/' || c.id
            WHERE c.name = 'articles' AND q.seq_id > (SELECT m.seq_id FROM max_seq_id m
              JOIN segments s ON s.id = m.segment_id WHERE s.collection = c.id AND scope = 'VECTOR')
            """);

    assertThat(queued).isPositive();
    assertThat(collection("articles").pending()).isEqualTo(queued);
    assertThat(collection("notes").pending()).isEqualTo(65);
  }

  @Test
  void whatTheIndexHasTakenInIsNotPendingThoughItIsStillQueued() throws Exception {
    long before = collection("articles").pending();
    real.sql(
        "UPDATE max_seq_id SET seq_id = (SELECT min(q.seq_id) FROM embeddings_queue q"
            + " JOIN collections c ON q.topic LIKE '%/' || c.id WHERE c.name = 'articles'"
            + " AND q.seq_id > (SELECT m.seq_id FROM max_seq_id m WHERE m.segment_id = '"
            + real.index("articles").getFileName()
            + "')) WHERE segment_id = '"
            + real.index("articles").getFileName()
            + "'");

    assertThat(collection("articles").pending()).isEqualTo(before - 1);
  }

  private CollectionState collection(String name) throws IOException {
    return real.inspect().collections().stream()
        .filter(state -> state.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatTheRecordsHaveYetToTakeInIsCounted() throws Exception {
    long before = collection("notes").documents();
    String segment =
        real.text(
            "SELECT s.id FROM segments s JOIN collections c ON c.id = s.collection"
                + " WHERE c.name = 'notes' AND scope = 'METADATA'");
    real.sql(
        "DELETE FROM max_seq_id WHERE segment_id = '" + segment + "'",
        "DELETE FROM embeddings WHERE segment_id = '" + segment + "'");

    assertThat(real.inspect().faults()).isEmpty();
    assertThat(collection("notes").documents()).isEqualTo(before);
  }

  @Test
  void theDirectoriesOfDeletedCollectionsAreListedAndAreNoFault() throws Exception {
    String orphan = "12345678-1234-1234-1234-123456789abc";
    Files.createDirectory(real.directory.resolve(orphan));
    Files.createDirectory(real.directory.resolve("lost+found"));

    assertThat(real.inspect().orphanSegments()).hasSize(2).contains(orphan);
    assertThat(real.inspect().isSound()).isTrue();
  }

  @Test
  void aFileOfSuchANameIsNoDirectoryOfACollection() throws Exception {
    String name = "00000000-0000-0000-0000-000000000001";
    Files.createFile(real.directory.resolve(name));

    assertThat(real.inspect().orphanSegments()).isNotEmpty().doesNotContain(name);
  }

  @Test
  void nothingIsChangedAndNothingIsLeftBehind() throws Exception {
    Map<String, String> before = Sample.contents(real.directory);

    real.inspect();

    assertThat(Sample.contents(real.directory)).isEqualTo(before);
    assertThat(real.scratch).isEmptyDirectory();
  }

  @Test
  void aDirectoryOnAnotherFileSystemIsInspectedAlike() throws Exception {
    try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
      Sample elsewhere = Sample.copy(real.directory, memory.getPath("/data"), temporary);

      assertThat(elsewhere.inspect()).isEqualTo(real.inspect());
      assertThat(elsewhere.scratch).isEmptyDirectory();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a?mode=rwc", "a#b", "100%", "a%20b", "höh-ß-日本"})
  void anyPathWillDo(String name) throws Exception {
    Sample odd = Sample.copy(real.directory, temporary.resolve(name), temporary.resolve(name));

    assertThat(odd.inspect()).isEqualTo(real.inspect());
  }

  @Test
  void aCollectionThatWasNeverSavedNeedsNoDirectory() throws Exception {
    Path index = real.index("notes");
    io.chromabackup.files.FileTree.delete(index);

    assertThat(real.inspect().faults()).isEmpty();

    Files.createDirectory(index);

    assertThat(real.inspect().faults()).isEmpty();
  }

  @Test
  void roomForMoreVectorsThanThereAreIsNoFault() throws Exception {
    Path header = real.index("articles").resolve("header.bin");
    ByteBuffer bytes = Sample.buffer(header);
    bytes.putLong(12, 1_000_000);
    Files.write(header, bytes.array());
    Sample.append(header.resolveSibling("data_level0.bin"), 5000);
    Sample.append(header.resolveSibling("length.bin"), 400);

    assertThat(real.inspect().faults()).isEmpty();
  }

  @Test
  void anUnknownDimensionIsNoFault() throws Exception {
    real.sql("UPDATE collections SET dimension = NULL");

    assertThat(real.inspect().faults()).isEmpty();
  }

  @Test
  void aSaveThatFinishedBeforeItWasNotedIsNoFault() throws Exception {
    String index = real.index("articles").getFileName().toString();
    real.sql("UPDATE max_seq_id SET seq_id = seq_id - 1 WHERE segment_id = '" + index + "'");

    assertThat(real.inspect().faults()).isEmpty();
  }

  @Test
  void aNewerSchemaThatHasWhatIsNeededIsNoFault() throws Exception {
    real.sql(
        "ALTER TABLE collections ADD COLUMN colour TEXT",
        "CREATE TABLE novelty (id)",
        "INSERT INTO migrations VALUES ('sysdb', 99, '', '', ''), ('novelty', 1, '', '', '')");

    Inspection inspection = real.inspect();

    assertThat(inspection.faults()).isEmpty();
    assertThat(inspection.schema().versions())
        .containsEntry("sysdb", 99)
        .containsEntry("novelty", 1);
  }

  @Test
  void whatPythonLeftIsSound() throws Exception {
    Inspection inspection = Sample.python(temporary.resolve("python")).inspect();

    assertThat(inspection.faults()).isEmpty();
    assertThat(inspection.collections())
        .extracting(
            CollectionState::name,
            CollectionState::space,
            CollectionState::documents,
            CollectionState::pending)
        .containsExactly(tuple("old", "cosine", 1100L, 20L));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void olderPicklesOfPythonAreRead(int protocol) throws Exception {
    Sample python = Sample.python(temporary.resolve("python"));
    Files.write(
        python.index("old").resolve("index_metadata.pickle"),
        Files.readAllBytes(Sample.resource("python-protocol-" + protocol + ".pickle")));

    assertThat(python.inspect().faults()).isEmpty();
    assertThat(python.inspect().collections().get(0).pending()).isEqualTo(20);
  }

  @Test
  void longSequenceNumbersAreRead() throws Exception {
    Sample python = Sample.python(temporary.resolve("python"));
    python.sql(
        "INSERT INTO max_seq_id VALUES ('%s', x'%048x')"
            .formatted(python.index("old").getFileName(), 1080));
    python.sql(
        "UPDATE max_seq_id SET seq_id = 1100 WHERE typeof(seq_id) = 'blob' AND length(seq_id) = 8");

    assertThat(python.inspect().faults()).isEmpty();
    assertThat(python.inspect().collections().get(0).pending()).isEqualTo(20);
  }

  @Test
  void beforeTenantsAndDatabasesEverythingWasInTheDefaultOnes() throws Exception {
    Sample python = Sample.python(temporary.resolve("python"));
    python.sql(
        "CREATE TABLE earlier AS SELECT id, name, dimension FROM collections",
        "DROP TABLE collections",
        "DROP TABLE databases",
        "DROP TABLE tenants",
        "ALTER TABLE earlier RENAME TO collections");

    assertThat(python.inspect().faults()).isEmpty();
    assertThat(python.inspect().collections().get(0).qualifiedName())
        .isEqualTo("default_tenant/default_database/old");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"vector_index\":{\"hnsw\":{\"space\":\"cosine\"}},\"embedding_function\":null}",
        "{\"hnsw_configuration\":{\"space\":\"cosine\",\"_type\":\"HNSWConfigurationInternal\"}}"
      })
  void theDistanceIsFoundInOlderConfigurations(String configuration) throws Exception {
    real.sql(
        "UPDATE collections SET schema_str = NULL, config_json_str = '" + configuration + "'",
        "ALTER TABLE collections DROP COLUMN schema_str");

    assertThat(real.inspect().collections())
        .extracting(CollectionState::space)
        .containsOnly("cosine");
  }

  @Test
  void theDistanceIsFoundInMetadataAndIsL2ElseWhatever() throws Exception {
    real.sql("UPDATE collections SET schema_str = 'no JSON', config_json_str = NULL");
    real.sql(
        "INSERT INTO collection_metadata (collection_id, key, str_value) SELECT id, 'hnsw:space', 'ip' FROM collections WHERE name = 'notes'");

    assertThat(collection("notes").space()).isEqualTo("ip");
    assertThat(collection("articles").space()).isEqualTo("l2");
  }

  @Test
  void anInterruptEndsItAndLeavesNothingBehind() throws Exception {
    Thread.currentThread().interrupt();

    assertThatThrownBy(real::inspect).isInstanceOf(InterruptedIOException.class);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(real.scratch).isEmptyDirectory();
  }
}
