package io.chromabackup.chroma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveDatabaseTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  @TempDir Path temporary;

  private Sample real;

  @BeforeEach
  void copyRealDirectory() throws Exception {
    real = Sample.real(temporary);
  }

  @Test
  void itTellsHowFarEachIndexWasSaved() throws Exception {
    String index = real.index("articles").getFileName().toString();
    try (LiveDatabase live = LiveDatabase.open(real.directory)) {
      assertThat(live.vectorWatermarks()).containsExactly(Map.entry(index, 990L));
      assertThat(live.segmentIds()).hasSize(5).contains(index);
      assertThat(live.records()).isEqualTo(1182);
      assertThat(live.schema()).isEqualTo(real.inspect().schema());
    }
  }

  @Test
  void watermarksMayBeBlobs() throws Exception {
    Sample python = Sample.python(temporary.resolve("python"));
    python.sql(
        "INSERT INTO max_seq_id VALUES ('%s', x'%016x')"
            .formatted(python.index("old").getFileName(), 1080));
    try (LiveDatabase live = LiveDatabase.open(python.directory)) {
      assertThat(live.vectorWatermarks()).containsValue(1080L).hasSize(1);
    }
  }

  @Test
  void theDatabaseIsNotChanged() throws Exception {
    Map<String, String> before = Sample.contents(real.directory);
    try (LiveDatabase live = LiveDatabase.open(real.directory)) {
      live.vectorWatermarks();
      live.backUpTo(temporary.resolve("backup"));
      live.holdWriters(SHORT).close();
    }

    assertThat(Sample.contents(real.directory)).isEqualTo(before);
  }

  @Test
  void aBackupIsACompleteDatabase() throws Exception {
    Path copy = Files.createDirectory(temporary.resolve("copy"));
    try (LiveDatabase live = LiveDatabase.open(real.directory)) {
      live.backUpTo(copy.resolve("chroma.sqlite3"));
    }

    assertThat(copy).isDirectoryNotContaining("glob:**-*");
    try (LiveDatabase live = LiveDatabase.open(copy)) {
      assertThat(live.records()).isEqualTo(1182);
    }
    Files.move(
        copy.resolve("chroma.sqlite3"),
        real.database(),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(real.inspect().faults()).isEmpty();
  }

  @Test
  void aBackupSeesWhatIsCommittedOnly() throws Exception {
    try (LiveDatabase live = LiveDatabase.open(real.directory);
        Connection writer = DriverManager.getConnection("jdbc:sqlite:" + real.database());
        Statement statement = writer.createStatement()) {
      statement.execute("UPDATE collections SET name = 'first' WHERE name = 'notes'");
      statement.execute("BEGIN IMMEDIATE");
      statement.execute("UPDATE collections SET name = 'second' WHERE name = 'first'");
      live.backUpTo(temporary.resolve("backup"));
    }
    try (Connection backup =
            DriverManager.getConnection("jdbc:sqlite:" + temporary.resolve("backup"));
        Statement statement = backup.createStatement()) {
      assertThat(
              statement
                  .executeQuery("SELECT count(*) FROM collections WHERE name = 'first'")
                  .getInt(1))
          .isOne();
    }
  }

  @Test
  void aBackupOfAWriteAheadLogIsComplete() throws Exception {
    Path copy = Files.createDirectory(temporary.resolve("copy"));
    try (Connection writer = DriverManager.getConnection("jdbc:sqlite:" + real.database());
        Statement statement = writer.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("UPDATE collections SET name = 'renamed' WHERE name = 'notes'");
      try (LiveDatabase live = LiveDatabase.open(real.directory)) {
        live.backUpTo(copy.resolve("chroma.sqlite3"));
      }
    }
    ChromaDatabase.settle(copy, real.scratch);

    assertThat(copy).isDirectoryNotContaining("glob:**-*");
    try (LiveDatabase live = LiveDatabase.open(copy)) {
      assertThat(live.records()).isEqualTo(1182);
    }
  }

  @Test
  void nothingIsOverwritten() throws Exception {
    Path target = Files.writeString(temporary.resolve("backup"), "mine");
    try (LiveDatabase live = LiveDatabase.open(real.directory)) {
      assertThatThrownBy(() -> live.backUpTo(target))
          .isInstanceOf(FileAlreadyExistsException.class);
    }
    assertThat(target).hasContent("mine");
  }

  @Test
  void aBackupThatCannotBeWrittenSaysWhere() throws Exception {
    Path target = temporary.resolve("missing").resolve("backup");
    try (LiveDatabase live = LiveDatabase.open(real.directory)) {
      assertThatThrownBy(() -> live.backUpTo(target))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(target.toString());
      assertThat(live.records()).isEqualTo(1182);
    }
  }

  @Test
  void aMissingDatabaseIsNotCreated() throws Exception {
    Path empty = Files.createDirectory(temporary.resolve("empty"));

    assertThatThrownBy(() -> LiveDatabase.open(empty)).isInstanceOf(NoSuchFileException.class);

    assertThat(empty).isEmptyDirectory();
  }

  @Test
  void whatIsNoDatabaseIsRefused() throws Exception {
    Files.writeString(real.database(), "this is no database".repeat(100));

    assertThatThrownBy(() -> LiveDatabase.open(real.directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(real.database().toString())
        .hasMessageContaining("not a database");
  }

  @Test
  void anotherFileSystemIsRefused() throws Exception {
    try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
      Path directory = memory.getPath("/data");

      assertThatThrownBy(() -> LiveDatabase.open(directory))
          .isInstanceOf(IllegalArgumentException.class);
      try (LiveDatabase live = LiveDatabase.open(real.directory)) {
        assertThatThrownBy(() -> live.backUpTo(directory.resolve("backup")))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void aJournalThatADeadServerLeftIsSignalledAndNotTouched() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + real.database());
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA cache_size = 1");
      statement.execute("BEGIN");
      statement.execute("UPDATE embeddings SET embedding_id = 'spoilt-' || embedding_id");
      Sample dead = Sample.copy(real.directory, temporary.resolve("dead"), temporary);
      Map<String, String> before = Sample.contents(dead.directory);

      assertThatThrownBy(() -> LiveDatabase.open(dead.directory))
          .isInstanceOf(HotJournalException.class)
          .hasMessageContaining(dead.database().toString());

      assertThat(Sample.contents(dead.directory)).isEqualTo(before);
    }
  }

  @Test
  void aBarrierHoldsWritersAndNotReaders() throws Exception {
    try (LiveDatabase live = LiveDatabase.open(real.directory)) {
      try (WriteBarrier barrier = live.holdWriters(SHORT)) {
        assertThatThrownBy(this::write)
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("BUSY");
        assertThat(live.records()).isEqualTo(1182);
        live.backUpTo(temporary.resolve("backup"));
        assertThatThrownBy(this::write)
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("BUSY");
      }
      write();
    }
  }

  private void write() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + real.database() + "?busy_timeout=10");
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM maintenance_log");
    }
  }

  @Test
  void aBarrierMayBeClosedTwice() throws Exception {
    try (LiveDatabase live = LiveDatabase.open(real.directory)) {
      WriteBarrier barrier = live.holdWriters(SHORT);
      barrier.close();
      barrier.close();
    }
    write();
  }

  @Test
  void aBarrierWaitsForAWriterAndThenGivesUp() throws Exception {
    try (LiveDatabase live = LiveDatabase.open(real.directory);
        Connection writer = DriverManager.getConnection("jdbc:sqlite:" + real.database());
        Statement statement = writer.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      long start = System.nanoTime();

      assertThatThrownBy(() -> live.holdWriters(SHORT))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("locked by a writer");

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(SHORT);
      statement.execute("COMMIT");
      live.holdWriters(SHORT).close();
    }
  }

  @Test
  void anInterruptEndsTheWaitForAWriter() throws Exception {
    try (LiveDatabase live = LiveDatabase.open(real.directory);
        Connection writer = DriverManager.getConnection("jdbc:sqlite:" + real.database());
        Statement statement = writer.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      Thread waiting = Thread.currentThread();
      Thread interrupter =
          new Thread(
              () -> {
                try {
                  Thread.sleep(200);
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                waiting.interrupt();
              });
      interrupter.start();

      assertThatThrownBy(() -> live.holdWriters(Duration.ofMinutes(1)))
          .isInstanceOf(InterruptedIOException.class);

      assertThat(Thread.interrupted()).isTrue();
      interrupter.join();
    }
  }
}
