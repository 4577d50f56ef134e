package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.Entry;
import io.chromabackup.EntrySink;
import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Chroma's files as the engine streams them out of a container, which must be still.
 *
 * @param engine the engine
 * @param container the id of a container that has them
 * @param directory the data directory in it
 */
record ChromaFiles(Engine engine, String container, String directory) {
  /** A disk that brings nothing for this long is not worth holding a server for. */
  private static final Duration STALL = Duration.ofSeconds(60);

  /** Passes on all that belongs to Chroma, in one stream. */
  void copyTo(EntrySink sink) throws IOException {
    List<String> elsewhere = new ArrayList<>();
    try (TarArchiveInputStream tar = open(directory)) {
      for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
        Interruption.check();
        Optional<String> path = wanted(entry);
        if (path.isPresent() && entry.isDirectory()) {
          sink.accept(directoryEntry(path.get(), entry), InputStream.nullInputStream());
        } else if (path.isPresent() && entry.isFile() && !entry.isLink()) {
          sink.accept(fileEntry(path.get(), entry), tar);
        } else if (path.isPresent()) {
          elsewhere.add(path.get());
        }
      }
    }
    for (String path : elsewhere) {
      copyFile(path, sink);
    }
  }

  /** Passes on the database and what SQLite keeps beside it. */
  void copyDatabaseTo(EntrySink sink) throws IOException {
    for (String name :
        List.of(ChromaLayout.DATABASE, "chroma.sqlite3-journal", "chroma.sqlite3-wal")) {
      if (engine.stat(container, directory + "/" + name).isPresent()) {
        copyFile(name, sink);
      }
    }
  }

  /** A file on its own: in the stream of its directory it was but a link to another name of it. */
  private void copyFile(String path, EntrySink sink) throws IOException {
    String full = directory + "/" + path;
    PathStat stat =
        engine
            .stat(container, full)
            .orElseThrow(
                () -> new ChromaBackupException.SourceChanged(directory, path + " vanished"));
    String real = stat.linkTarget().isEmpty() ? full : stat.linkTarget();
    try (TarArchiveInputStream tar = open(real)) {
      TarArchiveEntry entry = tar.getNextEntry();
      if (entry == null || !entry.isFile()) {
        throw new ChromaBackupException.SourceChanged(directory, path + " is no regular file");
      }
      sink.accept(fileEntry(path, entry), tar);
    }
  }

  private TarArchiveInputStream open(String path) throws IOException {
    return new TarArchiveInputStream(engine.read(container, path, STALL), "UTF-8");
  }

  /** The path in the data directory, if Chroma's: names begin with the directory's own name. */
  private static Optional<String> wanted(TarArchiveEntry entry) {
    String[] parts = entry.getName().replaceAll("/+$", "").split("/", -1);
    if (parts.length == 2) {
      boolean isDatabase =
          ChromaLayout.isDatabaseFile(parts[1])
              && !parts[1].endsWith("-shm")
              && !entry.isDirectory();
      boolean isSegment = ChromaLayout.isSegmentDirectory(parts[1]) && entry.isDirectory();
      return isDatabase || isSegment ? Optional.of(parts[1]) : Optional.empty();
    }
    boolean inSegment =
        parts.length == 3 && ChromaLayout.isSegmentDirectory(parts[1]) && !entry.isDirectory();
    return inSegment ? Optional.of(parts[1] + "/" + parts[2]) : Optional.empty();
  }

  private static Entry fileEntry(String path, TarArchiveEntry entry) {
    return new Entry(
        path,
        Entry.Type.FILE,
        entry.getSize(),
        entry.getLastModifiedTime().toInstant(),
        entry.getMode(),
        owner(entry));
  }

  private static Entry directoryEntry(String path, TarArchiveEntry entry) {
    return new Entry(
        path,
        Entry.Type.DIRECTORY,
        0,
        entry.getLastModifiedTime().toInstant(),
        entry.getMode(),
        owner(entry));
  }

  private static Entry.Owner owner(TarArchiveEntry entry) {
    return new Entry.Owner(entry.getLongUserId(), entry.getLongGroupId());
  }
}
