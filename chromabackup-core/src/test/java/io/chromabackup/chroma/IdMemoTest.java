package io.chromabackup.chroma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdMemoTest {
  @TempDir Path temporary;

  private Connection connection;
  private VectorTables tables;
  private IdMemo memo;

  @BeforeEach
  void createTables() throws Exception {
    connection = Sqlite.createScratch(temporary.resolve("scratch"));
    tables = new VectorTables(connection);
    memo = new IdMemo(connection);
  }

  @AfterEach
  void close() throws Exception {
    memo.close();
    tables.close();
    connection.close();
  }

  @Test
  void stringsAndObjectsAreRemembered() {
    Object object = new Object();
    memo.put(0, object);
    memo.put(1, "one");
    memo.put(2, "");

    assertThat(memo.get(0)).isSameAs(object);
    assertThat(memo.get(1)).isEqualTo("one");
    assertThat(memo.get(2)).isEqualTo("");
    assertThat(memo.containsKey(2)).isTrue();
    assertThat(memo.containsKey(3)).isFalse();
    assertThat(memo.size()).isEqualTo(3);
  }

  @Test
  void theLastOfTheSameNumberCounts() {
    memo.put(7, "one");
    memo.put(7, "other");

    assertThat(memo.get(7)).isEqualTo("other");
    assertThat(memo.size()).isEqualTo(8);
  }

  @Test
  void fewObjectsAreRememberedAndManyStrings() {
    for (int i = 0; i < 64; i++) {
      memo.put(i, new Object());
    }

    memo.put(64, "a string");
    assertThatThrownBy(() -> memo.put(65, new Object()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
