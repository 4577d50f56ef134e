package io.chromabackup.chroma;

import io.chromabackup.chroma.CollectionRow.Segment;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads what Chroma's tables say about its collections, through a connection on which the database
 * goes by the name {@code schema}. Source: {@code rust/sqlite/migrations}.
 */
final class Catalog {
  private static final List<String> DATABASE_COLUMNS = List.of("id", "name", "tenant_id");

  /** What must be there for anything to be said about the records. */
  private static final Map<String, List<String>> REQUIRED =
      new TreeMap<>(
          Map.of(
              "collections", List.of("id", "name", "dimension"),
              "collection_metadata", List.of("collection_id", "key", "str_value"),
              "segment_metadata", List.of("segment_id", "key", "str_value"),
              "segments", List.of("id", "type", "scope", "collection"),
              "embeddings", List.of("segment_id", "embedding_id"),
              "embeddings_queue", List.of("seq_id", "operation", "topic", "id"),
              "max_seq_id", List.of("segment_id", "seq_id")));

  /** Chroma takes names of 512 characters. */
  private static final int MAX_TEXT_BYTES = 64 << 10;

  private final Connection connection;
  private final String schema;

  /**
   * Reads through a connection.
   *
   * @param schema {@code main}, or what the database was attached as; it is pasted into SQL
   */
  Catalog(Connection connection, String schema) {
    this.connection = connection;
    this.schema = schema;
  }

