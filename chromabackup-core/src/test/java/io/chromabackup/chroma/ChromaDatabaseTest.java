package io.chromabackup.chroma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChromaDatabaseTest {
  @TempDir Path temporary;

  private Sample real;

  @BeforeEach
  void copyRealDirectory() throws Exception {
    real = Sample.real(temporary);
  }

  private void settle(Sample sample) throws IOException {
    ChromaDatabase.settle(sample.directory, sample.scratch);
    assertThat(sample.scratch).isEmptyDirectory();
    for (String sidecar : ChromaLayout.SIDECARS) {
      assertThat(sample.directory.resolve(sidecar)).doesNotExist();
    }
  }

  /** A copy as it is taken in the middle of a write: half of the pages, and the journal. */
  private Sample inTheMiddleOfAWrite(Path target) throws IOException, SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + real.database());
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA cache_size = 1");
      statement.execute("BEGIN");
      statement.execute("UPDATE embeddings SET embedding_id = 'spoilt-' || embedding_id");
      statement.execute("DELETE FROM embeddings_queue");
      Sample copy = Sample.copy(real.directory, target, temporary);
      statement.execute("ROLLBACK");
      return copy;
    }
  }

  private Sample withWriteAheadLog(Path target) throws IOException, SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + real.database());
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA wal_autocheckpoint = 0");
      statement.execute("UPDATE collections SET name = 'renamed' WHERE name = 'notes'");
      return Sample.copy(real.directory, target, temporary);
    }
  }

  @Test
  void aCleanDatabaseIsLeftAsItIs() throws Exception {
    Map<String, String> before = Sample.contents(real.directory);

    settle(real);

    assertThat(Sample.contents(real.directory)).isEqualTo(before);
  }

  @Test
  void anUnfinishedWriteIsRolledBack() throws Exception {
    Inspection before = real.inspect();
    byte[] bytes = Files.readAllBytes(real.database());
    Sample copy = inTheMiddleOfAWrite(temporary.resolve("copy"));
    assertThat(copy.directory.resolve("chroma.sqlite3-journal")).isNotEmptyFile();
    assertThat(copy.database()).binaryContent().isNotEqualTo(bytes);

    settle(copy);

    assertThat(copy.database()).binaryContent().isEqualTo(bytes);
    assertThat(copy.inspect()).isEqualTo(before);
  }

  @Test
  void anUnfinishedWriteIsInspectedAsIfItWereRolledBackAndIsNotChanged() throws Exception {
    Sample copy = inTheMiddleOfAWrite(temporary.resolve("copy"));
    Map<String, String> before = Sample.contents(copy.directory);

    assertThat(copy.inspect()).isEqualTo(real.inspect());

    assertThat(Sample.contents(copy.directory)).isEqualTo(before);
  }

  /** SQLite would look for what it names, and older versions delete that. */
  @Test
  void aJournalThatNamesAnotherFileIsNotObeyed() throws Exception {
    byte[] victim = "/etc/x-mj0123459AB".getBytes(StandardCharsets.US_ASCII);
    int sum = 0;
    for (byte b : victim) {
      sum += b;
    }
    byte[] magic = {(byte) 0xd9, (byte) 0xd5, 5, (byte) 0xf9, 0x20, (byte) 0xa1, 0x63, (byte) 0xd7};
    int pages = (int) (Files.size(real.database()) / 4096);
    ByteBuffer journal = ByteBuffer.allocate(512 + 4 + victim.length + 16);
    journal.put(magic).putInt(0).putInt(1).putInt(pages).putInt(512).putInt(4096).position(512);
    journal.putInt(0).put(victim).putInt(victim.length).putInt(sum).put(magic);
    Files.write(real.directory.resolve("chroma.sqlite3-journal"), journal.array());
    Map<String, String> before = Sample.contents(real.directory);

    ChromaDatabase.settle(real.directory, real.scratch);

    assertThat(Sample.contents(real.directory)).isEqualTo(before);
    assertThat(real.inspect().faults())
        .singleElement()
        .asString()
        .contains("its journal is of no use");
  }

  @Test
  void anUnfinishedWriteWithoutItsJournalIsFound() throws Exception {
    Sample copy = inTheMiddleOfAWrite(temporary.resolve("copy"));
    Files.delete(copy.directory.resolve("chroma.sqlite3-journal"));

    settle(copy);

    assertThat(copy.inspect().isSound()).isFalse();
  }

  @Test
  void aWriteAheadLogIsTakenIn() throws Exception {
    Sample copy = withWriteAheadLog(temporary.resolve("copy"));
    assertThat(copy.directory.resolve("chroma.sqlite3-wal")).isNotEmptyFile();

    settle(copy);

    assertThat(copy.inspect().faults()).isEmpty();
    assertThat(copy.inspect().collections())
        .extracting(CollectionState::name)
        .contains("renamed")
        .doesNotContain("notes");
    assertThat(copy.text("PRAGMA journal_mode")).isEqualTo("delete");
  }

  @Test
  void aWriteAheadLogIsInspectedAsIfItWereTakenIn() throws Exception {
    Sample copy = withWriteAheadLog(temporary.resolve("copy"));
    Map<String, String> before = Sample.contents(copy.directory);

    assertThat(copy.inspect().collections()).extracting(CollectionState::name).contains("renamed");

    assertThat(Sample.contents(copy.directory)).isEqualTo(before);
  }

  @Test
  void aDatabaseThatIsMadeForAWriteAheadLogNeedsNone() throws Exception {
    real.sql("PRAGMA journal_mode = WAL");

    settle(real);

    assertThat(real.text("PRAGMA journal_mode")).isEqualTo("delete");
    assertThat(real.inspect().faults()).isEmpty();
  }

  @Test
  void anotherFileSystemWillDo() throws Exception {
    try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
      Sample local = inTheMiddleOfAWrite(temporary.resolve("copy"));
      Sample copy = Sample.copy(local.directory, memory.getPath("/data"), temporary);

      assertThat(copy.inspect()).isEqualTo(real.inspect());
      settle(copy);

      assertThat(Files.readAllBytes(copy.database()))
          .isEqualTo(Files.readAllBytes(real.database()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 512, 4096})
  void aJournalThatMeansNothingIsRemovedAndTheDatabaseStaysAsItIs(int size) throws Exception {
    byte[] bytes = Files.readAllBytes(real.database());
    Files.write(real.directory.resolve("chroma.sqlite3-journal"), new byte[size]);
    Files.write(real.directory.resolve("chroma.sqlite3-shm"), new byte[size]);

    settle(real);

    assertThat(real.database()).binaryContent().isEqualTo(bytes);
  }

  @Test
  void whatIsNoDatabaseIsLeftToTheInspector() throws Exception {
    byte[] garbage = "this is no database".repeat(300).getBytes(StandardCharsets.UTF_8);
    Files.write(real.database(), garbage);
    Files.write(real.directory.resolve("chroma.sqlite3-wal"), garbage);
    Files.write(real.directory.resolve("chroma.sqlite3-journal"), garbage);

    ChromaDatabase.settle(real.directory, real.scratch);

    assertThat(real.database()).binaryContent().isEqualTo(garbage);
    assertThat(real.inspect().isSound()).isFalse();
    assertThat(real.scratch).isEmptyDirectory();
  }

  @Test
  void aDatabaseIsSettledIfItNeedsNothingBesideIt() throws Exception {
    assertThat(ChromaDatabase.isSettled(temporary)).isTrue();
    assertThat(ChromaDatabase.isSettled(real.directory)).isTrue();
    for (String sidecar : ChromaLayout.SIDECARS) {
      Path file = Files.createFile(real.directory.resolve(sidecar));
      assertThat(ChromaDatabase.isSettled(real.directory)).as(sidecar).isFalse();
      Files.delete(file);
    }
    Sample.flip(real.database(), 18, 3);
    assertThat(ChromaDatabase.isSettled(real.directory)).isFalse();
  }

  @Test
  void whereItCanBeOpenedItIsOpenedWhereItIs() throws Exception {
    Path empty = Files.createDirectory(temporary.resolve("empty"));
    assertThat(ChromaDatabase.settled(real.directory, empty)).isEqualTo(real.directory);
    assertThat(empty).isEmptyDirectory();

    Sample cut = inTheMiddleOfAWrite(temporary.resolve("cut"));
    assertThat(ChromaDatabase.settled(cut.directory, empty)).isEqualTo(empty);
    assertThat(ChromaDatabase.isSettled(empty)).isTrue();
    assertThat(empty.resolve(ChromaLayout.DATABASE)).isRegularFile();
  }

  @Test
  void onAnotherFileSystemItIsOpenedInACopy() throws Exception {
    Path empty = Files.createDirectory(temporary.resolve("empty"));
    try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
      Sample copy = Sample.copy(real.directory, memory.getPath("/chroma"), temporary);

      assertThat(ChromaDatabase.settled(copy.directory, empty)).isEqualTo(empty);
      assertThat(empty.resolve(ChromaLayout.DATABASE)).hasSameBinaryContentAs(real.database());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "16, 0, 8192, false",
    "16, 0, 8193, true",
    "16, 0, 4096, false",
    "2, 0, 1024, false",
    "2, 0, 1000, true",
    "0, 1, 131072, false",
    "0, 1, 65537, true",
    "0, 1, 69632, true",
    "1, 255, 512, false",
    "0, 0, 4097, false"
  })
  void aFileThatEndsWithinAPageIsKnown(int high, int low, int size, boolean cut) throws Exception {
    byte[] bytes = new byte[size];
    bytes[16] = (byte) high;
    bytes[17] = (byte) low;
    Path file = Files.write(temporary.resolve("pages"), bytes);

    assertThat(ChromaDatabase.isCutWithinPage(file)).isEqualTo(cut);
  }

  @Test
  void aDatabaseThatSomebodyWorksOnIsNotTakenForDamaged() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + real.database());
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA locking_mode = EXCLUSIVE");
      statement.execute("PRAGMA cache_size = 1");
      statement.execute("BEGIN EXCLUSIVE");
      statement.execute("UPDATE embeddings SET embedding_id = 'x-' || embedding_id");

      assertThatThrownBy(() -> ChromaDatabase.settle(real.directory, real.scratch))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("settling " + real.database());
      statement.execute("ROLLBACK");
    }
  }

  @Test
  void anInterruptEndsTheCopyingOfADatabase() throws Exception {
    Sample cut = inTheMiddleOfAWrite(temporary.resolve("cut"));
    Path empty = Files.createDirectory(temporary.resolve("empty"));
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> ChromaDatabase.settled(cut.directory, empty))
        .isInstanceOf(InterruptedIOException.class);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(empty).isEmptyDirectory();
  }

  @Test
  void nothingIsMadeWhereThereIsNoDatabase() throws Exception {
    Files.delete(real.database());

    settle(real);

    assertThat(real.database()).doesNotExist();
  }
}
