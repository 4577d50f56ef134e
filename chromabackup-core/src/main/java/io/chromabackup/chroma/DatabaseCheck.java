package io.chromabackup.chroma;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What SQLite itself finds wrong with the database that is attached as {@code chroma}. */
final class DatabaseCheck {
  private static final String SOUND = "ok";

  /** Each word of the documents is in the index, or it is not; SQLite does not say which. */
  private static final String OTHER_WORDS =
      "malformed inverted index for FTS5 table chroma.embedding_fulltext_search";

  private final Connection connection;
  private final int most;

  /**
   * A check that ends after so many problems.
   *
   * @param most how many problems are enough
   */
  DatabaseCheck(Connection connection, int most) {
    this.connection = connection;
    this.most = most;
  }

  /**
   * Checks everything; most of the time goes into the full-text index. Versions of SQLite differ in
   * how they take a document apart that has a NUL in it: what they then say of the index is no
   * damage, and is left out.
   */
  List<String> thorough() throws SQLException {
    List<String> problems;
    try (PreparedStatement check =
        connection.prepareStatement("PRAGMA chroma.quick_check(%d)".formatted(most))) {
      problems = problems(check);
    }
    if (problems.contains(OTHER_WORDS) && hasDocumentWithNul()) {
      problems.remove(OTHER_WORDS);
    }
    return problems;
  }

  private boolean hasDocumentWithNul() throws SQLException {
    return Sqlite.number(
            connection,
            """
            SELECT EXISTS (SELECT 1 FROM chroma.embedding_fulltext_search_content
                           WHERE instr(CAST(c0 AS BLOB), x'00') > 0)
            """)
        > 0;
  }

  /**
   * Checks each table by itself, with its indexes, those also that the full-text index is kept in,
   * and that no page belongs to two of them. What is left out is whether that index says what the
   * documents say, and the list of free pages.
   */
  List<String> fast() throws SQLException {
    List<String> problems = new ArrayList<>();
    try (PreparedStatement check =
        connection.prepareStatement("SELECT * FROM pragma_quick_check(?, 'chroma')")) {
      for (String table : tables()) {
        check.setString(1, table);
        problems.addAll(problems(check));
        if (problems.size() >= most) {
          return problems.subList(0, most);
        }
      }
    }
    if (problems.isEmpty()) {
      addStrayRoots(problems);
    }
    if (problems.isEmpty()) {
      addSharedPages(problems); // of what was found sound, as it may not end of what is not
    }
    return problems;
  }

  private List<String> tables() throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT name FROM pragma_table_list
                WHERE schema = 'chroma' AND type IN ('table', 'shadow') ORDER BY name
                """)) {
      while (row.next()) {
        tables.add(row.getString(1));
      }
    }
    return tables;
  }

  private List<String> problems(PreparedStatement check) throws SQLException {
    List<String> problems = new ArrayList<>();
    try (ResultSet row = check.executeQuery()) {
      while (problems.size() < most && row.next()) {
        if (!row.getString(1).equals(SOUND)) {
          problems.add(row.getString(1));
        }
      }
    }
    return problems;
  }

  /** A trigger, say, that has a page: no check of a table gets there. */
  private void addStrayRoots(List<String> problems) throws SQLException {
    long strays =
        Sqlite.number(
            connection,
            """
            SELECT
              (SELECT count(*) FROM chroma.sqlite_schema WHERE rootpage <> 0)
              - (SELECT count(*) FROM pragma_table_list
                 WHERE schema = 'chroma' AND type IN ('table', 'shadow')
                 AND name <> 'sqlite_schema')
              - (SELECT count(*) FROM pragma_table_list t, pragma_index_list(t.name, 'chroma') i
                 WHERE t.schema = 'chroma' AND t.type IN ('table', 'shadow')
                 AND NOT (t.wr AND i.origin = 'pk'))
            """);
    if (strays > 0) {
      problems.add("%,d of what has pages is neither a table nor an index".formatted(strays));
    }
  }

  private void addSharedPages(List<String> problems) throws SQLException {
    long shared =
        Sqlite.number(
            connection,
            "SELECT count(*) - count(DISTINCT pageno) FROM dbstat WHERE schema = 'chroma'");
    if (shared > 0) {
      problems.add("%,d pages belong to two tables or indexes".formatted(shared));
    }
  }
}
