package io.chromabackup.chroma;

import io.chromabackup.files.Interruption;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * SQLite's check of a database, in threads and on connections of its own: it reads every page of
 * the database, while the inspection of the collections reads the files of their indexes.
 */
final class CheckBeside implements AutoCloseable {
  private static final int MOST_PROBLEMS = 5;

  private final List<FutureTask<List<String>>> checks = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  private interface Check {
    List<String> of(DatabaseCheck database) throws SQLException;
  }

  /**
   * Begins.
   *
   * @param scratch where databases of passage can be made
   */
  CheckBeside(Path database, Path scratch, boolean thorough) {
    if (thorough) {
      begin(DatabaseCheck::thorough, database, scratch.resolve("check.sqlite3"));
    } else {
      begin(DatabaseCheck::tables, database, scratch.resolve("tables.sqlite3"));
      begin(DatabaseCheck::sharedPages, database, scratch.resolve("pages.sqlite3"));
    }
  }

  private void begin(Check check, Path database, Path scratch) {
    FutureTask<List<String>> task = new FutureTask<>(() -> problems(check, database, scratch));
    Thread thread = new Thread(task, "chromabackup-checking");
    thread.setDaemon(true);
    thread.start();
    checks.add(task);
    threads.add(thread);
  }

  private static List<String> problems(Check check, Path database, Path scratch)
      throws SQLException {
    try (Connection connection = Sqlite.createScratch(scratch);
        Cancellation cancellation = Cancellation.of(connection)) {
      Sqlite.attach(connection, database);
      return check.of(new DatabaseCheck(connection, MOST_PROBLEMS));
    }
  }

  /**
   * What it found; waits for it. Nobody waits for the pages if something is wrong with the tables:
   * those may lead in circles then.
   */
  List<String> problems() throws SQLException, InterruptedIOException {
    for (FutureTask<List<String>> check : checks) {
      List<String> problems = problems(check);
      if (!problems.isEmpty()) {
        return problems;
      }
    }
    return List.of();
  }

  private static List<String> problems(FutureTask<List<String>> check)
      throws SQLException, InterruptedIOException {
    try {
      return Interruption.await(check);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException("SQLite's check failed", e.getCause());
    }
  }

  /** Ends it, if it is still at work. */
  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
    threads.forEach(Cancellation::join);
  }
}
