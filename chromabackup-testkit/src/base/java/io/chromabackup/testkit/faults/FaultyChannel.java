package io.chromabackup.testkit.faults;

import io.chromabackup.testkit.faults.Steps.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An open file. Moving about in it is no step. */
final class FaultyChannel extends FileChannel {
  private static final int PIECE = 1 << 16;

  private final FaultyFileSystem owner;
  private final Path file;
  private final FileChannel real;

  FaultyChannel(FaultyFileSystem owner, Path file, FileChannel real) {
    this.owner = owner;
    this.file = file;
    this.real = real;
    owner.channels().opened(real);
  }

  private <T> T take(Kind kind, String what, Steps.Step<T> step) throws IOException {
    return owner.steps.take(kind, what, file, step);
  }

  @Override
  public int read(ByteBuffer bytes) throws IOException {
    return take(Kind.READ, "read", () -> real.read(bytes));
  }

  @Override
  public long read(ByteBuffer[] bytes, int offset, int length) throws IOException {
    return take(Kind.READ, "read", () -> real.read(bytes, offset, length));
  }

  @Override
  public int read(ByteBuffer bytes, long position) throws IOException {
    return take(Kind.READ, "read", () -> real.read(bytes, position));
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    return owner.steps.write("write", file, bytes, real::write);
  }

  @Override
  public int write(ByteBuffer bytes, long position) throws IOException {
    return owner.steps.write("write", file, bytes, some -> real.write(some, position));
  }

  /** As a channel may: what is in the first buffer that has something. */
  @Override
  public long write(ByteBuffer[] bytes, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i].hasRemaining()) {
        return write(bytes[i]);
      }
    }
    return 0;
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    take(Kind.CHANGE, "truncate", () -> real.truncate(size));
    return this;
  }

  @Override
  public void force(boolean metadata) throws IOException {
    take(
        Kind.FILL,
        "force",
        () -> {
          real.force(metadata);
          owner.noted(Disk.fileSynced(file));
          return file;
        });
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(count, PIECE));
    if (read(piece, position) < 0) {
      return 0;
    }
    piece.flip();
    int written = 0;
    while (piece.hasRemaining()) {
      written += target.write(piece);
    }
    return written;
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count)
      throws IOException {
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(count, PIECE));
    if (source.read(piece) < 0) {
      return 0;
    }
    piece.flip();
    int written = 0;
    while (piece.hasRemaining()) {
      written += write(piece, position + written);
    }
    return written;
  }

  @Override
  public long position() throws IOException {
    return real.position();
  }

  @Override
  public FileChannel position(long position) throws IOException {
    real.position(position);
    return this;
  }

  @Override
  public long size() throws IOException {
    return take(Kind.LOOK, "look", real::size);
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) throws IOException {
    return take(Kind.LOOK, "lock", () -> real.lock(position, size, shared));
  }

  @Override
  public @Nullable FileLock tryLock(long position, long size, boolean shared) throws IOException {
    FileLock[] lock = new FileLock[1];
    take(
        Kind.LOOK,
        "lock",
        () -> {
          lock[0] = real.tryLock(position, size, shared);
          return file;
        });
    return lock[0];
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException();
  }

  /** Closed in any case, as the system does it. */
  @Override
  protected void implCloseChannel() throws IOException {
    owner.channels().closed(real);
    real.close();
    take(Kind.LOOK, "close", () -> file);
  }
}
