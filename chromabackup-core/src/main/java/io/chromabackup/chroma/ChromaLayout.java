package io.chromabackup.chroma;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names in a Chroma data directory: one SQLite database, and one directory per vector index
 * that was ever written. They are the same from Chroma 0.4 to 1.5.
 *
 * <p>Source: {@code rust/segment/src/local_hnsw.rs}, {@code hnswlib/hnswalg.h} and the directories
 * that servers of those versions leave.
 */
public final class ChromaLayout {
  /** The database: collections, records, the queue of writes, but not the vectors of most. */
  public static final String DATABASE = "chroma.sqlite3";

  /** What SQLite keeps beside the database while it is in use, or after a crash. */
  public static final List<String> SIDECARS =
      List.of(DATABASE + "-journal", DATABASE + "-wal", DATABASE + "-shm");

  /** How the vector index is laid out: 100 bytes. */
  public static final String HEADER = "header.bin";

  /** The vectors, with their links on the lowest level of the graph. */
  public static final String VECTORS = "data_level0.bin";

  /** The length of each vector before it was normalised. */
  public static final String LENGTHS = "length.bin";

  /** The links on the upper levels of the graph. */
  public static final String LINKS = "link_lists.bin";

  /** Which id each vector belongs to. */
  public static final String IDS = "index_metadata.pickle";

  /** What is found at the top of a data directory, and is neither Chroma's nor a surprise. */
  private static final Set<String> EXPECTED = Set.of(".chromabackup", "lost+found");

  private static final Pattern UUID =
      Pattern.compile("\\p{XDigit}{8}-(\\p{XDigit}{4}-){3}\\p{XDigit}{12}");

  private ChromaLayout() {}

  /**
   * Tells whether a directory of this name holds a vector index. The name is the id of the
   * collection's VECTOR segment, not of the collection.
   *
   * @param name a name at the top of the data directory
   * @return true if it is a UUID
   */
  public static boolean isSegmentDirectory(String name) {
    return UUID.matcher(name).matches();
  }

  /**
   * Tells whether a file of this name is the database or one of its sidecars.
   *
   * @param name a name at the top of the data directory
   * @return true if so
   */
  public static boolean isDatabaseFile(String name) {
    return name.equals(DATABASE) || SIDECARS.contains(name);
  }

  /**
   * Tells whether Chroma made what has this name. Anything else in the directory is somebody
   * else's.
   *
   * @param topLevelName a name at the top of the data directory
   * @return true if it is a database file or a segment directory
   */
  public static boolean belongsToChroma(String topLevelName) {
    return isDatabaseFile(topLevelName) || isSegmentDirectory(topLevelName);
  }

  /**
   * Tells whether somebody put what has this name into the data directory, who may miss it in a
   * backup.
   *
   * @param topLevelName a name at the top of the data directory
   * @return false if it belongs to Chroma, to a restore that is at work, or to the file system of
   *     which the directory is the root
   */
  public static boolean isForeign(String topLevelName) {
    return !belongsToChroma(topLevelName) && !EXPECTED.contains(topLevelName);
  }
}
