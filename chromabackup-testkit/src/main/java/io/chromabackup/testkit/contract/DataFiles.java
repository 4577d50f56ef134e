package io.chromabackup.testkit.contract;

import io.chromabackup.Entry;
import io.chromabackup.EntrySink;
import io.chromabackup.StagedFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Data directories as maps from the path of a file to its text. */
public final class DataFiles {
  private static final Instant THEN = Instant.parse("2026-01-02T03:04:05Z");

  private DataFiles() {}

  /**
   * Writes files into a directory, with the directories above them.
   *
   * @param directory the directory, on any file system; it need not exist
   * @param files the text of each file by its path
   * @throws IOException if that fails
   */
  public static void write(Path directory, Map<String, String> files) throws IOException {
    Files.createDirectories(directory);
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
  }

  /**
   * Reads all files below a directory but those that are hidden or in hidden directories: Chroma
   * has none.
   *
   * @param directory the directory, on any file system; it need not exist
   * @return the text of each file by its path
   * @throws IOException if that fails
   */
  public static Map<String, String> read(Path directory) throws IOException {
    Map<String, String> files = new TreeMap<>();
    if (!Files.isDirectory(directory)) {
      return files;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.filter(Files::isRegularFile).toList()) {
        String name = directory.relativize(path).toString().replace('\\', '/');
        if (!("/" + name).contains("/.")) {
          files.put(name, Files.readString(path));
        }
      }
    }
    return files;
  }

  /** Files that lie ready in a directory, as core hands them over. */
  static StagedFiles staged(Path directory, Map<String, String> files) throws IOException {
    write(directory, files);
    return new StagedFiles() {
      @Override
      public Path directory() {
        return directory;
      }

      @Override
      public void transferTo(EntrySink sink) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
          for (Path path : all.filter(path -> !path.equals(directory)).sorted().toList()) {
            hand(path, sink);
          }
        }
      }

      private void hand(Path path, EntrySink sink) throws IOException {
        String name = directory.relativize(path).toString().replace('\\', '/');
        if (Files.isDirectory(path)) {
          sink.accept(Entry.directory(name, THEN), new ByteArrayInputStream(new byte[0]));
        } else {
          try (InputStream in = Files.newInputStream(path)) {
            sink.accept(Entry.file(name, Files.size(path), THEN), in);
          }
        }
      }
    };
  }

  /** Files that cannot be read. */
  static StagedFiles missing(Path directory) {
    return new StagedFiles() {
      @Override
      public Path directory() {
        return directory;
      }

      @Override
      public void transferTo(EntrySink sink) throws IOException {
        throw new NoSuchFileException(directory.toString());
      }
    };
  }
}
