package io.chromabackup.chroma;

import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Keeps others from writing to a live database, by holding the lock that a writer needs. See {@link
 * LiveDatabase#holdWriters} for how long, and {@link LiveDatabase} for what must not be done
 * meanwhile. May be closed by another thread than the one that raised it.
 */
public final class WriteBarrier implements AutoCloseable {
  /** SQLite waits without minding interrupts, so it is made to wait in small portions. */
  private static final Duration PORTION = Duration.ofMillis(100);

  private final Path file;
  private final Connection connection;

  private WriteBarrier(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  static WriteBarrier raise(Path file, Duration patience) throws SQLException, IOException {
    Connection connection = Sqlite.openToWrite(file, PORTION);
    try {
      begin(connection, System.nanoTime() + patience.toNanos());
      Sqlite.execute(connection, "PRAGMA query_only = ON");
      return new WriteBarrier(file, connection);
    } catch (SQLException | IOException e) {
      Sqlite.closeAfter(e, connection);
      throw e;
    }
  }

  private static void begin(Connection connection, long deadline) throws SQLException, IOException {
    while (true) {
      Interruption.check();
      try {
        Sqlite.execute(connection, "BEGIN IMMEDIATE");
        return;
      } catch (SQLException e) {
        if (!Sqlite.isBusy(e) || System.nanoTime() - deadline > 0) {
          throw e;
        }
      }
    }
  }

  /**
   * Lets the writers go on. Nothing was written. Closing twice does no harm.
   *
   * @throws IOException if SQLite cannot; the lock is gone with the process at the latest
   */
  @Override
  public void close() throws IOException {
    try (connection) {
      if (!connection.isClosed()) {
        Sqlite.execute(connection, "ROLLBACK");
      }
    } catch (SQLException e) {
      throw Sqlite.failure("letting the writers of " + file + " go on", e);
    }
  }
}
