package io.chromabackup;

import java.io.IOException;
import java.io.InputStream;

/** Reads the bytes of one archive back and throws if they are not what was meant. */
@FunctionalInterface
public interface ContentCheck {
  /**
   * Reads what was written; called once, maybe on another thread than what is written comes from,
   * and while it still does.
   *
   * @param in the bytes as the store holds them; not closed here
   * @throws IOException if they are not what was meant
   */
  void readFrom(InputStream in) throws IOException;
}
