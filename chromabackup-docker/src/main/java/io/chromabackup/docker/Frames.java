package io.chromabackup.docker;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The two output streams of a container, as the engine sends them in one. */
final class Frames {
  private static final int HEADER = 8;
  private static final int ERRORS = 2;

  private final Exchange exchange;
  private final byte[] header = new byte[HEADER];
  private long left;

  Frames(Exchange exchange) {
    this.exchange = exchange;
  }

  /** Goes on to the next frame; what is left of this one must have been read. */
  boolean next() throws IOException {
    int filled = 0;
    while (filled < HEADER) {
      int count = exchange.read(header, filled, HEADER - filled);
      if (count < 0 && filled == 0) {
        return false;
      }
      filled += orCutOff(count);
    }
    left = Integer.toUnsignedLong(ByteBuffer.wrap(header).getInt(HEADER - Integer.BYTES));
    return true;
  }

  /** Whether the frame is of the error stream. */
  boolean isError() {
    return header[0] == ERRORS;
  }

  /** Reads more of the frame; -1 at its end. */
  int read(byte[] buffer, int offset, int length) throws IOException {
    if (left == 0) {
      return -1;
    }
    int count = orCutOff(exchange.read(buffer, offset, (int) Math.min(length, left)));
    left -= count;
    return count;
  }

  private static int orCutOff(int count) throws EOFException {
    if (count < 0) {
      throw new EOFException("the engine broke off in the midst of a command's output");
    }
    return count;
  }
}
