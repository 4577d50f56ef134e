package io.chromabackup.examples.ops;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;

/**
 * Stderr, whose last line on a terminal is drawn over again and again. Whatever else is written
 * takes that line's place, so that it never stands between the lines of a log.
 */
final class StatusLine extends FilterOutputStream {
  private static final String ERASE = "\r\u001b[K";

  private boolean shown;

  StatusLine(OutputStream out) {
    super(out);
  }

  static StatusLine ofStderr() {
    return new StatusLine(new FileOutputStream(FileDescriptor.err));
  }

  synchronized void show(String text) {
    draw(ERASE + text);
    shown = true;
  }

  synchronized void erase() {
    if (shown) {
      shown = false;
      draw(ERASE);
    }
  }

  private void draw(String text) {
    try {
      out.write(text.getBytes(Charset.defaultCharset()));
      out.flush();
    } catch (IOException nobodyWatches) {
      shown = false; // a terminal that was closed is no reason for a backup to fail
    }
  }

  @Override
  public synchronized void write(int b) throws IOException {
    erase();
    out.write(b);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    erase();
    out.write(bytes, offset, length);
  }
}
