package io.chromabackup.docker;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * What a container or a command says, as the engine sends it: standard output and error in turns,
 * each piece with a header of eight bytes. Reads the output; the errors are put aside.
 */
final class Frames extends InputStream {
  private static final int ERRORS = 2;
  private static final int MOST_ERRORS = 8192;

  private final DataInputStream in;
  private volatile String errors = "";
  private final boolean both;
  private int left;

  private Frames(InputStream in, boolean both) {
    this.in = new DataInputStream(in);
    this.both = both;
  }

  /** The output alone. */
  static Frames output(InputStream in) {
    return new Frames(in, false);
  }

  /** Output and errors, as they come. */
  static Frames everything(InputStream in) {
    return new Frames(in, true);
  }

  String errors() {
    return errors;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    while (left == 0) {
      if (!next()) {
        return -1;
      }
    }
    int n = in.read(buffer, offset, Math.min(length, left));
    if (n < 0) {
      throw new EOFException("the engine broke off in the middle of a piece");
    }
    left -= n;
    return n;
  }

  /** Goes to the next piece of output; false if there is none. */
  private boolean next() throws IOException {
    int kind = in.read();
    if (kind < 0) {
      return false;
    }
    in.skipNBytes(3);
    int length = in.readInt();
    if (kind == ERRORS && !both) {
      String text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
      if (errors.length() < MOST_ERRORS) {
        errors = errors.concat(text);
      }
    } else {
      left = length;
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
