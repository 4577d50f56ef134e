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

  /**
   * Takes a file again that was {@linkplain #accept accepted} earlier, without its content. The
   * sender vouches for it that the file has not changed since.
   *
   * @param entry the file, as it was when it was accepted
   * @return true if it is there and is taken so; false if it has to be accepted, as any other.
   *     Always false for a sink that keeps nothing
   * @throws IOException if it cannot be told
   */
  default boolean keep(Entry entry) throws IOException {
    return false;
  }
}
