package io.chromabackup.docker;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/**
 * A command that runs in a container, by its standard streams, over a connection that the engine
 * has given over to it. Closing it ends its input.
 */
final class ExecSession implements Closeable {
  private final Exchange exchange;
  private final Frames frames;
  private final StandardInput input;
  private final OutputStream writer;
  private final OutputTail errors = new OutputTail();
  private final InputStream output = new Output();

  ExecSession(Exchange exchange, StandardInput input) {
    this.exchange = exchange;
    this.frames = new Frames(exchange);
    this.input = input;
    this.writer = input.writer();
    exchange.watch().done();
  }

  /** Its standard output; ends when the command does. */
  InputStream output() {
    return output;
  }

  /** Its standard input. */
  OutputStream input() {
    return writer;
  }

  /** What it said on its error stream so far. */
  String errors() {
    return errors.toString();
  }

  @Override
  public void close() {
    input.finish();
    exchange.close();
  }

  /** Sorts out the frames as it is read: what is an error is kept, the rest is passed on. */
  private final class Output extends InputStream {
    private boolean inFrame;
    private boolean ended;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, buffer.length);
      if (length == 0) {
        return 0;
      }
      while (inFrame || advance()) {
        int count = frames.read(buffer, offset, length);
        if (count >= 0) {
          return count;
        }
        inFrame = false;
      }
      return -1;
    }

    /** Goes on to a frame of the output; false at the end. */
    private boolean advance() throws IOException {
      while (!ended && frames.next()) {
        if (!frames.isError()) {
          inFrame = true;
          return true;
        }
        errors.addAll(frames::read);
      }
      ended = true;
      return false;
    }
  }
}
