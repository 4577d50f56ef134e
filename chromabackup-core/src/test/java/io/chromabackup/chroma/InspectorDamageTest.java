package io.chromabackup.chroma;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.files.FileTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.Random;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is damaged must be found, and said in words. */
class InspectorDamageTest {
  private static final String ARTICLES = "default_tenant/default_database/articles";

  @TempDir Path temporary;

  private Sample sample;
  private Path index;

  @BeforeEach
  void copyRealDirectory() throws Exception {
    sample = Sample.real(temporary);
    index = sample.index("articles");
  }

  private ListAssert<String> problems() throws IOException {
    return assertThat(sample.inspect().faults().stream().map(Fault::toString).toList());
  }

  private void assertFault(String file, String... words) throws IOException {
    assertThat(sample.inspect().faults())
        .anySatisfy(
            fault -> {
              assertThat(fault.collection()).isEqualTo(ARTICLES);
              assertThat(fault.file()).isEqualTo(index.getFileName() + "/" + file);
              assertThat(words).allSatisfy(word -> assertThat(fault.problem()).contains(word));
            });
  }

  // The database.

  @Test
  void anEmptyDirectoryIsNoDataDirectory() throws Exception {
    FileTree.delete(sample.directory);
    Files.createDirectory(sample.directory);

    problems().containsExactly("chroma.sqlite3: is missing: this is not a Chroma data directory");
  }

  @Test
  void aDirectoryWithoutDatabaseIsNoDataDirectory() throws Exception {
    Files.delete(sample.database());

    problems().hasSize(1).allMatch(problem -> problem.startsWith("chroma.sqlite3: is missing"));
    assertThat(sample.scratch).isEmptyDirectory();
  }

