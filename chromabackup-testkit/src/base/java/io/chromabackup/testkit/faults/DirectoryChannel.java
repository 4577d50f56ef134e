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

/** An open directory: it can be synced and closed, and that is all. */
final class DirectoryChannel extends FileChannel {
  private final FaultyFileSystem owner;
  private final Path directory;

  DirectoryChannel(FaultyFileSystem owner, Path directory) {
    this.owner = owner;
    this.directory = directory;
  }

  @Override
  public void force(boolean metadata) throws IOException {
    owner.steps.take(
        Kind.CHANGE,
        "force",
        directory,
        () -> {
          owner.noted(Disk.directorySynced(directory));
          return directory;
        });
  }

  @Override
  protected void implCloseChannel() throws IOException {
    owner.steps.take(Kind.LOOK, "close", directory, () -> directory);
  }

  private IOException isDirectory() {
    return new IOException(directory + " is a directory");
  }

  @Override
  public int read(ByteBuffer bytes) throws IOException {
    throw isDirectory();
  }

  @Override
  public long read(ByteBuffer[] bytes, int offset, int length) throws IOException {
    throw isDirectory();
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    throw isDirectory();
  }

  @Override
  public long write(ByteBuffer[] bytes, int offset, int length) throws IOException {
    throw isDirectory();
  }

  @Override
  public long position() throws IOException {
    throw isDirectory();
  }

  @Override
  public FileChannel position(long position) throws IOException {
    throw isDirectory();
  }

  @Override
  public long size() throws IOException {
    throw isDirectory();
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    throw isDirectory();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    throw isDirectory();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count)
      throws IOException {
    throw isDirectory();
  }

  @Override
  public int read(ByteBuffer bytes, long position) throws IOException {
    throw isDirectory();
  }

  @Override
  public int write(ByteBuffer bytes, long position) throws IOException {
    throw isDirectory();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
    throw isDirectory();
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) throws IOException {
    throw isDirectory();
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    throw isDirectory();
  }
}
