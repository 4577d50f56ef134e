package io.chromabackup.chroma;

import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.DB;

/**
 * Ends a statement of SQLite that runs long when the thread that started it is interrupted: SQLite
 * itself does not mind Java's interrupts. (A progress handler would need no thread, but sqlite-jdbc
 * keeps only one of them for the whole process.)
 */
final class Cancellation implements AutoCloseable {
  private static final long POLL_MILLIS = 50;

  private final Thread watcher;

  private Cancellation(Thread watched, DB database) {
    watcher = new Thread(() -> watch(watched, database), "chromabackup-cancellation");
    watcher.setDaemon(true);
    watcher.start();
  }

  /** Watches over the calling thread until closed, which must be before the connection is. */
  static Cancellation of(Connection connection) throws SQLException {
    DB database = connection.unwrap(SQLiteConnection.class).getDatabase();
    return new Cancellation(Thread.currentThread(), database);
  }

  private static void watch(Thread watched, DB database) {
    try {
      while (true) {
        Thread.sleep(POLL_MILLIS);
        if (watched.isInterrupted()) {
          database.interrupt();
        }
      }
    } catch (InterruptedException e) {
      // closed
    } catch (SQLException e) {
      throw new IllegalStateException("closed before its cancellation", e);
    }
  }

  @Override
  public void close() {
    watcher.interrupt();
    join(watcher);
  }

  /** Waits for the end of a thread that is sure to end soon; an interrupt has to wait too. */
  static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
