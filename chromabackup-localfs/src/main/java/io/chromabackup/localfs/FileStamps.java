package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.Settling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Size, times and identity of files. Chroma's index files do not change at all between two of its
 * persists, so a copy between two equal sets of stamps is a copy of one state.
 */
final class FileStamps {
  /** Times move in ticks of the kernel's clock: within one, a file can change unseen. */
  private static final Duration TICK = Duration.ofMillis(50);

  private static final Duration LONGEST_PERSIST = Duration.ofSeconds(2);

  private final String source;
  private final Map<String, Map<String, Object>> stamps;

  private FileStamps(String source, Map<String, Map<String, Object>> stamps) {
    this.source = source;
    this.stamps = stamps;
  }

  static FileStamps of(DataDirectory data, boolean withDatabase) throws IOException {
    Map<String, Map<String, Object>> stamps = new TreeMap<>();
    for (Path segment : data.segments()) {
      for (Path file : DataDirectory.filesOf(segment)) {
        stamps.put(name(data, file), stamp(file));
      }
    }
    if (withDatabase) {
      for (Path file : data.databaseFiles()) {
        stamps.put(name(data, file), stamp(file));
      }
    }
    return new FileStamps(data.root().toString(), stamps);
  }

  private static Map<String, Object> stamp(Path file) throws IOException {
    String attributes =
        file.getFileSystem().supportedFileAttributeViews().contains("unix")
            ? "unix:size,lastModifiedTime,ctime,ino,dev"
            : "size,lastModifiedTime";
    return Files.readAttributes(file, attributes);
  }

  /**
   * The files that nobody is writing to: whatever changes them from now on changes their stamps.
   * That is found out by looking twice, with some seconds in between unless all is old. Files on
   * file systems that may tell old stamps are not among them.
   */
  static FileStamps settled(DataDirectory data, Settling settling) throws IOException {
    FileStamps first = present(data);
    if (!first.areBeyondDoubt(Instant.ofEpochMilli(System.currentTimeMillis()))) {
      Interruption.sleep(settling.patience().toMillis());
    }
    FileStamps second = present(data);
    second.stamps.entrySet().retainAll(first.stamps.entrySet());
    return second;
  }

  /** Files may come and go meanwhile. */
  private static FileStamps present(DataDirectory data) throws IOException {
    List<Path> files = new ArrayList<>(data.databaseFiles());
    for (Path segment : data.segments()) {
      try {
        files.addAll(DataDirectory.filesOf(segment));
      } catch (NoSuchFileException e) {
        // its collection was deleted meanwhile
      }
    }
    LocalDisks disks = new LocalDisks();
    Map<String, Map<String, Object>> stamps = new TreeMap<>();
    for (Path file : files) {
      try {
        Map<String, Object> stamp = stamp(file);
        if (disks.have(file, stamp.get("dev"))) {
          stamps.put(name(data, file), stamp);
        }
      } catch (NoSuchFileException e) {
        // a journal comes and goes with each write
      }
    }
    return new FileStamps(data.root().toString(), stamps);
  }

  private static String name(DataDirectory data, Path file) {
    return data.root().relativize(file).toString();
  }

  private boolean areBeyondDoubt(Instant now) {
    return stamps.values().stream()
        .flatMap(stamp -> stamp.values().stream())
        .filter(FileTime.class::isInstance)
        .allMatch(time -> Settling.isBeyondDoubt(((FileTime) time).toInstant(), now));
  }

  /** Whether the file is one of these. */
  boolean has(DataDirectory data, Path file) {
    return stamps.containsKey(name(data, file));
  }

  /** Whether the file is one of these, and looks as it did. */
  boolean agrees(DataDirectory data, Path file) throws IOException {
    return has(data, file) && stamp(file).equals(stamps.get(name(data, file)));
  }

  /**
   * Waits until no index file changed so lately that its next change might not be seen: an index
   * that is being persisted gets the time for it. Behind a barrier that persist is the last.
   *
   * @throws ChromaBackupException.SourceChanged if it takes too long
   */
  static void awaitSettled(DataDirectory data) throws IOException {
    awaitSettled(data, () -> Instant.ofEpochMilli(System.currentTimeMillis()));
  }

  static void awaitSettled(DataDirectory data, InstantSource clock) throws IOException {
    long end = System.nanoTime() + LONGEST_PERSIST.toNanos();
    Optional<Path> moving = moving(data, clock.instant());
    while (moving.isPresent()) {
      if (System.nanoTime() - end >= 0) {
        throw new ChromaBackupException.SourceChanged(
            data.root().toString(), name(data, moving.get()) + " is being written");
      }
      Interruption.sleep(TICK.toMillis());
      moving = moving(data, clock.instant());
    }
  }

  private static Optional<Path> moving(DataDirectory data, Instant now) throws IOException {
    for (Path segment : data.segments()) {
      for (Path file : DataDirectory.filesOf(segment)) {
        Duration age = Duration.between(Files.getLastModifiedTime(file).toInstant(), now);
        if (age.abs().compareTo(TICK) < 0) {
          return Optional.of(file);
        }
      }
    }
    return Optional.empty();
  }

  void requireUnchanged(FileStamps later) throws ChromaBackupException {
    if (stamps.equals(later.stamps)) {
      return;
    }
    Map<String, Map<String, Object>> changed = new TreeMap<>(later.stamps);
    changed.entrySet().removeAll(stamps.entrySet());
    Map<String, Map<String, Object>> gone = new TreeMap<>(stamps);
    gone.keySet().removeAll(later.stamps.keySet());
    throw new ChromaBackupException.SourceChanged(
        source,
        changed.keySet() + " changed" + (gone.isEmpty() ? "" : ", " + gone.keySet() + " vanished"));
  }
}
