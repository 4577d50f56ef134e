package io.chromabackup.chroma;

import io.chromabackup.files.FileTree;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.Present;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Makes one clean file of a copied database and its sidecars.
 *
 * <p>Chroma uses a rollback journal: a copy that was taken in the middle of a write has pages of
 * the unfinished transaction in the database, and what they were before in {@code -journal}. A user
 * may have converted the database to a write-ahead log: then the last transactions are in {@code
 * -wal} only.
 */
public final class ChromaDatabase {
  /** Bytes 16 and 17 of the file are the page size, big-endian; 1 stands for 65536. */
  private static final int PAGE_SIZE_OFFSET = 16;

  /** Byte 18 of the file is 2 if the database is written with a write-ahead log. */
  private static final int WRITE_VERSION_OFFSET = 18;

  private static final int WRITE_AHEAD = 2;

  /** How SQLite's journals begin, and how one ends that names another. */
  private static final byte[] JOURNAL = HexFormat.of().parseHex("d9d505f920a163d7");

  private ChromaDatabase() {}

  /**
   * Rolls an unfinished transaction back, or takes finished ones in, so that {@code chroma.sqlite3}
   * is complete by itself and has no sidecars. If there is nothing of the kind, the file stays as
   * it is, byte for byte. A database that SQLite cannot make sense of is left as it is too; an
   * {@link Inspector} says what is wrong with it.
   *
   * @param directory a private copy of a data directory, never one that a server has open. On any
   *     file system
   * @param scratch an existing directory on the default file system, with room for the database if
   *     {@code directory} is on another one. It is left as it was found
   * @throws java.io.InterruptedIOException if the thread is interrupted; its flag is set
   * @throws IOException if reading or writing fails
   */
  public static void settle(Path directory, Path scratch) throws IOException {
    try {
      if (isSettled(directory)) {
        return;
      }
      if (directory.getFileSystem() == FileSystems.getDefault()) {
        settleInPlace(directory);
      } else {
        settleElsewhere(directory, scratch);
      }
    } catch (IOException e) {
      throw Interruption.normalise(e);
    }
  }

  /**
   * Tells whether the database, if there is one, is complete without its sidecars.
   *
   * @param directory a private copy of a data directory
   * @return true if {@link #settle} would find nothing to do
   * @throws IOException if it cannot be read
   */
  public static boolean isSettled(Path directory) throws IOException {
    Path database = directory.resolve(ChromaLayout.DATABASE);
    if (!Present.fileBehind(database)) {
      return true;
    }
    for (String name : ChromaLayout.SIDECARS) {
      if (Present.at(directory.resolve(name))) {
        return false;
      }
    }
    return byteAt(database, WRITE_VERSION_OFFSET) != WRITE_AHEAD;
  }

  /**
   * Tells whether the file ends within a page. SQLite reads what is missing as zeros, and may find
   * nothing wrong with that.
   */
  static boolean isCutWithinPage(Path database) throws IOException {
    int high = byteAt(database, PAGE_SIZE_OFFSET);
    int low = byteAt(database, PAGE_SIZE_OFFSET + 1);
    int pageSize = (high << 8 | low) == 1 ? 1 << 16 : high << 8 | low;
    return pageSize >= 512 && Files.size(database) % pageSize != 0;
  }

  /**
   * The directory whose database SQLite can open: {@code directory} if it is settled and on the
   * default file system, else {@code temporary}, with a settled copy.
   */
  static Path settled(Path directory, Path temporary) throws IOException {
    boolean isNative = directory.getFileSystem() == FileSystems.getDefault();
    if (isNative && isSettled(directory)) {
      return directory;
    }
    copy(directory, temporary);
    settleInPlace(temporary);
    return temporary;
  }

  private static void settleElsewhere(Path directory, Path scratch) throws IOException {
    Path temporary = Files.createTempDirectory(scratch, "settle");
    try {
      copy(directory, temporary);
      settleInPlace(temporary);
      if (isSettled(temporary)) {
        copy(temporary, directory);
        deleteSidecars(directory);
      }
    } finally {
      FileTree.delete(temporary);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    for (String name :
        new String[] {ChromaLayout.DATABASE, "chroma.sqlite3-journal", "chroma.sqlite3-wal"}) {
      Interruption.check();
      Path file = from.resolve(name);
      if (Present.fileBehind(file)) {
        Files.copy(file, to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static void settleInPlace(Path directory) throws IOException {
    Path database = directory.resolve(ChromaLayout.DATABASE);
    if (namesAnotherJournal(directory)) {
      return;
    }
    if (isUnfinished(directory)) {
      try (Connection connection = Sqlite.openToWrite(database, Duration.ZERO)) {
        // The first read rolls back; leaving the write-ahead log takes it in.
        Sqlite.number(connection, "SELECT count(*) FROM sqlite_schema");
        Sqlite.execute(connection, "PRAGMA journal_mode = DELETE");
      } catch (SQLException e) {
        if (!Sqlite.isDamage(e)) {
          throw Sqlite.failure("settling " + database, e);
        }
        return;
      }
    }
    deleteSidecars(directory);
  }

  /**
   * Only a transaction over several databases has another journal, and Chroma has one database. But
   * SQLite opens what is named there, wherever it is, and older versions delete it.
   */
  private static boolean namesAnotherJournal(Path directory) throws IOException {
    Path journal = directory.resolve(ChromaLayout.DATABASE + "-journal");
    if (!Present.fileBehind(journal)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(journal)) {
      in.skipNBytes(Math.max(0, Files.size(journal) - JOURNAL.length));
      return Arrays.equals(in.readNBytes(JOURNAL.length), JOURNAL);
    }
  }

  /** SQLite leaves journals behind that mean nothing: empty ones, or with a zeroed beginning. */
  private static boolean isUnfinished(Path directory) throws IOException {
    return byteAt(directory.resolve(ChromaLayout.DATABASE + "-journal"), 0) > 0
        || byteAt(directory.resolve(ChromaLayout.DATABASE + "-wal"), 0) >= 0
        || byteAt(directory.resolve(ChromaLayout.DATABASE), WRITE_VERSION_OFFSET) == WRITE_AHEAD;
  }

  /** One byte, or -1 if there is none. */
  private static int byteAt(Path file, int offset) throws IOException {
    if (!Present.fileBehind(file)) {
      return -1;
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(offset + 1);
      return start.length > offset ? start[offset] & 0xff : -1;
    }
  }

  private static void deleteSidecars(Path directory) throws IOException {
    for (String name : ChromaLayout.SIDECARS) {
      FileTree.delete(directory.resolve(name));
    }
  }
}
