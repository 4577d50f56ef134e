package io.chromabackup.files;

import java.io.IOException;
import java.io.InputStream;

/** A stream that knows only portions: who asks for a byte is given a portion of one. */
public abstract class PortionedInputStream extends InputStream {
  @Override
  public final int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public abstract int read(byte[] buffer, int offset, int length) throws IOException;
}
