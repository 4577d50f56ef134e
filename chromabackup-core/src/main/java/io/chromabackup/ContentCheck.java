package io.chromabackup;

import java.io.IOException;
import java.io.InputStream;

/** Reads the bytes of one archive back and throws if they are not what was meant. */
@FunctionalInterface
public interface ContentCheck {
  /**
   * Reads what was written.
   *
   * @param in the bytes as the store holds them; not closed here
   * @throws IOException if they are not what was meant
   */
  void readFrom(InputStream in) throws IOException;
}
