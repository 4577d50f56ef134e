package io.chromabackup.testkit.contract;

import io.chromabackup.Entry;
import io.chromabackup.EntrySink;
import io.chromabackup.StagedFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Data directories as maps from the path of a file to its text, of which each character is one byte
 * (ISO 8859-1): what Chroma writes is no text.
 */
public final class DataFiles {
  private static final Instant THEN = Instant.parse("2026-01-02T03:04:05Z");

  private DataFiles() {}

  /**
   * Writes files into a directory, with the directories above them.
   *
   * @param directory the directory, on any file system; it need not exist
   * @param files the text of each file by its path, a character for each byte
   * @throws IOException if that fails
   */
  public static void write(Path directory, Map<String, String> files) throws IOException {
    Files.createDirectories(directory);
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue(), StandardCharsets.ISO_8859_1);
    }
  }

  /**
   * Reads all files below a directory but those that are hidden or in hidden directories: Chroma
   * has none.
   *
   * @param directory the directory, on any file system; it need not exist
   * @return the text of each file by its path, a character for each byte
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
          files.put(name, Files.readString(path, StandardCharsets.ISO_8859_1));
        }
      }
    }
    return files;
  }

  /**
   * The permissions of a file or directory.
   *
   * @param directory the data directory, on any file system
   * @param path the path of what is asked for
   * @return the nine bits, such as {@code 0640}; empty where the file system has none
   * @throws IOException if they cannot be read
   */
  public static OptionalInt mode(Path directory, String path) throws IOException {
    if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return OptionalInt.empty();
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory.resolve(path));
    String bits =
        PosixFilePermissions.toString(permissions).replaceAll("[^-]", "1").replace('-', '0');
    return OptionalInt.of(Integer.parseInt(bits, 2));
  }

  /**
   * Files that lie ready in a directory, as core hands them over.
   *
   * @param modes the permissions of each that is to have others than its owner's alone
   */
  static StagedFiles staged(Path directory, Map<String, String> files, Map<String, Integer> modes)
      throws IOException {
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
          sink.accept(withMode(Entry.directory(name, THEN)), new ByteArrayInputStream(new byte[0]));
        } else {
          try (InputStream in = Files.newInputStream(path)) {
            sink.accept(withMode(Entry.file(name, Files.size(path), THEN)), in);
          }
        }
      }

      private Entry withMode(Entry entry) {
        int mode = modes.getOrDefault(entry.path(), entry.mode());
        return new Entry(
            entry.path(), entry.type(), entry.size(), entry.modifiedAt(), mode, entry.owner());
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
