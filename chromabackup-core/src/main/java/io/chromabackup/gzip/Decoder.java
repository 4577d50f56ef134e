package io.chromabackup.gzip;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Decodes a block that was coded without regard to others. */
final class Decoder {
  /** As many bytes as nobody guesses. */
  private static final int SECRET = 16;

  private static final byte[] STORED = {(byte) 0xf8, SECRET, 0, ~SECRET, -1};
  private static final byte[] LAST = AdaptiveGzipOutputStream.LAST_BLOCK;
  private static final byte[] PROBE = probe();

  final byte[] input = new byte[Block.LONGEST_CODED];
  final byte[] output = new byte[Block.SIZE];

  /** How many bytes were decoded. */
  int length;

  private final byte[] probed = new byte[SECRET + 1];
  private final Inflater inflater = new Inflater(true);

  /**
   * Two blocks of deflate: a stored one that holds a secret, and the last. The bits that fill up
   * the first one's header are set, so that there is no other header of a stored block to be found.
   */
  private static byte[] probe() {
    byte[] secret = new byte[SECRET];
    new SecureRandom().nextBytes(secret);
    byte[] probe = new byte[STORED.length + SECRET + LAST.length];
    System.arraycopy(STORED, 0, probe, 0, STORED.length);
    System.arraycopy(secret, 0, probe, STORED.length, SECRET);
    System.arraycopy(LAST, 0, probe, STORED.length + SECRET, LAST.length);
    return probe;
  }

  /**
   * Decodes so much of {@link #input}. It must end with a block of deflate, and not within one that
   * would take what is put behind it for its rest: other decoders find a mark there, and go on
   * within that block to whatever the file's maker wants them to read. So what is put there, to see
   * whether it is read as it should be, is something that no maker of a file knows.
   */
  void decode(int coded) throws DataFormatException {
    inflater.reset();
    inflater.setInput(input, 0, coded);
    length = inflater.inflate(output);
    if (length == output.length && inflater.inflate(probed, 0, 1) > 0) {
      throw new DataFormatException("it is longer than a block can be");
    }
    if (length == 0) {
      // no writer makes such a block, and a file of nothing else would be read for ever
      throw new DataFormatException("there is nothing in it");
    }
    // zeros that are left over of a byte would be taken for a part of the next block's header
    boolean endsWithAByte = input[coded - 1] == -1;
    if (inflater.finished()
        || inflater.getRemaining() > 0
        || !endsWithAByte
        || !isBetweenBlocks()) {
      throw new DataFormatException("it does not end where it should");
    }
  }

  private boolean isBetweenBlocks() throws DataFormatException {
    inflater.setInput(PROBE);
    int count = inflater.inflate(probed);
    return count == SECRET
        && Arrays.equals(probed, 0, SECRET, PROBE, STORED.length, STORED.length + SECRET)
        && inflater.finished()
        && inflater.getRemaining() == 0;
  }

  /** Frees the memory that it has beside the heap. */
  void end() {
    inflater.end();
  }
}
