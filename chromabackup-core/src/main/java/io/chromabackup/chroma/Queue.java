package io.chromabackup.chroma;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * What the queue of writes will do to each collection when a server takes it in.
 *
 * <p>An add or upsert leaves an id present, a delete leaves it absent, an update changes nothing
 * about that. So the last of these operations on an id decides, and whether it is still to be taken
 * in by one half of the collection is seen from its place in the queue. One pass over the queue
 * serves all collections. Source: {@code rust/segment/src/local_hnsw.rs}, {@code apply_log_chunk}.
 */
final class Queue {
  /**
   * Add, update, upsert, delete, and one that 1.5 takes and does nothing for. A server of 1.5 that
   * gets to any other was seen to fail every request from then on, whatever the collection.
   */
  private static final String OPERATIONS = "(0, 1, 2, 3, 4)";

  /** Those that decide whether an id is there: add, upsert, delete. */
  private static final String DECISIVE = "(0, 2, 3)";

  private static final int DELETE = 3;

  /** The topic of a queue row ends with the id of its collection, a UUID. */
  private static final int UUID_LENGTH = 36;

  private final Connection connection;

  private Queue(Connection connection) {
    this.connection = connection;
  }

  /**
   * Reads the queue of the database that is attached as {@code chroma} into tables of the scratch
   * database: {@code queued} with all rows that matter, {@code outcome} with the last per id.
   */
  static Queue read(Connection connection, List<CollectionRow> rows) throws SQLException {
    for (String sql :
        new String[] {
          "CREATE TABLE main.starts (id TEXT PRIMARY KEY, collection INTEGER, start INTEGER)",
          """
          CREATE TABLE main.queued (
            collection INTEGER, place INTEGER, known INTEGER,
            PRIMARY KEY (collection, place)) WITHOUT ROWID
          """,
          """
          CREATE TABLE main.outcome (
            collection INTEGER, id TEXT, place INTEGER, present INTEGER,
            PRIMARY KEY (collection, id)) WITHOUT ROWID
          """
        }) {
      Sqlite.execute(connection, sql);
    }
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO main.starts VALUES (?, ?, ?)")) {
      for (CollectionRow row : rows) {
        insert.setString(1, row.id());
        insert.setInt(2, row.number());
        insert.setLong(3, row.queueStart());
        insert.executeUpdate();
      }
    }
    readRows(connection);
    return new Queue(connection);
  }

  private static void readRows(Connection connection) throws SQLException {
    String rows =
        """
        FROM chroma.embeddings_queue q CROSS JOIN main.starts s
        WHERE s.id = substr(q.topic, -%d) AND q.seq_id > s.start
        """
            .formatted(UUID_LENGTH);
    Sqlite.execute(
        connection,
        "INSERT INTO main.queued SELECT s.collection, q.seq_id, q.operation IN %s %s"
            .formatted(OPERATIONS, rows));
    Sqlite.execute(
        connection,
        """
        INSERT INTO main.outcome SELECT s.collection, q.id, q.seq_id, q.operation <> %d
        %s AND q.operation IN %s
        ORDER BY q.seq_id
        ON CONFLICT (collection, id)
        DO UPDATE SET place = excluded.place, present = excluded.present
        """
            .formatted(DELETE, rows, DECISIVE));
  }

  /** How many rows of a collection come after a watermark. */
  long countAfter(CollectionRow row, long watermark) throws SQLException {
    return count("main.queued WHERE collection = ? AND place > ?", row, watermark);
  }

  /** How many rows of a collection that no half or only one has taken in do what nobody knows. */
  long countUnknown(CollectionRow row) throws SQLException {
    return count(
        "main.queued WHERE collection = ? AND place > ? AND known IS NOT 1", row, row.queueStart());
  }

  private long count(String of, CollectionRow row, long watermark) throws SQLException {
    try (PreparedStatement count = connection.prepareStatement("SELECT count(*) FROM " + of)) {
      count.setInt(1, row.number());
      count.setLong(2, watermark);
      try (ResultSet result = count.executeQuery()) {
        return result.getLong(1);
      }
    }
  }
}
