package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.Entry;
import io.chromabackup.EntrySink;
import io.chromabackup.files.FileContent;
import io.chromabackup.files.FileTree;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * Copies the files as they are, byte by byte, while nothing changes them. It counts only if no file
 * changed meanwhile, the database included.
 */
final class RawCopy {
  private final DataDirectory data;
  private final boolean held;

  private RawCopy(DataDirectory data, boolean held) {
    this.data = data;
    this.held = held;
  }

  /** The caller holds the service. Another may let go of it, or write too. */
  static RawCopy held(DataDirectory data) {
    return new RawCopy(data, true);
  }

  /** Nobody holds anything. */
  static RawCopy watched(DataDirectory data) {
    return new RawCopy(data, false);
  }

  void copyTo(EntrySink sink) throws IOException {
    if (!held && FileTree.isNative(data.root())) {
      FileStamps.awaitSettled(data);
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
    try (FileContent content = FileContent.of(file, entry.size())) {
      sink.accept(entry, content);
    } catch (EOFException e) {
      throw new ChromaBackupException.SourceChanged(
          data.root().toString(), entry.path() + " became " + e.getMessage());
    }
  }
}
