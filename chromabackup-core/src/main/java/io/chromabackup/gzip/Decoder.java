package io.chromabackup.gzip;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Decodes a block that was coded without regard to others. */
final class Decoder {
  private static final byte[] END = AdaptiveGzipOutputStream.LAST_BLOCK;

  final byte[] input = new byte[Block.LONGEST_CODED + END.length];
  final byte[] output = new byte[Block.SIZE];

  /** How many bytes were decoded. */
  int length;

  private final Inflater inflater = new Inflater(true);

  /**
   * Decodes so much of {@link #input}. That it ends with a block of deflate, and not within one, is
   * seen when an end is put behind it: it must be found there.
   */
  void decode(int coded) throws DataFormatException {
    System.arraycopy(END, 0, input, coded, END.length);
    inflater.reset();
    inflater.setInput(input, 0, coded + END.length);
    length = inflater.inflate(output);
    if (length == output.length && inflater.inflate(new byte[1]) > 0) {
      throw new DataFormatException("it is longer than a block can be");
    }
    if (!inflater.finished() || inflater.getRemaining() > 0) {
      throw new DataFormatException("it does not end where it should");
    }
    if (length == 0) {
      // no writer makes such a block, and a file of nothing else would be read for ever
      throw new DataFormatException("there is nothing in it");
    }
  }

  /** Frees the memory that it has beside the heap. */
  void end() {
    inflater.end();
  }
}