  @Test
  void anEmptyDatabaseIsFound() throws Exception {
    Files.write(sample.database(), new byte[0]);

    problems().containsExactly("chroma.sqlite3: is empty (0 bytes)");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 50, 99, 100, 101, 512, 4096, 5000, 65536, 300000, 500000, 532479})
  void aTruncatedDatabaseIsFound(int size) throws Exception {
    sample.truncate(sample.database(), size);

    problems().isNotEmpty();
    assertThat(sample.scratch).isEmptyDirectory();
  }

  @Test
  void garbageInPlaceOfADatabaseIsFound() throws Exception {
    byte[] garbage = new byte[100_000];
    new Random(1).nextBytes(garbage);
    Files.write(sample.database(), garbage);

    problems().hasSize(1).allMatch(problem -> problem.contains("not a database"));
  }

  @Test
  void anyOverwrittenPageIsFoundOrHarmless() throws Exception {
    byte[] intact = Files.readAllBytes(sample.database());
    long documents = sample.inspect().documents();
    for (int page = 0; page < intact.length / 4096; page += 5) {
      byte[] damaged = intact.clone();
      new Random(page).nextBytes(damaged);
      System.arraycopy(intact, 0, damaged, 0, page * 4096);
      System.arraycopy(
          intact, (page + 1) * 4096, damaged, (page + 1) * 4096, intact.length - (page + 1) * 4096);
      Files.write(sample.database(), damaged);

      Inspection inspection = sample.inspect();

      assertThat(!inspection.isSound() || inspection.documents() == documents).isTrue();
    }
  }

  @Test
  void aJournalThatDoesNotHelpIsTold() throws Exception {
    byte[] garbage = new byte[100_000];
    new Random(1).nextBytes(garbage);
    garbage[18] = 2; // as of a database with a write-ahead log
    Files.write(sample.database(), garbage);

    problems()
        .anyMatch(problem -> problem.contains("its journal is of no use"))
        .anyMatch(problem -> problem.contains("not a database"));
  }

  @Test
  void aDatabaseOfSomethingElseIsFound() throws Exception {
    Files.delete(sample.database());
    sample.sql("CREATE TABLE recipes (id)");

    problems().hasSize(1).allMatch(problem -> problem.contains("not a database of Chroma"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"embeddings", "embeddings_queue", "collections", "segments", "max_seq_id"})
  void aMissingTableIsNamed(String table) throws Exception {
    sample.sql("DROP TABLE " + table);

    problems().hasSize(1).allMatch(problem -> problem.contains("lacks " + table + ":"));
  }

  @Test
  void aMissingColumnIsNamedTogetherWithTheSchema() throws Exception {
    sample.sql("ALTER TABLE embeddings RENAME COLUMN embedding_id TO key");

    problems()
        .hasSize(1)
        .allMatch(
            problem ->
                problem.contains("lacks embeddings.embedding_id") && problem.contains("sysdb 10"));
  }

  @Test
  void aViewIsNoTable() throws Exception {
    sample.sql(
        "ALTER TABLE embeddings RENAME TO hidden",
        "CREATE VIEW embeddings AS WITH RECURSIVE r(segment_id, embedding_id) AS"
            + " (SELECT '', '' UNION ALL SELECT segment_id, embedding_id FROM r) SELECT * FROM r");

    problems().hasSize(1).allMatch(problem -> problem.contains("lacks embeddings:"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"databases", "collection_metadata", "segment_metadata"})
  void otherMissingTablesAreFaultsToo(String table) throws Exception {
    sample.sql("DROP TABLE " + table);

    problems().hasSize(1).allMatch(problem -> problem.contains("lacks " + table));
  }

  @Test
  void aDamagedFullTextIndexIsFound() throws Exception {
    sample.sql("UPDATE embedding_fulltext_search_data SET block = x'00' WHERE id > 10");

    problems().isNotEmpty().allMatch(problem -> problem.contains("SQLite says"));
    assertThat(sample.inspect().collections()).hasSize(5);
  }

  /** Another version of SQLite leaves such an index: it takes the document apart in another way. */
  @Test
  void aFullTextIndexIsNotHeldAgainstADocumentWithANul() throws Exception {
    String change = "UPDATE embedding_fulltext_search_content SET c0 = c0 || %s WHERE id = 1";
    sample.sql(change.formatted("' and more'"));
    problems().hasSize(1).allMatch(problem -> problem.contains("malformed inverted index"));

    sample.sql(change.formatted("char(0) || 'and more'"));

    assertThat(sample.inspect().faults()).isEmpty();
  }

  @Test
  void whatIsInsideAFullTextIndexIsForTheThoroughInspection() throws Exception {
    sample.sql("UPDATE embedding_fulltext_search_data SET block = x'00' WHERE id > 10");

    assertThat(sample.inspectFast().faults()).isEmpty();
    assertThat(sample.inspectFast().collections()).isEqualTo(sample.inspect().collections());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "embeddings",
        "embedding_metadata",
        "embedding_metadata_string_value",
        "embedding_fulltext_search_data",
        "embedding_fulltext_search_content"
      })
  void aDamagedPageOfATableOrIndexIsFoundFastToo(String name) throws Exception {
    long page = sample.number("SELECT max(pageno) FROM dbstat WHERE name = '%s'".formatted(name));
    Sample.flip(sample.database(), (page - 1) * 4096, 0xff);

    assertThat(sample.inspectFast().faults())
        .isNotEmpty()
        .allMatch(fault -> fault.toString().contains("SQLite says"));
  }

  /** As in a copy whose pages are of different times. */
  @Test
  void aPageThatTwoTablesHaveIsFoundFastToo() throws Exception {
    sample.sql(
        "CREATE TABLE other AS SELECT 1 AS one",
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET rootpage ="
            + " (SELECT rootpage FROM sqlite_schema WHERE name = 'tenants') WHERE name = 'other'");

    assertThat(sample.inspectFast().faults())
        .singleElement()
        .asString()
        .contains("belong to two tables");
    assertThat(sample.inspect().faults()).isNotEmpty();
  }

  @Test
  void aCollectionWithoutSegmentsIsFound() throws Exception {
    sample.sql(
        "DELETE FROM segments WHERE collection = (SELECT id FROM collections WHERE name = 'articles')");

    problems()
        .anyMatch(problem -> problem.contains(ARTICLES) && problem.contains("no METADATA row"))
        .anyMatch(problem -> problem.contains(ARTICLES) && problem.contains("no VECTOR row"));
  }

  @Test
  void anUnknownKindOfIndexIsNotPassedOffAsChecked() throws Exception {
    sample.sql(
        "UPDATE segments SET type = 'urn:chroma:segment/vector/spann' WHERE scope = 'VECTOR'");

    problems().hasSize(5).allMatch(problem -> problem.contains("were not checked"));
  }

  @Test
  void aSegmentIdIsNoWayOutOfTheDirectory() throws Exception {
    sample.sql("UPDATE segments SET id = '../../etc' WHERE id = '" + index.getFileName() + "'");

    problems().hasSize(1).allMatch(problem -> problem.contains("unknown"));
  }

  @Test
  void hostileValuesAreNoExceptions() throws Exception {
    sample.sql(
        "INSERT INTO collections (id, name, database_id) VALUES (NULL, 'n', 'none'), ('x', 'y', 'none')",
        "INSERT INTO segments VALUES (NULL, '', 'VECTOR', 'x')",
        "INSERT INTO max_seq_id VALUES (NULL, NULL), ('x', NULL)",
        "UPDATE collections SET dimension = 'wide'");

    problems().isNotEmpty();
  }

  @Test
  void aWatermarkThatIsNoNumberIsAFault() throws Exception {
    sample.sql("UPDATE max_seq_id SET seq_id = 'later'");

    problems().hasSize(1).allMatch(problem -> problem.contains("max_seq_id"));
  }

  @Test
  void aWatermarkOfATypeThatServersOfItsSchemaCannotReadIsAFault() throws Exception {
    sample.sql(
        "UPDATE max_seq_id SET seq_id = x'0000000000000001' WHERE segment_id = '"
            + index.getFileName()
            + "'");

    problems().anyMatch(problem -> problem.contains(ARTICLES) && problem.contains("as a BLOB"));
  }

  /** What migration 5 of metadb makes of the integer 502498. */
  @Test
  void aWatermarkThatNoQueueReachesIsAFault() throws Exception {
    sample.sql("UPDATE max_seq_id SET seq_id = 1229822654365841720");

    problems().anyMatch(problem -> problem.contains("and never takes it in"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "-1", "'add'"})
  void aQueuedRowThatDoesWhatNoServerKnowsIsAFault(String operation) throws Exception {
    sample.sql(
        "UPDATE embeddings_queue SET operation = %s WHERE seq_id = (SELECT max(seq_id) FROM embeddings_queue)"
            .formatted(operation));

    problems().anyMatch(problem -> problem.contains("an operation that Chroma does not know"));
  }

  // Records against vectors.

  @Test
  void recordsWithoutVectorAreCountedAndNamed() throws Exception {
    sample.sql(
        "INSERT INTO embeddings (segment_id, embedding_id, seq_id) SELECT s.id, 'lost-' || v.value, 1"
            + " FROM segments s JOIN collections c ON c.id = s.collection, json_each('[1,2,3,4]') v"
            + " WHERE c.name = 'articles' AND s.scope = 'METADATA'");

    problems()
        .containsExactly(
            "collection "
                + ARTICLES
                + ": chroma.sqlite3: 4 of 1,094 records have no vector, neither saved nor queued:"
                + " lost-1, lost-2, lost-3, ...");
  }

  @Test
  void vectorsWithoutRecordAreCountedAndNamed() throws Exception {
    sample.sql(
        "DELETE FROM embeddings WHERE embedding_id IN ('r200', 'r201') AND segment_id IN"
            + " (SELECT s.id FROM segments s JOIN collections c ON c.id = s.collection WHERE c.name = 'articles')");

    problems()
        .containsExactly(
            "collection " + ARTICLES + ": chroma.sqlite3: 2 vectors have no record: r200, r201");
  }

  @Test
  void queuedRowsThatWerePurgedTooEarlyAreFound() throws Exception {
    sample.sql("DELETE FROM embeddings_queue");

    problems()
        .hasSizeGreaterThan(3)
        .anyMatch(problem -> problem.contains("60 of 60 records have no vector"));
  }

  @Test
  void aDatabaseThatIsNewerThanTheIndexIsFound() throws Exception {
    sample.sql(
        "UPDATE max_seq_id SET seq_id = (SELECT max(seq_id) FROM embeddings_queue) WHERE segment_id = '"
            + index.getFileName()
            + "'");

    problems().anyMatch(problem -> problem.contains("have no vector"));
  }

  // The index.

  @Test
  void aMissingIndexIsFound() throws Exception {
    FileTree.delete(index);

    problems()
        .hasSize(1)
        .allMatch(
            problem ->
                problem.contains(
                    ARTICLES
                        + ": "
                        + index.getFileName()
                        + ": is missing, but vectors were saved"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "header.bin",
        "data_level0.bin",
        "length.bin",
        "link_lists.bin",
        "index_metadata.pickle"
      })
  void aMissingFileIsFound(String file) throws Exception {
    Files.delete(index.resolve(file));

    assertFault(file, "is missing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "header.bin",
        "data_level0.bin",
        "length.bin",
        "link_lists.bin",
        "index_metadata.pickle"
      })
  void aFileThatWasCutAnywhereIsFound(String file) throws Exception {
    byte[] intact = Files.readAllBytes(index.resolve(file));
    for (int cut = 0; cut <= 10; cut++) {
      sample.truncate(index.resolve(file), Math.min(intact.length - 1, intact.length * cut / 10));

      assertFault(file);

      Files.write(index.resolve(file), intact);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "header.bin,not 100",
    "link_lists.bin,after the last",
    "index_metadata.pickle,follow its end"
  })
  void whatIsTooMuchIsFound(String file, String words) throws Exception {
    Sample.append(index.resolve(file), 8);

    assertFault(file, words);
  }

  /** Offsets of the header's fields, but for the three that only matter to searching. */
  @ParameterizedTest
  @ValueSource(ints = {0, 4, 12, 20, 28, 36, 44, 52, 56, 60, 68, 76})
  void nonsenseInTheHeaderIsFoundAndNotBelieved(int offset) throws Exception {
    for (long nonsense :
        new long[] {-1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 40, 0x7fffffff_7fffffffL}) {
      ByteBuffer header =
          Sample.buffer(Sample.REAL.resolve(index.getFileName()).resolve("header.bin"));
      if (offset == 12 && nonsense > 0) {
        continue; // so much room is not impossible
      }
      header.putInt(offset, (int) (nonsense >>> 32));
      if (offset != 0 && offset != 52 && offset != 56) {
        header.putLong(offset, nonsense);
      }
      Files.write(index.resolve("header.bin"), header.array());

      assertThat(sample.inspect().isSound()).as("%x at %d", nonsense, offset).isFalse();
    }
  }

  @Test
  void anIndexOfAnotherDimensionIsFound() throws Exception {
    sample.sql("UPDATE collections SET dimension = 9 WHERE name = 'articles'");

    assertFault("header.bin", "length 8", "length 9", "another collection");
  }

  @Test
  void swappedIndexesAreFound() throws Exception {
    Sample.swap(index, sample.index("notes"));

    problems()
        .anyMatch(problem -> problem.contains(ARTICLES))
        .anyMatch(problem -> problem.contains("default_database/notes"));
  }

  @Test
  void aVectorThatIsMarkedAsDeletedThoughListedIsFound() throws Exception {
    Path vectors = index.resolve("data_level0.bin");
    Sample.flip(vectors, 500 * 108 + 2, 1);

    assertFault("data_level0.bin", "lacks 1 of the 990 vectors", "marked as deleted: r");
    problems().hasSize(1);
  }

  @Test
  void aVectorThatIsMarkedAndOneThatIsNotListedAreTwoFaults() throws Exception {
    addVector();
    Sample.flip(index.resolve("data_level0.bin"), 500 * 108 + 2, 1);

    assertFault("data_level0.bin", "lacks 1 of the 990 vectors");
    assertFault("data_level0.bin", "holds 1 vectors that");
    problems().hasSize(2);
  }

  @Test
  void idsThatLeadToALabelThatDoesNotLeadBackAreFound() throws Exception {
    Path pickle = index.resolve("index_metadata.pickle");
    int lastDigit = (int) Files.size(pickle) - "uX....id_to_seq_id}u.".length() - 1;
    Sample.flip(pickle, lastDigit - 1, 1);

    assertFault("index_metadata.pickle", "contradicts itself: ids and labels do not match");
  }

  /** One that has no id. */
  private void addVector() throws IOException {
    ByteBuffer header = Sample.buffer(index.resolve("header.bin"));
    header.putLong(20, 991);
    Files.write(index.resolve("header.bin"), header.array());
    Sample.append(index.resolve("data_level0.bin"), 108);
    Sample.append(index.resolve("length.bin"), 4);
    Sample.append(index.resolve("link_lists.bin"), 4);
  }

  @Test
  void aVectorThatIsNotListedIsFoundUnlessItIsMarkedAsDeleted() throws Exception {
    addVector();

    assertFault("data_level0.bin", "holds 1 vectors that index_metadata.pickle does not list");
    problems().hasSize(1);

    Sample.flip(index.resolve("data_level0.bin"), 990 * 108 + 2, 1);

    problems().isEmpty();
  }

  @Test
  void linksToNowhereAreFound() throws Exception {
    Path vectors = index.resolve("data_level0.bin");
    ByteBuffer bytes = Sample.buffer(vectors);
    bytes.putInt(300 * 108 + 4, 990);
    Files.write(vectors, bytes.array());

    assertFault("data_level0.bin", "vector 300 links to one that is not there");
  }

  @Tag("slow")
  @Test
  void anyFlippedBitInTheIdsIsFound() throws Exception {
    Path pickle = index.resolve("index_metadata.pickle");
    byte[] intact = Files.readAllBytes(pickle);
    Random random = new Random(7);
    for (int i = 0; i < 60; i++) {
      Sample.flip(pickle, 90 + random.nextInt(27_500), 1 << random.nextInt(8));

      assertThat(sample.inspect().isSound()).as("flip %d", i).isFalse();

      Files.write(pickle, intact);
    }
  }

  @Test
  void anIndexThatIsOlderThanItsIdsIsFound() throws Exception {
    ByteBuffer header = Sample.buffer(index.resolve("header.bin"));
    header.putLong(20, 750);
    header.putInt(56, 0);
    Files.write(index.resolve("header.bin"), header.array());

    problems()
        .anyMatch(problem -> problem.contains("header.bin") || problem.contains("data_level0.bin"));
  }

  @Test
  void aFirstSaveThatWasCutOffIsFoundIfItsVectorsAreNotQueuedAnyMore() throws Exception {
    Files.delete(index.resolve("index_metadata.pickle"));
    sample.sql("DELETE FROM max_seq_id WHERE segment_id = '" + index.getFileName() + "'");

    problems()
        .hasSize(1)
        .allMatch(problem -> problem.contains("records have no vector, neither saved nor queued"));
  }

  @Test
  void aFirstSaveThatWasCutOffIsNoFaultIfTheQueueHasAllOfIt() throws Exception {
    String unsaved =
        sample.text(
            """
            SELECT min(id) FROM segments
            WHERE scope = 'VECTOR' AND id NOT IN (SELECT segment_id FROM max_seq_id)
            """);
    Path torn = Files.createDirectories(sample.directory.resolve(unsaved));
    Files.copy(
        index.resolve("header.bin"),
        torn.resolve("header.bin"),
        StandardCopyOption.REPLACE_EXISTING);
    Files.write(torn.resolve("data_level0.bin"), new byte[777]);

    assertThat(sample.inspect().faults()).isEmpty();
  }

  @Test
  void whatIsQueuedForADamagedIndexIsStillCounted() throws Exception {
    long pending = articles().pending();
    Files.write(index.resolve("index_metadata.pickle"), new byte[0]);

    assertThat(pending).isPositive();
    assertThat(articles().pending()).isEqualTo(pending);
  }

  private CollectionState articles() throws IOException {
    return sample.inspect().collections().stream()
        .filter(state -> state.name().equals("articles"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theOtherCollectionsAreInspectedAllTheSame() throws Exception {
    Files.write(index.resolve("index_metadata.pickle"), new byte[0]);

    assertThat(sample.inspect().collections()).hasSize(5);
    assertThat(sample.inspect().documents()).isEqualTo(1182);
    assertThat(sample.inspect().faults()).hasSize(1);
  }

  @Test
  void anIndexOfAnotherDimensionIsKnownByItsIdsToo() throws Exception {
    sample = Sample.python(temporary.resolve("python"));
    long dimension = sample.number("SELECT dimension FROM collections");
    sample.sql("UPDATE collections SET dimension = 1 + dimension");

    String words = "holds vectors of length %d, those of the collection have length %d";
    problems()
        .hasSize(2)
        .allMatch(problem -> problem.contains(words.formatted(dimension, dimension + 1)))
        .anyMatch(problem -> problem.contains("header.bin"))
        .anyMatch(problem -> problem.contains("index_metadata.pickle"));
  }

  @Test
  void faultsOfPythonsIndexesAreFoundToo() throws IOException, SQLException {
    sample = Sample.python(temporary.resolve("python"));
    sample.sql("DELETE FROM embeddings_queue WHERE seq_id > 1090");

    problems()
        .hasSize(1)
        .allMatch(problem -> problem.contains("10 of 1,100 records have no vector"));
  }
}
