package io.chromabackup.testkit.contract;

import io.chromabackup.BackupSource;
import java.io.IOException;
import java.nio.file.Path;

/**
 * How the {@linkplain SourceRule rules} get at a backup source: it reads a place that is empty at
 * first, and that they can put Chroma's files into. No server runs on it, or its service is held.
 */
public interface SourceAccess {
  /**
   * Opens the source. Every call gives another instance on the same place.
   *
   * @return the instance
   * @throws IOException if it cannot be opened
   */
  BackupSource open() throws IOException;

  /**
   * Puts files where the source reads, over those of the same names, with their times: what was
   * just written may be taken for what is being written.
   *
   * @param directory a directory of the default file system; what is in it is to be the data
   *     directory that the source reads
   * @throws IOException if that fails
   */
  void put(Path directory) throws IOException;

  /**
   * Deletes a file where the source reads.
   *
   * @param path of a file that was put, from the data directory
   * @return whether it was deleted; false if this test cannot, and what needs it is skipped
   * @throws IOException if that fails
   */
  default boolean remove(String path) throws IOException {
    return false;
  }
}
