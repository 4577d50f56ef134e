package io.chromabackup;

import java.io.IOException;

/** A sequence of files that can be walked in one pass without being held in memory. */
@FunctionalInterface
public interface EntrySource {
  /**
   * Hands every file to {@code sink}, one at a time, on the calling thread.
   *
   * @param sink takes the files; what it throws is passed on unchanged
   * @throws IOException if a file cannot be read; nothing opened here stays open
   */
  void transferTo(EntrySink sink) throws IOException;
}
