package io.chromabackup;

import java.io.IOException;
import java.io.InputStream;

/** A way to decode. */
@FunctionalInterface
interface Decoding {
  /**
   * The decoded bytes of what is coded; closing them frees the decoder, and closes what it reads.
   */
  InputStream of(InputStream coded) throws IOException;
}
