package io.chromabackup.localfs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Writes a file on behalf of somebody who may have troubles of their own: what fails here is told
 * from what fails there, and is not forgotten if they overlook it. Closing it does nothing.
 */
final class FileOutput extends OutputStream {
  private final FileChannel channel;
  private final SyncAhead ahead;
  private final UnaryOperator<IOException> meaning;
  private @Nullable IOException failure;

  FileOutput(FileChannel channel, SyncAhead ahead, UnaryOperator<IOException> meaning) {
    this.channel = channel;
    this.ahead = ahead;
    this.meaning = meaning;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (failure != null) {
      throw new IOException("an earlier write failed: " + failure.getMessage(), failure);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
    try {
      while (buffer.hasRemaining()) {
        ahead.written(channel.write(buffer));
      }
    } catch (IOException e) {
      failure = meaning.apply(e);
      throw failure;
    }
  }

  /** What failed here, if anything did: whoever wrote may have made something else of it. */
  IOException failureOr(IOException theirs) {
    return failure == null ? theirs : failure;
  }

  /** Makes what was written last. Returns how much it is. */
  long finish() throws IOException {
    if (failure != null) {
      throw failure;
    }
    try {
      ahead.close();
      channel.force(true);
      return channel.size();
    } catch (IOException e) {
      throw meaning.apply(e);
    }
  }
}
