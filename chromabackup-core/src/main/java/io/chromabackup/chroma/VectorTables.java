package io.chromabackup.chroma;

import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The records and vectors of one collection, in tables of the scratch database: sets of a million
 * ids are compared there without being held in the heap.
 *
 * <ul>
 *   <li>{@code records}: the ids of the records
 *   <li>{@code vectors}: the ids and labels of the vectors, as the pickle lists them
 *   <li>{@code labels}: these labels
 *   <li>{@code live}: the labels of the vectors that are not marked as deleted
 *   <li>{@code memo}: the strings of a Python pickle
 * </ul>
 */
final class VectorTables implements IndexIds.Sink, AutoCloseable {
  private static final int EXAMPLES = 3;
  private static final int LONGEST_EXAMPLE = 80;
  private static final List<String> TABLES =
      List.of(
          "records (id TEXT PRIMARY KEY, label INTEGER) WITHOUT ROWID",
          "vectors (id TEXT PRIMARY KEY, label INTEGER) WITHOUT ROWID",
          "labels (label INTEGER PRIMARY KEY)",
          "live (label INTEGER PRIMARY KEY)",
          "memo (number INTEGER PRIMARY KEY, text TEXT NOT NULL)");

  private final Connection connection;
  private final RowInserts vectors;
  private final RowInserts live;
  private PairSum idToLabel = new PairSum();
  private PairSum labelToId = new PairSum();

  VectorTables(Connection connection) throws SQLException {
    this.connection = connection;
    for (String table : TABLES) {
      Sqlite.execute(connection, "CREATE TABLE main." + table);
    }
    vectors = new RowInserts(connection, "OR REPLACE INTO main.vectors", 2);
    live = new RowInserts(connection, "OR IGNORE INTO main.live", 1);
  }

  /** Makes ready for another collection. */
  void clear() throws SQLException {
    idToLabel = new PairSum();
    labelToId = new PairSum();
    vectors.clear();
    live.clear();
    for (String table : TABLES) {
      Sqlite.execute(connection, "DELETE FROM main." + table.substring(0, table.indexOf(' ')));
    }
  }

  /** Takes the ids of the records that a segment of the attached database holds. */
  void loadRecords(String segment) throws SQLException {
    try (PreparedStatement load =
        connection.prepareStatement(
            """
            INSERT INTO main.records (id)
            SELECT embedding_id FROM chroma.embeddings WHERE segment_id = ? ORDER BY embedding_id
            """)) {
      load.setString(1, segment);
      load.executeUpdate();
    }
  }

  @Override
  public void idToLabel(String id, long label) {
    idToLabel.add(id, label);
    unchecked(() -> insert(vectors, id, label));
  }

  @Override
  public void labelToId(long label, String id) {
    labelToId.add(id, label);
  }

  /** Takes the label of a vector that is not marked as deleted. */
  void live(long label) throws SQLException, IOException {
    insert(live, label);
  }

  private static void insert(RowInserts table, Object... row) throws SQLException, IOException {
    if (table.add(row)) {
      Interruption.check();
    }
  }

  /** To be called when all ids and labels were taken, and before anything is asked of them. */
  void allTaken() throws SQLException {
    vectors.flush();
    live.flush();
    Sqlite.execute(connection, "INSERT OR IGNORE INTO main.labels SELECT label FROM main.vectors");
  }

  /** Does to the records what is queued after a watermark. */
  void replayOnRecords(int collection, long watermark) throws SQLException {
    replay("DELETE FROM main.records WHERE id IN", collection, watermark, false);
    replay("INSERT OR IGNORE INTO main.records (id)", collection, watermark, true);
  }

  /** Does to the vectors what is queued after a watermark. */
  void replayOnVectors(int collection, long watermark) throws SQLException {
    replay("DELETE FROM main.vectors WHERE id IN", collection, watermark, false);
    replay("INSERT OR IGNORE INTO main.vectors (id)", collection, watermark, true);
  }

  private void replay(String action, int collection, long watermark, boolean present)
      throws SQLException {
    String ids = "SELECT id FROM main.outcome WHERE collection = ? AND place > ? AND present = ?";
    String sql = present ? action + " " + ids : action + " (" + ids + ")";
    try (PreparedStatement replay = connection.prepareStatement(sql)) {
      replay.setInt(1, collection);
      replay.setLong(2, watermark);
      replay.setBoolean(3, present);
      replay.executeUpdate();
    }
  }

  long count(String table) throws SQLException {
    return Sqlite.number(connection, "SELECT count(*) FROM main." + table);
  }

  /** Tells whether each id has a label of its own that leads back to it. */
  boolean isOneToOne() throws SQLException {
    return idToLabel.isSameAs(labelToId)
        && idToLabel.count() == count("vectors")
        && idToLabel.count() == count("labels");
  }

  /** Tells whether the labels that are listed are those of the vectors. */
  boolean areAllLive() throws SQLException {
    return count("labels") == count("live")
        && Sqlite.number(
                connection, "SELECT count(*) FROM main.labels JOIN main.live USING (label)")
            == count("live");
  }

  /** Ids whose vector is missing or marked as deleted. */
  Ids deadVectors() throws SQLException {
    return ids(
        "main.vectors v WHERE NOT EXISTS (SELECT 1 FROM main.live l WHERE l.label = v.label)");
  }

  /** Records that have no vector. */
  Ids missingVectors() throws SQLException {
    return ids("main.records r WHERE NOT EXISTS (SELECT 1 FROM main.vectors v WHERE v.id = r.id)");
  }

  /** Vectors that have no record. */
  Ids ghosts() throws SQLException {
    return ids("main.vectors v WHERE NOT EXISTS (SELECT 1 FROM main.records r WHERE r.id = v.id)");
  }

  private Ids ids(String source) throws SQLException {
    long count = Sqlite.number(connection, "SELECT count(*) FROM " + source);
    List<String> examples = new ArrayList<>();
    if (count > 0) {
      String sql =
          "SELECT substr(id, 1, %d) FROM %s LIMIT %d".formatted(LONGEST_EXAMPLE, source, EXAMPLES);
      try (PreparedStatement statement = connection.prepareStatement(sql);
          ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          examples.add(row.getString(1));
        }
      }
    }
    return new Ids(count, examples);
  }

  /** Some ids: how many there are, and the names of a few. */
  record Ids(long count, List<String> examples) {
    @Override
    public String toString() {
      return String.join(", ", examples) + (count > examples.size() ? ", ..." : "");
    }
  }

  @Override
  public void close() throws SQLException {
    vectors.close();
    live.close();
  }

  /** Something that is done from within the pickle library, which knows no checked exceptions. */
  interface Work {
    void run() throws SQLException, IOException;
  }

  static void unchecked(Work work) {
    try {
      work.run();
    } catch (SQLException e) {
      throw new UncheckedIOException(Sqlite.failure("scratch database", e));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
