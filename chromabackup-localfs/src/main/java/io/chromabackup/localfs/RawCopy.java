package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.Entry;
import io.chromabackup.EntrySink;
import io.chromabackup.files.FileTree;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** Copies the files as they are, byte by byte, while nothing changes them. */
final class RawCopy {
  private final DataDirectory data;
  private final boolean watched;

  private RawCopy(DataDirectory data, boolean watched) {
    this.data = data;
    this.watched = watched;
  }

  /** The caller sees to it that nothing changes. */
  static RawCopy of(DataDirectory data) {
    return new RawCopy(data, false);
  }

  /** Nobody does, so it counts only if no file changed meanwhile, the database included. */
  static RawCopy watched(DataDirectory data) {
    return new RawCopy(data, true);
  }

  void copyTo(EntrySink sink) throws IOException {
    if (!watched) {
      copyAll(sink);
      return;
    }
    if (FileTree.isNative(data.root())) {
      FileStamps.requireSettled(data, Instant.ofEpochMilli(System.currentTimeMillis()));
    }
    FileStamps before = FileStamps.of(data, true);
    copyAll(sink);
    before.requireUnchanged(FileStamps.of(data, true));
  }

  private void copyAll(EntrySink sink) throws IOException {
    for (Path segment : data.segments()) {
      copySegment(data, segment, sink);
    }
    for (Path file : data.databaseFiles()) {
      copyFile(data, file, sink);
    }
  }

  static void copySegment(DataDirectory data, Path segment, EntrySink sink) throws IOException {
    sink.accept(data.entry(segment), InputStream.nullInputStream());
    for (Path file : DataDirectory.filesOf(segment)) {
      copyFile(data, file, sink);
    }
  }

  static void copyFile(DataDirectory data, Path file, EntrySink sink) throws IOException {
    Entry entry = data.entry(file);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      sink.accept(entry, new ExactlyStream(in, entry, data.root().toString()));
    }
  }

  /** The bytes that the entry announced, and no more: a file may grow while it is read. */
  private static final class ExactlyStream extends InputStream {
    private final InputStream in;
    private final Entry entry;
    private final String source;
    private long left;

    ExactlyStream(InputStream in, Entry entry, String source) {
      this.in = in;
      this.entry = entry;
      this.source = source;
      this.left = entry.size();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int n = in.read(buffer, offset, (int) Math.min(length, left));
      if (n < 0) {
        throw new ChromaBackupException.SourceChanged(
            source, entry.path() + " became " + left + " bytes shorter");
      }
      left -= n;
      return n;
    }
  }
}
