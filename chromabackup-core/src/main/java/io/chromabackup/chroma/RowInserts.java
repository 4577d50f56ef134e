package io.chromabackup.chroma;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Inserts rows by the hundred: to run a statement takes longer than to insert a row. */
final class RowInserts implements AutoCloseable {
  private static final int ROWS = 100;

  /** Rows may be longer than anybody makes them. */
  private static final int MOST_CHARACTERS = 1 << 20;

  private final PreparedStatement many;
  private final PreparedStatement one;
  private final int columns;
  private final @Nullable Object[] values;
  private int filled;
  private long characters;

  /**
   * Makes ready.
   *
   * @param into how and into what, from the word after {@code INSERT}
   */
  RowInserts(Connection connection, String into, int columns) throws SQLException {
    String row = "(?" + ", ?".repeat(columns - 1) + ")";
    String insert = "INSERT " + into + " VALUES " + row;
    this.many = connection.prepareStatement(insert + (", " + row).repeat(ROWS - 1));
    this.one = connection.prepareStatement(insert);
    this.columns = columns;
    this.values = new Object[ROWS * columns];
  }

  /** Takes a row, which is inserted sooner or later. Returns whether rows were inserted now. */
  boolean add(Object... row) throws SQLException {
    System.arraycopy(row, 0, values, filled, columns);
    filled += columns;
    for (Object value : row) {
      characters += value instanceof String text ? text.length() : 0;
    }
    if (filled < values.length && characters < MOST_CHARACTERS) {
      return false;
    }
    flush();
    return true;
  }

  /** Inserts what was taken and not inserted yet. */
  void flush() throws SQLException {
    if (filled == values.length) {
      insert(many, 0, filled);
    } else {
      for (int from = 0; from < filled; from += columns) {
        insert(one, from, columns);
      }
    }
    clear();
  }

  private void insert(PreparedStatement statement, int from, int count) throws SQLException {
    for (int i = 0; i < count; i++) {
      statement.setObject(i + 1, values[from + i]);
    }
    statement.executeUpdate();
    statement.clearParameters(); // the driver would keep them
  }

  /** Forgets what was taken and not inserted yet. */
  void clear() {
    Arrays.fill(values, null); // they may be long
    filled = 0;
    characters = 0;
  }

  @Override
  public void close() throws SQLException {
    many.close();
    one.close();
  }
}