  /** The highest migrations; {@link SchemaFingerprint#UNKNOWN} if there is no table of them. */
  SchemaFingerprint fingerprint() throws SQLException {
    if (!columns("migrations").containsAll(List.of("dir", "version"))) {
      return SchemaFingerprint.UNKNOWN;
    }
    Map<String, Integer> versions = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT dir, version FROM %s.migrations WHERE dir IS NOT NULL".formatted(schema))) {
      while (row.next()) {
        versions.merge(row.getString(1), row.getInt(2), Math::max);
      }
    }
    return new SchemaFingerprint(versions);
  }

  /** Tables and columns that are needed and missing, as {@code table} or {@code table.column}. */
  List<String> missing() throws SQLException {
    List<String> missing = new ArrayList<>();
    for (Map.Entry<String, List<String>> required : REQUIRED.entrySet()) {
      String table = required.getKey();
      Set<String> present = columns(table);
      if (present.isEmpty()) {
        missing.add(table);
      } else {
        required.getValue().stream()
            .filter(column -> !present.contains(column))
            .forEach(column -> missing.add(table + "." + column));
      }
    }
    if (hasDatabases() && !columns("databases").containsAll(DATABASE_COLUMNS)) {
      missing.add("databases");
    }
    return missing;
  }

  private boolean hasDatabases() throws SQLException {
    return columns("collections").contains("database_id");
  }

  /** The stored columns of an ordinary table; none if it is missing, a view or a virtual one. */
  private Set<String> columns(String table) throws SQLException {
    String sql =
        """
        SELECT c.name FROM pragma_table_list AS t, pragma_table_info(t.name, t.schema) AS c
        WHERE t.schema = ? AND t.name = ? AND t.type = 'table'
        """;
    Set<String> columns = new HashSet<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, schema);
      statement.setString(2, table);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          columns.add(row.getString(1));
        }
      }
    }
    return columns;
  }

  /** The last row of the queue that each segment has taken in. */
  Map<String, Long> watermarks() throws SQLException {
    Map<String, Long> watermarks = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT segment_id, seq_id FROM %s.max_seq_id WHERE seq_id IS NOT NULL"
                    .formatted(schema))) {
      while (row.next()) {
        watermarks.put(row.getString(1), sequenceNumber(row.getObject(2)));
      }
    }
    return watermarks;
  }

  /** The segments whose watermark is a BLOB, as it was before metadb 5. */
  Set<String> blobWatermarks() throws SQLException {
    return texts("SELECT segment_id FROM %s.max_seq_id WHERE typeof(seq_id) = 'blob'");
  }

  /** Before metadb 5 it was a BLOB of 8 or 24 bytes, big-endian; an INTEGER since. */
  private static long sequenceNumber(Object value) throws SQLException {
    if (value instanceof Number number) {
      return number.longValue();
    }
    if (value instanceof byte[] bytes) {
      BigInteger number = new BigInteger(1, bytes);
      if (number.bitLength() < Long.SIZE) {
        return number.longValue();
      }
    }
    throw new SQLException(
        "max_seq_id holds a number that Chroma does not write",
        null,
        org.sqlite.SQLiteErrorCode.SQLITE_MISMATCH.code);
  }

  /** The ids of the segments that hold vectors: what their directories are called. */
  Set<String> vectorSegments() throws SQLException {
    return texts("SELECT id FROM %s.segments WHERE scope = 'VECTOR'");
  }

  private Set<String> texts(String sql) throws SQLException {
    Set<String> texts = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql.formatted(schema))) {
      while (row.next()) {
        texts.add(row.getString(1));
      }
    }
    return texts;
  }

  /** How many records are in the tables, whatever the queue holds. */
  long records() throws SQLException {
    return Sqlite.number(
        connection,
        """
        SELECT count(*) FROM %1$s.embeddings WHERE segment_id IN (
          SELECT s.id FROM %1$s.segments s JOIN %1$s.collections c ON c.id = s.collection)
        """
            .formatted(schema));
  }

  /** The collections, by tenant, database and name. */
  List<CollectionRow> collections() throws SQLException {
    requireShortTexts();
    Map<String, Segment> vectors = new HashMap<>();
    Map<String, Segment> records = new HashMap<>();
    readSegments(vectors, records);
    List<CollectionRow> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(collectionsSql())) {
      while (row.next()) {
        String id = row.getString("id");
        rows.add(
            new CollectionRow(
                rows.size(),
                id,
                row.getString("tenant"),
                row.getString("database"),
                row.getString("name"),
                dimension(row.getObject("dimension")),
                row.getString("space"),
                vectors.get(id),
                records.get(id)));
      }
    }
    return rows;
  }

  /** They are kept in memory, so a stranger's must not be of any length. */
  private void requireShortTexts() throws SQLException {
    requireShortTexts("collections", List.of("id", "name"));
    requireShortTexts("segments", List.of("id", "type", "collection"));
    requireShortTexts("max_seq_id", List.of("segment_id", "seq_id"));
    if (hasDatabases()) {
      requireShortTexts("databases", DATABASE_COLUMNS);
    }
  }

  private void requireShortTexts(String table, List<String> columns) throws SQLException {
    for (String column : columns) {
      String sql = "SELECT coalesce(max(octet_length(%s)), 0) FROM %s.%s";
      long longest = Sqlite.number(connection, sql.formatted(column, schema, table));
      if (longest > MAX_TEXT_BYTES) {
        throw new SQLException(
            "%s.%s holds a text of %,d bytes, which Chroma does not write"
                .formatted(table, column, longest),
            null,
            org.sqlite.SQLiteErrorCode.SQLITE_MISMATCH.code);
      }
    }
  }

  private void readSegments(Map<String, Segment> vectors, Map<String, Segment> records)
      throws SQLException {
    Map<String, Long> watermarks = watermarks();
    String sql =
        """
        SELECT collection, scope, id, type FROM %s.segments
        WHERE scope IN ('VECTOR', 'METADATA') AND id IS NOT NULL AND type IS NOT NULL
        """
            .formatted(schema);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        String id = row.getString(3);
        Long watermark = watermarks.get(id);
        Segment segment =
            new Segment(
                id,
                row.getString(4),
                watermark == null ? OptionalLong.empty() : OptionalLong.of(watermark));
        (row.getString(2).equals("VECTOR") ? vectors : records).put(row.getString(1), segment);
      }
    }
  }

  private static OptionalInt dimension(@Nullable Object value) {
    return value instanceof Number number ? OptionalInt.of(number.intValue()) : OptionalInt.empty();
  }

  /** Chroma before 0.4.15 knew no tenants and databases: everything was in the default ones. */
  private String collectionsSql() throws SQLException {
    boolean databases = hasDatabases();
    return """
        SELECT c.id, coalesce(c.name, '?') AS name, c.dimension,
          %2$s AS tenant, %3$s AS database, %4$s AS space
        FROM %1$s.collections c %5$s WHERE c.id IS NOT NULL ORDER BY tenant, database, name
        """
        .formatted(
            schema,
            databases ? "coalesce(d.tenant_id, '?')" : "'default_tenant'",
            databases ? "coalesce(d.name, '?')" : "'default_database'",
            spaceSql(),
            databases ? "LEFT JOIN %s.databases d ON d.id = c.database_id".formatted(schema) : "");
  }

  /**
   * The distance has moved over the years. Python kept what the index was made with in {@code
   * segment_metadata}, and later servers still mind it; since 1.3 it is in the schema, in 1.0 and
   * 0.6 it was in the configuration, and it came from the user as a key of the collection's
   * metadata.
   */
  private String spaceSql() throws SQLException {
    Set<String> columns = columns("collections");
    List<String> places = new ArrayList<>();
    places.add(
        """
        (SELECT m.str_value
         FROM %1$s.segment_metadata m JOIN %1$s.segments s ON s.id = m.segment_id
         WHERE s.collection = c.id AND s.scope = 'VECTOR' AND m.key = 'hnsw:space')
        """
            .formatted(schema));
    if (columns.contains("schema_str")) {
      String index = "float_list.vector_index.config.space";
      places.add(jsonSql("c.schema_str", "$.keys.\"#embedding\"." + index));
      places.add(jsonSql("c.schema_str", "$.defaults." + index));
    }
    if (columns.contains("config_json_str")) {
      places.add(jsonSql("c.config_json_str", "$.vector_index.hnsw.space"));
      places.add(jsonSql("c.config_json_str", "$.hnsw_configuration.space"));
    }
    places.add(
        """
        (SELECT str_value FROM %s.collection_metadata
         WHERE collection_id = c.id AND key = 'hnsw:space')
        """
            .formatted(schema));
    return "substr(coalesce(%s, 'l2'), 1, 100)".formatted(String.join(", ", places));
  }

  private static String jsonSql(String column, String path) {
    return "CASE WHEN json_valid(%1$s) THEN json_extract(%1$s, '%2$s') END".formatted(column, path);
  }
}
