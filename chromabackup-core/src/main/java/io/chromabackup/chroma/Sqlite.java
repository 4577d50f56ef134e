package io.chromabackup.chroma;

import io.chromabackup.files.FileTree;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.SQLiteLimits;
import org.sqlite.SQLiteOpenMode;

/**
 * Opens SQLite databases that somebody else made, and tells what their errors mean. Extensions stay
 * off, functions in a hostile schema are not trusted, and no file is ever created by accident.
 */
final class Sqlite {
  /** Primary result codes that say the database is not what it should be, and the disk is fine. */
  private static final Set<Integer> DAMAGE =
      Set.of(
          SQLiteErrorCode.SQLITE_ERROR.code,
          SQLiteErrorCode.SQLITE_CORRUPT.code,
          SQLiteErrorCode.SQLITE_NOTADB.code,
          SQLiteErrorCode.SQLITE_FORMAT.code,
          SQLiteErrorCode.SQLITE_TOOBIG.code,
          SQLiteErrorCode.SQLITE_CONSTRAINT.code,
          SQLiteErrorCode.SQLITE_MISMATCH.code);

  private static final Set<SQLiteErrorCode> HOT =
      EnumSet.of(
          SQLiteErrorCode.SQLITE_READONLY_ROLLBACK,
          SQLiteErrorCode.SQLITE_READONLY_RECOVERY,
          SQLiteErrorCode.SQLITE_READONLY_CANTINIT);

  private static final Set<SQLiteErrorCode> WITHOUT_LOCKS =
      EnumSet.of(
          SQLiteErrorCode.SQLITE_IOERR_LOCK,
          SQLiteErrorCode.SQLITE_IOERR_RDLOCK,
          SQLiteErrorCode.SQLITE_IOERR_UNLOCK,
          SQLiteErrorCode.SQLITE_IOERR_CHECKRESERVEDLOCK,
          SQLiteErrorCode.SQLITE_IOERR_SHMOPEN,
          SQLiteErrorCode.SQLITE_IOERR_SHMSIZE,
          SQLiteErrorCode.SQLITE_IOERR_SHMLOCK,
          SQLiteErrorCode.SQLITE_IOERR_SHMMAP);

  /**
   * Chroma's rows are those of one request, of 40 MB unless its server is told otherwise; what it
   * says to SQLite is short.
   */
  private static final Map<SQLiteLimits, Integer> LIMITS =
      Map.of(
          SQLiteLimits.SQLITE_LIMIT_LENGTH, 256 << 20,
          SQLiteLimits.SQLITE_LIMIT_SQL_LENGTH, 100_000,
          SQLiteLimits.SQLITE_LIMIT_COLUMN, 200,
          SQLiteLimits.SQLITE_LIMIT_EXPR_DEPTH, 100,
          SQLiteLimits.SQLITE_LIMIT_COMPOUND_SELECT, 10,
          SQLiteLimits.SQLITE_LIMIT_FUNCTION_ARG, 16,
          SQLiteLimits.SQLITE_LIMIT_VDBE_OP, 250_000,
          SQLiteLimits.SQLITE_LIMIT_TRIGGER_DEPTH, 0);

  private static boolean isLoaded;

  private Sqlite() {}

  /**
   * Loads the native library, once, in a thread of its own: sqlite-jdbc runs processes to find out
   * which library suits, and swallows an interrupt meanwhile.
   */
  private static synchronized void load() {
    if (!isLoaded) {
      Thread loader = new Thread(Sqlite::initialize, "chromabackup-sqlite-loader");
      loader.start();
      Cancellation.join(loader);
      isLoaded = true;
    }
  }

  private static void initialize() {
    try {
      SQLiteJDBCLoader.initialize();
    } catch (Exception e) {
      // Opening a database will fail for the same reason, and say so.
    }
  }

  /** Opens an existing database for reading. Nothing is read from it yet. */
  static Connection openToRead(Path file, Duration patience) throws SQLException {
    SQLiteConfig config = config(patience);
    config.setReadOnly(true);
    return open(uri(file, "mode=ro"), config, 0, "PRAGMA query_only = ON");
  }

  /** Opens an existing database for writing. Nothing is read from it yet. */
  static Connection openToWrite(Path file, Duration patience) throws SQLException {
    SQLiteConfig config = config(patience);
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    return open(uri(file, "mode=rw"), config, 0);
  }

  /**
   * Creates a database that need not survive anything, not even an error. One other can be attached
   * to it, which is what is looked at.
   */
  static Connection createScratch(Path file) throws SQLException, IOException {
    return create(file, 1, "PRAGMA cache_size = -32768");
  }

  /** Creates an empty database for the pages of another, which are written once. */
  static Connection createCopy(Path file) throws SQLException, IOException {
    return create(file, 0, "PRAGMA cache_size = -2048");
  }

