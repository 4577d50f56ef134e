package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * Size and times of files. Chroma's index files do not change at all between two of its persists,
 * so a copy between two equal sets of stamps is a copy of one state.
 */
final class FileStamps {
  /** Times move in ticks of the kernel's clock: within one, a file can change unseen. */
  private static final Duration TICK = Duration.ofMillis(50);

  private final String source;
  private final Map<String, String> stamps;

  private FileStamps(String source, Map<String, String> stamps) {
    this.source = source;
    this.stamps = stamps;
  }

  static FileStamps of(DataDirectory data, boolean withDatabase) throws IOException {
    Map<String, String> stamps = new TreeMap<>();
    for (Path segment : data.segments()) {
      for (Path file : DataDirectory.filesOf(segment)) {
        stamps.put(data.root().relativize(file).toString(), stamp(file));
      }
    }
    if (withDatabase) {
      for (Path file : data.databaseFiles()) {
        stamps.put(data.root().relativize(file).toString(), stamp(file));
      }
    }
    return new FileStamps(data.root().toString(), stamps);
  }

  private static String stamp(Path file) throws IOException {
    String attributes =
        file.getFileSystem().supportedFileAttributeViews().contains("unix")
            ? "unix:size,lastModifiedTime,ctime,ino"
            : "size,lastModifiedTime";
    return new TreeMap<>(Files.readAttributes(file, attributes)).toString();
  }

  /** Refuses files that changed so lately that the next change might not be seen. */
  static void requireSettled(DataDirectory data, Instant now) throws IOException {
    for (Path segment : data.segments()) {
      for (Path file : DataDirectory.filesOf(segment)) {
        Duration age = Duration.between(Files.getLastModifiedTime(file).toInstant(), now);
        if (age.abs().compareTo(TICK) < 0) {
          throw new ChromaBackupException.SourceChanged(
              data.root().toString(), data.root().relativize(file) + " is being written");
        }
      }
    }
  }

  void requireUnchanged(FileStamps later) throws ChromaBackupException {
    if (stamps.equals(later.stamps)) {
      return;
    }
    Map<String, String> changed = new TreeMap<>(later.stamps);
    changed.entrySet().removeAll(stamps.entrySet());
    Map<String, String> gone = new TreeMap<>(stamps);
    gone.keySet().removeAll(later.stamps.keySet());
    throw new ChromaBackupException.SourceChanged(
        source,
        changed.keySet() + " changed" + (gone.isEmpty() ? "" : ", " + gone.keySet() + " vanished"));
  }
}
