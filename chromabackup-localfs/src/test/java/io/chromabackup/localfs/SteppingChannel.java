package io.chromabackup.localfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** A channel of a {@link SteppingFileSystem}. */
final class SteppingChannel extends FileChannel {
  private final SteppingFileSystem steps;
  private final Path path;

  /** Null for a directory, which can be synced and closed. */
  private final FileChannel real;

  private SteppingChannel(SteppingFileSystem steps, Path path, FileChannel real) {
    this.steps = steps;
    this.path = path;
    this.real = real;
  }

  static FileChannel of(SteppingFileSystem steps, Path path, FileChannel real) {
    return new SteppingChannel(steps, path, real);
  }

  static FileChannel ofDirectory(SteppingFileSystem steps, Path path) {
    return new SteppingChannel(steps, path, null);
  }

  @Override
  public void force(boolean metadata) throws IOException {
    steps.step("sync", path, () -> null);
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    return steps.step("write", path, () -> real.write(bytes));
  }

  @Override
  public int write(ByteBuffer bytes, long position) throws IOException {
    return steps.step("write", path, () -> real.write(bytes, position));
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    steps.step("truncate", path, () -> real.truncate(size));
    return this;
  }

  @Override
  public int read(ByteBuffer bytes) throws IOException {
    return real.read(bytes);
  }

  @Override
  public int read(ByteBuffer bytes, long position) throws IOException {
    return real.read(bytes, position);
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
    return real.size();
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return real.tryLock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    if (real != null) {
      real.close();
    }
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long read(ByteBuffer[] bytes, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] bytes, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException();
  }
}
