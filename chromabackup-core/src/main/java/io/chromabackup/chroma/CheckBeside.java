package io.chromabackup.chroma;

import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * SQLite's check of a database, in a thread and on a connection of its own: it reads every page of
 * the database, while the inspection of the collections reads the files of their indexes.
 */
final class CheckBeside implements AutoCloseable {
  private static final int MOST_PROBLEMS = 5;

  private final Path database;
  private final FutureTask<List<String>> check;
  private final Thread thread;

  /**
   * Begins.
   *
   * @param scratch where a database of passage can be made
   */
  CheckBeside(Path database, Path scratch, boolean thorough) {
    this.database = database;
    check = new FutureTask<>(() -> problems(database, scratch, thorough));
    thread = new Thread(check, "chromabackup-checking");
    thread.setDaemon(true);
    thread.start();
  }

  private static List<String> problems(Path database, Path scratch, boolean thorough)
      throws SQLException, IOException {
    try (Connection connection = Sqlite.createScratch(scratch.resolve("check.sqlite3"));
        Cancellation cancellation = Cancellation.of(connection)) {
      Sqlite.attach(connection, database);
      DatabaseCheck check = new DatabaseCheck(connection, MOST_PROBLEMS);
      return thorough ? check.thorough() : check.fast();
    }
  }

  /** What is checked. */
  Path database() {
    return database;
  }

  /** What it found; waits for it. */
  List<String> problems() throws SQLException, IOException {
    try {
      return Interruption.await(check);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException failure) {
        throw failure;
      }
      throw Interruption.rethrown(e);
    }
  }

  /** Ends it, if it is still at work. */
  @Override
  public void close() {
    thread.interrupt();
    Cancellation.join(thread);
  }
}
