package io.chromabackup.chroma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteLimits;

class SqliteTest {
  @TempDir Path temporary;

  private Sample sample;

  @BeforeEach
  void copyRealDirectory() throws Exception {
    sample = Sample.real(temporary);
  }

  @Test
  void everyConnectionIsLimitedToWhatChromaNeeds() throws Exception {
    try (Connection reading = Sqlite.openToRead(sample.database(), Duration.ofSeconds(7));
        Connection writing = Sqlite.openToWrite(sample.database(), Duration.ofSeconds(8));
        Connection scratch = Sqlite.createScratch(temporary.resolve("scratch.db"))) {
      assertLimited(reading, 0, 7000);
      assertLimited(writing, 0, 8000);
      assertLimited(scratch, 1, 0);
    }
  }

  @Test
  void whatIsMadeForPassageIsForItsOwnerAlone() throws Exception {
    Path scratch = temporary.resolve("scratch.db");
    Path copy = temporary.resolve("copy.db");
    try (Connection one = Sqlite.createScratch(scratch);
        Connection other = Sqlite.createCopy(copy)) {
      for (Connection connection : new Connection[] {one, other}) {
        Sqlite.execute(connection, "CREATE TABLE t (c)");
      }
    }
    for (Path file : new Path[] {scratch, copy}) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
  }

  private static void assertLimited(Connection connection, int attachments, int patience)
      throws SQLException {
    assertThat(limit(connection, SQLiteLimits.SQLITE_LIMIT_ATTACHED)).isEqualTo(attachments);
    assertThat(limit(connection, SQLiteLimits.SQLITE_LIMIT_LENGTH)).isEqualTo(256 << 20);
    assertThat(limit(connection, SQLiteLimits.SQLITE_LIMIT_SQL_LENGTH)).isEqualTo(100_000);
    assertThat(limit(connection, SQLiteLimits.SQLITE_LIMIT_VDBE_OP)).isEqualTo(250_000);
    assertThat(limit(connection, SQLiteLimits.SQLITE_LIMIT_TRIGGER_DEPTH)).isZero();
    assertThat(Sqlite.number(connection, "PRAGMA busy_timeout")).isEqualTo(patience);
    assertThat(Sqlite.number(connection, "PRAGMA trusted_schema")).isZero();
    assertThat(Sqlite.number(connection, "PRAGMA cell_size_check")).isEqualTo(1);
    assertThat(Sqlite.number(connection, "PRAGMA ignore_check_constraints")).isEqualTo(1);
    assertThat(Sqlite.number(connection, "PRAGMA mmap_size")).isZero();
  }

  private static int limit(Connection connection, SQLiteLimits limit) throws SQLException {
    return connection.unwrap(SQLiteConnection.class).getDatabase().limit(limit.getId(), -1);
  }

  @Test
  void aDatabaseIsNeverMadeByAccident() {
    Path missing = temporary.resolve("missing");

    assertThatThrownBy(() -> Sqlite.openToRead(missing, Duration.ZERO))
        .isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> Sqlite.openToWrite(missing, Duration.ZERO))
        .isInstanceOf(SQLException.class);
    assertThat(missing).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "SQLITE_ERROR",
        "SQLITE_CORRUPT",
        "SQLITE_CORRUPT_VTAB",
        "SQLITE_CORRUPT_INDEX",
        "SQLITE_NOTADB",
        "SQLITE_FORMAT",
        "SQLITE_TOOBIG",
        "SQLITE_CONSTRAINT_UNIQUE",
        "SQLITE_MISMATCH"
      })
  void someErrorsAreTheDatabases(SQLiteErrorCode code) {
    assertThat(Sqlite.isDamage(new SQLiteException("", code))).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "SQLITE_BUSY",
        "SQLITE_LOCKED",
        "SQLITE_NOMEM",
        "SQLITE_READONLY",
        "SQLITE_INTERRUPT",
        "SQLITE_IOERR_READ",
        "SQLITE_FULL",
        "SQLITE_CANTOPEN",
        "SQLITE_PERM"
      })
  void othersAreTheMachines(SQLiteErrorCode code) {
    assertThat(Sqlite.isDamage(new SQLiteException("", code))).isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = {"SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED"})
  void somebodyElseIsAtWork(SQLiteErrorCode code) {
    assertThat(Sqlite.isBusy(new SQLiteException("", code))).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      names = {"SQLITE_BUSY.*", "SQLITE_LOCKED.*", "UNKNOWN_ERROR"},
      mode = Mode.MATCH_NONE)
  void elseNobodyIs(SQLiteErrorCode code) {
    assertThat(Sqlite.isBusy(new SQLiteException("", code))).isFalse();
  }

  @Test
  void anErrorSaysWhatWasDoneAndWhatWentWrong() {
    SQLException cause = new SQLiteException("odd", SQLiteErrorCode.SQLITE_CORRUPT);

    assertThat(Sqlite.failure("reading x", cause))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("reading x: odd")
        .hasCause(cause);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void aDiskWithoutLocksIsNoBrokenOne() {
    SQLException cause = new SQLiteException("no locks", SQLiteErrorCode.SQLITE_IOERR_RDLOCK);

    assertThat(Sqlite.failure("reading x", cause)).isExactlyInstanceOf(IOException.class);
  }

  @Test
  void anErrorOfTheDiskIsToldFromOneOfTheDatabase() {
    SQLException cause = new SQLiteException("disk on fire", SQLiteErrorCode.SQLITE_IOERR_READ);

    assertThat(Sqlite.failure("reading x", cause))
        .isInstanceOf(BrokenDiskException.class)
        .hasMessage("reading x: disk on fire")
        .hasCause(cause);
  }

  @Test
  void anInterruptedStatementIsAnInterrupt() {
    SQLException cause = new SQLiteException("", SQLiteErrorCode.SQLITE_INTERRUPT);

    assertThat(Sqlite.failure("reading x", cause))
        .isInstanceOf(InterruptedIOException.class)
        .hasMessage("reading x: interrupted")
        .hasCause(cause);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aConnectionIsClosedAfterAFailure() throws Exception {
    Connection connection = Sqlite.openToRead(sample.database(), Duration.ZERO);
    Exception reason = new IOException();

    Sqlite.closeAfter(reason, connection);

    assertThat(connection.isClosed()).isTrue();
    assertThat(reason.getSuppressed()).isEmpty();
  }

  @Test
  void whatIsClosedReadsNoMore() throws Exception {
    LiveDatabase database = LiveDatabase.open(sample.directory);
    assertThat(database.records()).isPositive();
    assertThat(database.records()).isPositive();

    database.close();

    assertThatThrownBy(database::records).isInstanceOf(IOException.class);
  }

  @Test
  void anInterruptEndsABackupBeforeItBegins() throws Exception {
    Path copy = temporary.resolve("copy");
    try (LiveDatabase database = LiveDatabase.open(sample.directory)) {
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> database.backUpTo(copy)).isInstanceOf(InterruptedIOException.class);
    }
    assertThat(Thread.interrupted()).isTrue();
    assertThat(copy).doesNotExist();
  }
}
