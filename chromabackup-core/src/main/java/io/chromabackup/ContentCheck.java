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
   * @param in the bytes as the store holds them; not closed here. Once it fails, as it does when
   *     the writing has, this is to end: the store waits for it
   * @throws IOException if they are not what was meant
   */
  void readFrom(InputStream in) throws IOException;
}
