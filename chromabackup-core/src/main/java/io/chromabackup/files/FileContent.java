package io.chromabackup.files;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes of a file, as many as it was said to have. Whoever writes them to another file
 * with {@link SparseFile} has the kernel copy them, as far as it can.
 */
public final class FileContent extends PortionedInputStream {
  private static final int SAMPLES = 8;
  private static final int SAMPLE = 64;

  private final FileChannel channel;
  private final long size;

  /** Where the file is, if whoever wants may have it; null if it is to stay. */
  private final @Nullable Path gift;

  private FileContent(FileChannel channel, long size, @Nullable Path gift) {
    this.channel = channel;
    this.size = size;
    this.gift = gift;
  }

  /**
   * Opens a file.
   *
   * @param file the file
   * @param size how many bytes of it are the content
   * @return a stream that throws {@link EOFException} if the file has become shorter
   * @throws IOException if it cannot be opened
   */
  public static FileContent of(Path file, long size) throws IOException {
    return new FileContent(FileChannel.open(file, StandardOpenOption.READ), size, null);
  }

  /**
   * Opens a file that is of no more use where it is, and may be moved from there.
   *
   * @param file the file
   * @return a stream of all of it
   * @throws IOException if it cannot be opened
   */
  public static FileContent given(Path file) throws IOException {
    return new FileContent(FileChannel.open(file, StandardOpenOption.READ), Files.size(file), file);
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    long left = left();
    if (left == 0) {
      return -1;
    }
    int n = channel.read(ByteBuffer.wrap(buffer, offset, (int) Math.min(length, left)));
    if (n < 0) {
      throw tooShort();
    }
    return n;
  }

  @Override
  public long skip(long n) throws IOException {
    long skipped = Math.max(0, Math.min(n, left()));
    channel.position(channel.position() + skipped);
    return skipped;
  }

  private long left() throws IOException {
    return size - channel.position();
  }

  private EOFException tooShort() throws IOException {
    return new EOFException((size - channel.position()) + " bytes shorter");
  }

  /**
   * Has the kernel copy the next bytes.
   *
   * @return how many were copied; 0 at the end, or if they seem to be zeros that take no room
   */
  long copyTo(FileChannel target, int atMost) throws IOException {
    long position = channel.position();
    long count = Math.min(atMost, size - position);
    if (count == 0 || seemsEmpty(position, count)) {
      return 0;
    }
    long copied = channel.transferTo(position, count, target);
    channel.position(position + copied);
    return copied;
  }

  private boolean seemsEmpty(long position, long count) throws IOException {
    if (count < SparseFile.HOLE) {
      return false;
    }
    ByteBuffer sample = ByteBuffer.allocate(SAMPLE);
    for (int i = 0; i < SAMPLES; i++) {
      sample.clear();
      channel.read(sample, position + i * (count - SAMPLE) / (SAMPLES - 1));
      if (!SparseFile.isEmpty(sample.array(), SAMPLE)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Moves the file, if it may be moved.
   *
   * @return whether this was done; then nothing is left to be read
   */
  boolean moveTo(Path target) throws IOException {
    if (gift == null || gift.getFileSystem() != target.getFileSystem()) {
      return false;
    }
    Files.move(gift, target, StandardCopyOption.REPLACE_EXISTING);
    channel.position(size);
    return true;
  }

  /** How many bytes it has. */
  long size() {
    return size;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
