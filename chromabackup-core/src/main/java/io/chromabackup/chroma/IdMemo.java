package io.chromabackup.chroma;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.AbstractMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a Python pickle refers back to: each id three times. The strings are kept in the scratch
 * database. A map with just the operations that {@code Unpickler} uses.
 */
final class IdMemo extends AbstractMap<Integer, Object> implements AutoCloseable {
  private static final int MOST_OBJECTS = 64;

  private final PreparedStatement insert;
  private final PreparedStatement select;
  private final Map<Integer, Object> objects = new HashMap<>();
  private int size;

  IdMemo(Connection connection) throws SQLException {
    insert = connection.prepareStatement("INSERT OR REPLACE INTO main.memo VALUES (?, ?)");
    select = connection.prepareStatement("SELECT text FROM main.memo WHERE number = ?");
  }

  @Override
  public @Nullable Object put(Integer number, Object value) {
    size = Math.max(size, number + 1);
    if (value instanceof String text) {
      VectorTables.unchecked(() -> insert(number, text));
    } else if (objects.size() < MOST_OBJECTS) {
      objects.put(number, value);
    } else {
      throw new IllegalArgumentException("it holds too many objects");
    }
    return null;
  }

  private void insert(int number, String text) throws SQLException {
    insert.setInt(1, number);
    insert.setString(2, text);
    insert.executeUpdate();
    insert.clearParameters(); // the driver would keep them
  }

  @Override
  public @Nullable Object get(Object number) {
    Object object = objects.get(number);
    if (object != null) {
      return object;
    }
    String[] text = new String[1];
    VectorTables.unchecked(() -> text[0] = select((Integer) number));
    return text[0];
  }

  private @Nullable String select(int number) throws SQLException {
    select.setInt(1, number);
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? row.getString(1) : null;
    }
  }

  @Override
  public boolean containsKey(Object number) {
    return get(number) != null;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void clear() {
    objects.clear();
  }

  @Override
  public Set<Entry<Integer, Object>> entrySet() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() throws SQLException {
    insert.close();
    select.close();
  }
}
