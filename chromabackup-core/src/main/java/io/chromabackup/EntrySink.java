package io.chromabackup;

import java.io.IOException;
import java.io.InputStream;

/** Takes the files of a Chroma data directory, one after the other. */
@FunctionalInterface
public interface EntrySink {
  /**
   * Takes one file or directory.
   *
   * @param entry what it is; directories come before what is in them
   * @param content exactly {@code entry.size()} bytes (none for a directory); valid only during
   *     this call, which reads all of it and does not close it
   * @throws IOException if it cannot be taken; the sender stops at once and passes this exception
   *     on unchanged
   */
  void accept(Entry entry, InputStream content) throws IOException;
}
