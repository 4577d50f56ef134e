package io.chromabackup.docker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The end of what somebody said, as text: so much of it as is worth showing. */
final class OutputTail {
  private static final int MOST = 256 * 1024;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** All that is sent in frames, whichever stream it is of. */
  static String framed(Exchange exchange) throws IOException {
    OutputTail tail = new OutputTail();
    Frames frames = new Frames(exchange);
    while (frames.next()) {
      tail.addAll(frames::read);
    }
    return tail.toString();
  }

  /** All that is sent. */
  static String plain(Exchange exchange) throws IOException {
    OutputTail tail = new OutputTail();
    tail.addAll(exchange::read);
    return tail.toString();
  }

  /** Something that is read as an {@link java.io.InputStream} is. */
  @FunctionalInterface
  interface Source {
    int read(byte[] buffer, int offset, int length) throws IOException;
  }

  void addAll(Source source) throws IOException {
    byte[] buffer = new byte[8192];
    for (int n = source.read(buffer, 0, buffer.length);
        n >= 0;
        n = source.read(buffer, 0, buffer.length)) {
      add(buffer, n);
    }
  }

  private synchronized void add(byte[] buffer, int length) {
    if (bytes.size() + length > 2 * MOST) {
      String kept = toString();
      bytes.reset();
      bytes.writeBytes(kept.getBytes(StandardCharsets.UTF_8));
    }
    bytes.write(buffer, 0, length);
  }

  @Override
  public synchronized String toString() {
    byte[] all = bytes.toByteArray();
    int from = Math.max(0, all.length - MOST);
    return new String(all, from, all.length - from, StandardCharsets.UTF_8);
  }
}
