package io.chromabackup.chroma;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowInsertsTest {
  @TempDir Path temporary;
  private Connection connection;
  private RowInserts rows;

  @BeforeEach
  void createTable() throws Exception {
    connection = Sqlite.createScratch(temporary.resolve("scratch"));
    Sqlite.execute(connection, "CREATE TABLE t (name TEXT PRIMARY KEY, number INTEGER)");
    rows = new RowInserts(connection, "OR REPLACE INTO t", 2);
  }

  @AfterEach
  void close() throws SQLException {
    rows.close();
    connection.close();
  }

  private long number(String expression) throws SQLException {
    return Sqlite.number(connection, "SELECT " + expression + " FROM t");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 99, 100, 101, 250})
  void allRowsAreThereAfterAFlush(int count) throws SQLException {
    for (int i = 1; i <= count; i++) {
      rows.add("name " + i, (long) i);
    }
    rows.flush();

    assertThat(number("count(*)")).isEqualTo(count);
    assertThat(number("coalesce(sum(number), 0)")).isEqualTo(count * (count + 1L) / 2);
    assertThat(number("sum(name = 'name ' || number)")).isEqualTo(count);
  }

  @Test
  void ofTwoThatAreTheSameTheLaterOneStays() throws SQLException {
    for (int i = 0; i < 120; i++) {
      rows.add("name " + i % 7, (long) i);
    }
    rows.flush();

    assertThat(number("count(*)")).isEqualTo(7);
    assertThat(number("min(number)")).isEqualTo(113);
  }

  @Test
  void longRowsDoNotWaitForOthers() throws SQLException {
    assertThat(rows.add("x".repeat(100), 1L)).isFalse();
    assertThat(number("count(*)")).isZero();

    assertThat(rows.add("y".repeat(1 << 20), 2L)).isTrue();
    assertThat(number("count(*)")).isEqualTo(2);

    assertThat(rows.add("z", 3L)).isFalse();
  }

  /** But for the last one, which the driver keeps until the next is bound. */
  @Test
  void longRowsAreNotKept() throws Exception {
    List<WeakReference<String>> texts = new ArrayList<>();
    for (int before = 8; before >= 0; before--) {
      for (int i = 0; i < before; i++) {
        rows.add("short", 1L);
      }
      String text = "x".repeat(1 << 20);
      texts.add(new WeakReference<>(text));
      assertThat(rows.add(text, 2L)).isTrue();
    }
    for (int looks = 0; looks < 100 && kept(texts) > 1; looks++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(kept(texts)).isLessThanOrEqualTo(1);
  }

  private static long kept(List<WeakReference<String>> texts) {
    return texts.stream().filter(text -> text.get() != null).count();
  }

  @Test
  void whatIsForgottenIsNotInserted() throws SQLException {
    rows.add("x".repeat(1 << 19), 1L);
    rows.clear();
    assertThat(rows.add("y".repeat(1 << 19), 2L)).isFalse();
    rows.flush();

    assertThat(number("sum(number)")).isEqualTo(2);
  }
}
