package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.EntrySink;
import io.chromabackup.files.Settling;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy of files of which most are taken while a server still writes to some. A file that was
 * taken so counts if its stamp is the same when nothing changes any more.
 */
final class AheadCopy {
  private static final Logger log = LoggerFactory.getLogger(AheadCopy.class);

  private final FileStamps ahead;

  private AheadCopy(FileStamps ahead) {
    this.ahead = ahead;
  }

  /** Copies what is not being written at the moment. */
  static AheadCopy begin(DataDirectory data, EntrySink sink, Settling settling) throws IOException {
    FileStamps settled = FileStamps.settled(data, settling);
    for (Path segment : data.segments()) {
      unlessGone(
          () -> {
            sink.accept(data.entry(segment), InputStream.nullInputStream());
            for (Path file : DataDirectory.filesOf(segment)) {
              copyIf(settled.has(data, file), data, file, sink);
            }
          });
    }
    for (Path file : data.databaseFiles()) {
      copyIf(settled.has(data, file), data, file, sink);
    }
    return new AheadCopy(settled);
  }

  @FunctionalInterface
  private interface Copying {
    void run() throws IOException;
  }

  private static void copyIf(boolean wanted, DataDirectory data, Path file, EntrySink sink)
      throws IOException {
    if (wanted) {
      unlessGone(() -> RawCopy.copyFile(data, file, sink));
    }
  }

  /** Collections are deleted, and journals are ended, as long as the server runs. */
  private static void unlessGone(Copying copying) throws IOException {
    try {
      copying.run();
    } catch (NoSuchFileException | ChromaBackupException.SourceChanged e) {
      log.debug("not copied ahead: {}", e.toString());
    }
  }

  /**
   * Copies the rest, now that nothing changes.
   *
   * @throws ChromaBackupException.SourceChanged if something did all the same
   */
  void complete(DataDirectory data, EntrySink sink) throws IOException {
    FileStamps before = FileStamps.of(data, true);
    completeAll(data, sink);
    before.requireUnchanged(FileStamps.of(data, true));
  }

  private void completeAll(DataDirectory data, EntrySink sink) throws IOException {
    for (Path segment : data.segments()) {
      sink.accept(data.entry(segment), InputStream.nullInputStream());
      for (Path file : DataDirectory.filesOf(segment)) {
        completeFile(data, file, sink);
      }
    }
    for (Path file : data.databaseFiles()) {
      completeFile(data, file, sink);
    }
  }

  private void completeFile(DataDirectory data, Path file, EntrySink sink) throws IOException {
    if (!ahead.agrees(data, file) || !sink.keep(data.entry(file))) {
      RawCopy.copyFile(data, file, sink);
    }
  }
}