  /** Makes an empty file for its owner alone; SQLite's are for whom the umask lets have them. */
  static void createFile(Path file) throws IOException {
    Files.createFile(file, FileTree.ownerOnly(file, "rw-------"));
  }

  private static Connection create(Path file, int attachments, String cache)
      throws SQLException, IOException {
    String location = uri(file, "mode=rw");
    createFile(file);
    return open(
        location,
        config(Duration.ZERO),
        attachments,
        "PRAGMA journal_mode = OFF",
        "PRAGMA synchronous = OFF",
        "PRAGMA locking_mode = EXCLUSIVE",
        cache);
  }

  /**
   * Attaches as {@code chroma} what is looked at. Nobody changes it, so no locks are needed, and
   * none are left on a read-only disk.
   */
  static void attach(Connection scratch, Path file) throws SQLException {
    try (PreparedStatement attach = scratch.prepareStatement("ATTACH ? AS chroma")) {
      attach.setString(1, uri(file, "mode=ro&immutable=1"));
      attach.execute();
    }
  }

  private static SQLiteConfig config(Duration patience) {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout((int) Math.min(patience.toMillis(), Integer.MAX_VALUE));
    config.enableLoadExtension(false);
    // Else each insert is followed by a query for its row's number.
    config.setGetGeneratedKeys(false);
    return config;
  }

  /**
   * Opens a file that may be a stranger's, so that it can run nothing: no extensions, no functions
   * or virtual tables that act, no triggers, no checks, no further databases; and a file that is
   * cut while it is mapped would kill this process.
   */
  private static Connection open(
      String uri, SQLiteConfig config, int attachments, String... pragmas) throws SQLException {
    load();
    Connection connection =
        DriverManager.getConnection("jdbc:sqlite:" + uri, config.toProperties());
    try {
      execute(connection, "PRAGMA trusted_schema = OFF");
      execute(connection, "PRAGMA cell_size_check = ON");
      execute(connection, "PRAGMA ignore_check_constraints = ON");
      execute(connection, "PRAGMA mmap_size = 0");
      SQLiteConnection sqlite = connection.unwrap(SQLiteConnection.class);
      sqlite.setLimit(SQLiteLimits.SQLITE_LIMIT_ATTACHED, attachments);
      for (Map.Entry<SQLiteLimits, Integer> limit : LIMITS.entrySet()) {
        sqlite.setLimit(limit.getKey(), limit.getValue());
      }
      for (String pragma : pragmas) {
        execute(connection, pragma);
      }
      return connection;
    } catch (SQLException e) {
      closeAfter(e, connection);
      throw e;
    }
  }

  /** Names a file as SQLite's URI, in which {@code ?}, {@code #} and {@code %} are escaped. */
  static String uri(Path file, String parameters) {
    if (file.getFileSystem() != FileSystems.getDefault()) {
      throw new IllegalArgumentException("SQLite cannot open " + file.toUri());
    }
    return file.toUri() + "?" + parameters;
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Closes the connection without hiding why that is done. */
  static void closeAfter(Exception reason, Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      reason.addSuppressed(e);
    }
  }

  /** The number that {@code sql} yields. */
  static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.getLong(1);
    }
  }

  /** Tells whether the database is at fault, and not the disk or this program. */
  static boolean isDamage(SQLException e) {
    return DAMAGE.contains(primaryCode(e));
  }

  static boolean isBusy(SQLException e) {
    return primaryCode(e) == SQLiteErrorCode.SQLITE_BUSY.code
        || primaryCode(e) == SQLiteErrorCode.SQLITE_LOCKED.code;
  }

  /** Not of a file system that has no locks: its files can be read all the same. */
  static boolean isOfDisk(SQLException e) {
    return primaryCode(e) == SQLiteErrorCode.SQLITE_IOERR.code
        && !(e instanceof SQLiteException detailed
            && WITHOUT_LOCKS.contains(detailed.getResultCode()));
  }

  /** Tells whether a database that was opened for writing may only be read. */
  static boolean isReadOnly(SQLException e) {
    return primaryCode(e) == SQLiteErrorCode.SQLITE_READONLY.code && !isHot(e);
  }

  /** Tells whether the database waits for a journal to be rolled back or a log to be recovered. */
  static boolean isHot(SQLException e) {
    return e instanceof SQLiteException detailed && HOT.contains(detailed.getResultCode());
  }

  private static int primaryCode(SQLException e) {
    return e.getErrorCode() & 0xff;
  }

  /** Says in one exception what was done, to what, and what SQLite says. */
  static IOException failure(String what, SQLException e) {
    if (primaryCode(e) == SQLiteErrorCode.SQLITE_INTERRUPT.code) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException(what + ": interrupted");
      interrupted.initCause(e);
      return interrupted;
    }
    if (isOfDisk(e)) {
      return new BrokenDiskException(what, e);
    }
    return new IOException(what + ": " + e.getMessage(), e);
  }
}
