package io.chromabackup.chroma;

import io.chromabackup.files.Interruption;
import io.chromabackup.files.Present;
import io.chromabackup.files.Space;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.DB;

/**
 * The database of a server that may be running. It is opened for reading only, through SQLite, and
 * read under SQLite's locks.
 *
 * <p><b>While one of these, or a {@link WriteBarrier}, is open, nothing else in this process may
 * open {@code chroma.sqlite3} or a sidecar of it</b>, not even to copy or hash it: POSIX locks
 * belong to the process, and closing <em>any</em> descriptor of a file drops all locks that the
 * process has on it. The server would then write into the middle of what is read. (See section 2.2
 * of sqlite.org/howtocorrupt.html.) Copy the database with {@link #backUpTo} instead.
 *
 * <p>Works where SQLite's locks do: on a local disk of the kernel the server runs on. Not for use
 * by several threads at a time. Messages of exceptions name the file.
 */
public final class LiveDatabase implements AutoCloseable {
  /** How long a read waits for a server that is about to commit. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** In one step, so that the lock is not given up in between. */
  private static final int ALL_PAGES = -1;

  private final Path file;
  private final Connection connection;
  private final Catalog catalog;

  private LiveDatabase(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
    this.catalog = new Catalog(connection, "main");
  }

  /**
   * Opens the database in a data directory. It is never created.
   *
   * @param directory the live data directory, on the default file system
   * @return the database, to be closed by the caller
   * @throws NoSuchFileException if there is no {@code chroma.sqlite3}
   * @throws HotJournalException if a server died and left it in the middle of a write
   * @throws BusyDatabaseException if it stays locked
   * @throws IOException if it cannot be read, or is no database
   * @throws IllegalArgumentException if the directory is not on the default file system
   */
  public static LiveDatabase open(Path directory) throws IOException {
    Path file = directory.resolve(ChromaLayout.DATABASE);
    if (directory.getFileSystem() == FileSystems.getDefault() && !Present.fileBehind(file)) {
      throw new NoSuchFileException(file.toString());
    }
    try {
      return open(file, Sqlite.openToRead(file, PATIENCE));
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }

  private static LiveDatabase open(Path file, Connection connection) throws SQLException {
    try {
      lockForReading(connection);
      return new LiveDatabase(file, connection);
    } catch (SQLException e) {
      Sqlite.closeAfter(e, connection);
      throw e;
    }
  }

  private static void lockForReading(Connection connection) throws SQLException {
    Sqlite.number(connection, "SELECT count(*) FROM sqlite_schema");
  }

  /**
   * How new the database is.
   *
   * @return {@link SchemaFingerprint#UNKNOWN} if it is not Chroma's
   * @throws HotJournalException if a server died meanwhile
   * @throws IOException if it cannot be read
   */
  public SchemaFingerprint schema() throws IOException {
    return read(catalog::fingerprint);
  }

  /**
   * How many records the tables hold, without what is queued.
   *
   * @return the number of all collections together
   * @throws HotJournalException if a server died meanwhile
   * @throws IOException if it cannot be read, or lacks the tables
   */
  public long records() throws IOException {
    return read(catalog::records);
  }

  /**
   * The VECTOR segments: the names that the directories of vector indexes have, if they exist.
   *
   * @return a new set
   * @throws HotJournalException if a server died meanwhile
   * @throws IOException if it cannot be read, or lacks the table
   */
  public Set<String> segmentIds() throws IOException {
    return read(catalog::vectorSegments);
  }

  /**
   * Up to which row of the queue each vector index has been saved. An index that was never saved
   * has no entry. If this is the same before and after a copy, no index was saved meanwhile.
   *
   * @return a new map from the segment's id to the row's number
   * @throws HotJournalException if a server died meanwhile
   * @throws IOException if it cannot be read, or lacks the tables
   */
  public Map<String, Long> vectorWatermarks() throws IOException {
    return read(
        () -> {
          Map<String, Long> watermarks = catalog.watermarks();
          watermarks.keySet().retainAll(catalog.vectorSegments());
          return watermarks;
        });
  }

  /**
   * Copies the database as it is at one instant, through SQLite's backup interface in a single step
   * under one read lock: a server's writers wait for it, and it cannot be interrupted.
   *
   * @param target a file that does not exist yet, on the default file system; complete and without
   *     sidecars when this returns, if not on the disk yet, and gone if this throws
   * @throws FileAlreadyExistsException if it does
   * @throws HotJournalException if a server died meanwhile
   * @throws BusyDatabaseException if the database stays locked
   * @throws IOException if reading or writing fails
   * @throws IllegalArgumentException if the target is not on the default file system
   */
  public void backUpTo(Path target) throws IOException {
    if (target.getFileSystem() != FileSystems.getDefault()) {
      throw new IllegalArgumentException("SQLite cannot write " + target.toUri());
    }
    if (Present.at(target)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    Interruption.check();
    try {
      read(() -> copyTo(target));
    } catch (IOException e) {
      Files.deleteIfExists(target);
      throw e;
    }
  }

  private Path copyTo(Path target) throws SQLException, IOException {
    if (!pullTo(target)) {
      Files.deleteIfExists(target);
      Sqlite.createFile(target);
      pushTo(target);
    }
    return target;
  }

  /**
   * Copies by a connection that syncs nothing: who waits for the copy need not wait for a disk. The
   * driver does not tell by its code whether that failed ({@code NativeDB.c}, {@code restore}: it
   * asks the source, and errors are the target's), but calls back only after a step that succeeded.
   *
   * @return false if it failed
   */
  private boolean pullTo(Path target) throws SQLException, IOException {
    AtomicBoolean whole = new AtomicBoolean();
    try (Connection copy = createCopy(target)) {
      int code =
          copy.unwrap(SQLiteConnection.class)
              .getDatabase()
              .restore(
                  "main",
                  Sqlite.uri(file, "mode=ro"),
                  (remaining, pages) -> whole.set(remaining == 0),
                  0,
                  0,
                  ALL_PAGES);
      return code == 0 && whole.get();
    }
  }

  /** Copies by this connection, with a journal and syncs, and an error that says why it failed. */
  private void pushTo(Path target) throws SQLException {
    DB database = connection.unwrap(SQLiteConnection.class).getDatabase();
    int code = database.backup("main", target.toAbsolutePath().toString(), null, 0, 0, ALL_PAGES);
    if (code != 0) {
      throw DB.newSQLException(code, "backup to " + target);
    }
  }

  /**
   * What goes wrong here is the target's, of which nobody else knows: not a writer's lock either.
   */
  private static Connection createCopy(Path target) throws IOException {
    try {
      return Sqlite.createCopy(target);
    } catch (SQLException | IOException e) {
      if (e instanceof IOException failure && Space.isExhausted(failure)) {
        throw failure;
      }
      throw new BrokenDiskException("a copy of the database cannot be made at " + target, e);
    }
  }

  /**
   * Makes the server's writers wait until the barrier is closed; they see no error, as they are
   * patient. Keep it short: reads of collections that were touched before go on, but the first read
   * of a collection after a server's start waits too, and with more than 10 writers the server runs
   * out of connections after 30 seconds and answers with errors. Nothing is written.
   *
   * @param patience how long to wait for a writer that is at work
   * @return the barrier, to be closed by the caller
   * @throws java.io.InterruptedIOException if the thread is interrupted; its flag is set
   * @throws BusyDatabaseException if a writer is at work for longer than that
   * @throws AccessDeniedException if this user may only read the file
   * @throws IOException if it fails
   */
  public WriteBarrier holdWriters(Duration patience) throws IOException {
    try {
      return WriteBarrier.raise(file, patience);
    } catch (SQLException e) {
      throw Sqlite.isReadOnly(e)
          ? new AccessDeniedException(file.toString(), null, e.getMessage())
          : failure(file, e);
    }
  }

  private interface Read<T> {
    T run() throws SQLException, IOException;
  }

  /** Reads it all under one lock. */
  private <T> T read(Read<T> read) throws IOException {
    try {
      Sqlite.execute(connection, "BEGIN");
      T found;
      try {
        lockForReading(connection);
        found = read.run();
      } catch (SQLException | IOException | RuntimeException | Error e) {
        endAfter(e);
        throw e;
      }
      Sqlite.execute(connection, "ROLLBACK");
      return found;
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }

  /** SQLite may have ended the transaction itself, by what failed. */
  private void endAfter(Throwable failure) {
    try {
      Sqlite.execute(connection, "ROLLBACK");
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  private static IOException failure(Path file, SQLException e) {
    if (Sqlite.isHot(e)) {
      return new HotJournalException(file.toString(), e);
    }
    if (Sqlite.isBusy(e)) {
      return new BusyDatabaseException(file.toString(), e);
    }
    return Sqlite.failure(file.toString(), e);
  }

  /**
   * Closes the connection. Not a barrier, which has one of its own.
   *
   * @throws IOException if SQLite cannot
   */
  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }
}
