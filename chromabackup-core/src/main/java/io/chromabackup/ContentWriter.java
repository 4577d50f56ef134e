package io.chromabackup;

import java.io.IOException;
import java.io.OutputStream;

/** Writes the bytes of one archive. */
@FunctionalInterface
public interface ContentWriter {
  /**
   * Writes everything, from the first byte to the last.
   *
   * @param out takes the bytes; not closed here
   * @throws IOException if it fails; what was written is worth nothing then
   */
  void writeTo(OutputStream out) throws IOException;
}
