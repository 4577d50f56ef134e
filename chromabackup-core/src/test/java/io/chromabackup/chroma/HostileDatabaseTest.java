package io.chromabackup.chroma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.testkit.Effort;
import io.chromabackup.testkit.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database out of an archive may be anybody's: it runs nothing, and is told from a sound one. */
@Timeout(120)
class HostileDatabaseTest {
  private static final int SQLITE_PAGE = 4096;

  @TempDir Path temporary;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE collections SET name = hex(zeroblob(40000)) WHERE id = (SELECT min(id) FROM collections)",
        "UPDATE databases SET name = hex(zeroblob(40000)) WHERE id = (SELECT min(id) FROM databases)",
        "UPDATE segments SET type = hex(zeroblob(40000)) WHERE id = (SELECT min(id) FROM segments)"
      })
  void aNameThatIsLongerThanChromaWritesIsAFaultAndIsNotRead(String sql) throws Exception {
    Sample sample = Sample.real(temporary);
    sample.sql(sql);

    assertThat(sample.inspect().faults())
        .singleElement()
        .asString()
        .contains("80,000 bytes, which Chroma does not write");
  }

  @Test
  void aConnectionAttachesNothingLoadsNothingAndFiresNoTrigger() throws Exception {
    Sample sample = Sample.real(temporary);
    sample.sql(
        "CREATE TABLE loot (x)",
        "CREATE TRIGGER trap AFTER INSERT ON tenants BEGIN INSERT INTO loot VALUES (1); END");
    try (Connection reading = Sqlite.openToRead(sample.database(), Duration.ZERO)) {
      assertRefused(reading, "ATTACH '" + temporary.resolve("other") + "' AS other");
      assertRefused(reading, "SELECT load_extension('evil')");
      assertRefused(reading, "INSERT INTO loot VALUES (1)");
      assertThat(Sqlite.number(reading, "PRAGMA trusted_schema")).isZero();
      assertThat(Sqlite.number(reading, "PRAGMA cell_size_check")).isEqualTo(1);
      assertThat(Sqlite.number(reading, "PRAGMA mmap_size")).isZero();
    }
    try (Connection writing = Sqlite.openToWrite(sample.database(), Duration.ZERO)) {
      assertRefused(writing, "ATTACH '" + temporary.resolve("other") + "' AS other");
      assertRefused(writing, "INSERT INTO tenants (id) VALUES ('somebody')");
    }
    try (Connection scratch = Sqlite.createScratch(temporary.resolve("scratch.db"))) {
      Sqlite.execute(scratch, "ATTACH '" + temporary.resolve("one") + "' AS one");
      assertRefused(scratch, "ATTACH '" + temporary.resolve("other") + "' AS other");
    }
    assertThat(sample.number("SELECT count(*) FROM loot")).isZero();
    assertThat(temporary.resolve("other")).doesNotExist();
  }

  private static void assertRefused(Connection connection, String sql) {
    assertThatThrownBy(() -> Sqlite.execute(connection, sql)).isInstanceOf(SQLException.class);
  }

  /** What would go on for ever, or pretend to be Chroma's. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "collections",
        "segments",
        "collection_metadata",
        "segment_metadata",
        "databases",
        "embeddings",
        "embeddings_queue",
        "max_seq_id",
        "migrations"
      })
  void aViewWithoutEndInPlaceOfATableIsDamageAndNotRead(String table) throws Exception {
    Sample sample = Sample.real(temporary);
    sample.sql(
        "PRAGMA legacy_alter_table = ON",
        "ALTER TABLE " + table + " RENAME TO was",
        ("CREATE VIEW %s AS WITH RECURSIVE r(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM r)"
                + " SELECT r.id AS never, was.* FROM r, was")
            .formatted(table));
    Map<String, String> before = Sample.contents(sample.directory);

    assertThat(sample.inspect().faults()).isNotEmpty();
    assertThat(Sample.contents(sample.directory)).isEqualTo(before);
  }

  /** No check of a table would get to these pages, and they may lead in circles. */
  @Test
  void aTriggerThatHasPagesIsDamage() throws Exception {
    Sample sample = Sample.real(temporary);
    assertThat(sample.inspectFast().faults()).isEmpty();
    sample.sql(
        "PRAGMA writable_schema = ON",
        "INSERT INTO sqlite_schema SELECT 'trigger', 'trap', 'tenants', rootpage,"
            + " 'CREATE TRIGGER trap AFTER INSERT ON tenants BEGIN SELECT 1; END'"
            + " FROM sqlite_schema WHERE name = 'collections'");

    assertThat(sample.inspectFast().faults())
        .singleElement()
        .asString()
        .contains("1 of what has pages is neither a table nor an index");
  }

  @Test
  void triggersOnEveryTableFireNotWhenALogIsSettled() throws Exception {
    Sample sample = Sample.real(temporary);
    sample.sql("CREATE TABLE loot (x)");
    for (String table : List.of("collections", "segments", "embeddings_queue", "migrations")) {
      for (String event : List.of("INSERT", "UPDATE", "DELETE")) {
        sample.sql(
            "CREATE TRIGGER %s_%s AFTER %s ON %s BEGIN INSERT INTO loot VALUES ('x'); END"
                .formatted(table, event, event, table));
      }
    }
    sample.sql("PRAGMA journal_mode = WAL");

    sample.inspect();
    ChromaDatabase.settle(sample.directory, sample.scratch);

    assertThat(sample.number("SELECT count(*) FROM loot")).isZero();
  }

  /** A megabyte for each row there is. */
  private static final String COSTLY = "hex(zeroblob(500000))";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "collection_metadata str_value",
        "segment_metadata str_value",
        "embeddings embedding_id",
        "embeddings_queue operation",
        "segments type"
      })
  void aColumnThatIsComputedInPlaceOfAStoredOneIsDamageAndNotRead(String column) throws Exception {
    String table = column.substring(0, column.indexOf(' '));
    String name = column.substring(table.length() + 1);
    Sample sample = Sample.real(temporary);
    sample.sql(
        "PRAGMA legacy_alter_table = ON",
        "ALTER TABLE %s RENAME COLUMN %s TO was".formatted(table, name),
        "ALTER TABLE %s ADD COLUMN %s TEXT AS (%s)".formatted(table, name, COSTLY));

    assertThat(sample.inspect().faults().toString()).contains("lacks " + table + "." + name);
  }

  @Test
  void expressionsOfASchemaAreNotEvaluatedForEachRow() throws Exception {
    Sample sample = Sample.real(temporary);
    sample.sql(
        "CREATE INDEX costly ON embeddings (length(replace(embedding_id, '', 'x')))",
        "CREATE TABLE trap (x, CHECK (length(zeroblob(900000000)) = x))",
        "PRAGMA ignore_check_constraints = ON",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)"
            + " INSERT INTO trap SELECT i FROM n");

    assertThat(sample.inspect().faults()).isEmpty();
  }

  @Tag("slow")
  @Test
  void aRowThatNoRequestCouldHaveWrittenIsNotLoaded() throws Exception {
    Sample sample = Sample.real(temporary);
    sample.sql(
        "INSERT INTO embeddings_queue (operation, topic, id, metadata)"
            + " SELECT 0, topic, zeroblob(300000000), '' FROM embeddings_queue LIMIT 1");

    assertThat(sample.inspect().faults().toString()).contains("too big");
  }

  @Tag("slow")
  @Test
  void tenThousandTablesOfAStrangerAreNoObstacle() throws Exception {
    Sample sample = Sample.real(temporary);
    List<String> tables = new ArrayList<>(List.of("BEGIN"));
    for (int number = 0; number < 10_000; number++) {
      tables.add("CREATE TABLE stranger_" + number + " (x)");
    }
    tables.add("COMMIT");
    sample.sql(tables.toArray(String[]::new));

    assertThat(sample.inspect().faults()).isEmpty();
  }

  @Tag("slow")
  @Test
  void whateverIsWrittenIntoADatabaseIsAnAnswerOrATypedError() throws Exception {
    int runs = Effort.of(150, 20_000);
    SplittableRandom random = new SplittableRandom(7);
    int faulty = 0;
    Sample sample = Sample.real(temporary);
    byte[] intact = Files.readAllBytes(sample.database());
    for (int run = 0; run < runs; run++) {
      Files.write(sample.database(), damaged(intact, random));
      faulty += isRefused(sample) ? 1 : 0;
    }
    Figures.record(
        "fuzz-sqlite",
        "%,d damaged databases: %,d refused, the others inspected".formatted(runs, faulty));
    assertThat(faulty).isGreaterThan(runs / 4);
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"header.bin", "data_level0.bin", "length.bin", "link_lists.bin"})
  void whateverIsWrittenIntoAnIndexIsAnAnswerOrATypedError(String name) throws Exception {
    int runs = Effort.of(40, 5_000);
    SplittableRandom random = new SplittableRandom(8);
    Sample sample = Sample.real(temporary);
    Path file = sample.index("articles").resolve(name);
    byte[] intact = Files.readAllBytes(file);
    int faulty = 0;
    for (int run = 0; run < runs; run++) {
      Files.write(file, damaged(intact, random));
      faulty += isRefused(sample) ? 1 : 0;
    }
    Figures.record(
        "fuzz-hnsw-" + name.replaceAll("[^a-z]", ""),
        "%,d damaged files: %,d refused, the others inspected".formatted(runs, faulty));
    assertThat(faulty).isPositive();
  }

  /** Nothing but faults and typed errors comes out of an inspection. */
  private static boolean isRefused(Sample sample) {
    try {
      return !sample.inspect().faults().isEmpty();
    } catch (IOException e) {
      return true;
    }
  }

  /** Bits, bytes, pages or an end, of which there may be none. */
  private static byte[] damaged(byte[] intact, SplittableRandom random) {
    byte[] bytes = intact.clone();
    int start = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
    switch (random.nextInt(4)) {
      case 0 -> {
        return java.util.Arrays.copyOf(bytes, start);
      }
      case 1 -> {
        for (int i = start; i < Math.min(bytes.length, start + SQLITE_PAGE); i++) {
          bytes[i] = (byte) random.nextInt();
        }
      }
      case 2 -> {
        for (int i = 0; i < Math.min(20, bytes.length); i++) {
          bytes[random.nextInt(Math.min(bytes.length, 2 * SQLITE_PAGE))] ^= (byte) random.nextInt();
        }
      }
      default -> {
        for (int i = start; i < Math.min(bytes.length, start + 4); i++) {
          bytes[i] = (byte) 0xff;
        }
      }
    }
    return bytes;
  }
}
