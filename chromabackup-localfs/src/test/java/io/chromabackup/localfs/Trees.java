package io.chromabackup.localfs;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.chromabackup.Entry;
import io.chromabackup.EntrySink;
import io.chromabackup.StagedFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Directories as maps from path to content; a directory's content is "/". */
final class Trees {
  static final String DIRECTORY = "/";
  static final String A = "aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa";
  static final String B = "bbbbbbbb-2222-4222-8222-bbbbbbbbbbbb";
  static final String BOTH = "cccccccc-3333-4333-8333-cccccccccccc";
  static final Instant THEN = Instant.parse("2026-01-02T03:04:05Z");

  /** A data directory with a hot journal, and what other people left there. */
  static final Map<String, String> OLD =
      Map.ofEntries(
          Map.entry("chroma.sqlite3", "the old database"),
          Map.entry("chroma.sqlite3-journal", "the old journal"),
          Map.entry(A, DIRECTORY),
          Map.entry(A + "/header.bin", "old a"),
          Map.entry(A + "/empty.bin", ""),
          Map.entry(BOTH, DIRECTORY),
          Map.entry(BOTH + "/header.bin", "old both"),
          Map.entry("notes.txt", "not Chroma's"),
          Map.entry("lost+found", DIRECTORY),
          Map.entry("lost+found/#1", "neither"));

  /** What an archive holds. */
  static final Map<String, String> ARCHIVE =
      Map.of(
          "chroma.sqlite3",
          "the new database",
          B,
          DIRECTORY,
          B + "/header.bin",
          "new b",
          BOTH,
          DIRECTORY,
          BOTH + "/header.bin",
          "new both");

  /** What is there when the archive is restored over {@link #OLD}. */
  static final Map<String, String> NEW = over(ARCHIVE);

  private Trees() {}

  static FileSystem inMemory() {
    return Jimfs.newFileSystem(
        Configuration.unix().toBuilder()
            .setAttributeViews("basic", "owner", "posix", "unix")
            .build());
  }

  private static Map<String, String> over(Map<String, String> archive) {
    Map<String, String> tree = new TreeMap<>(archive);
    OLD.forEach(
        (path, content) -> {
          if (path.startsWith("notes") || path.startsWith("lost")) {
            tree.put(path, content);
          }
        });
    return tree;
  }

  static Path write(Map<String, String> tree, Path directory) throws IOException {
    Files.createDirectories(directory);
    for (Map.Entry<String, String> file : new TreeMap<>(tree).entrySet()) {
      Path path = directory.resolve(file.getKey());
      if (file.getValue().equals(DIRECTORY)) {
        Files.createDirectories(path);
      } else {
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
      }
    }
    return directory;
  }

  /** Without what is ours. */
  static Map<String, String> read(Path directory) throws IOException {
    Map<String, String> tree = new TreeMap<>(readAll(directory));
    tree.keySet().removeIf(path -> path.startsWith(LocalTarget.WORK));
    return tree;
  }

  static Map<String, String> readAll(Path directory) throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.filter(p -> !p.equals(directory)).toList()) {
        tree.put(
            directory.relativize(path).toString(),
            Files.isDirectory(path)
                ? DIRECTORY
                : Files.readString(path, StandardCharsets.ISO_8859_1));
      }
    }
    return tree;
  }

  /** The files of an archive, unpacked in a directory. */
  static StagedFiles staged(Map<String, String> tree, Path directory) throws IOException {
    write(tree, directory);
    return staged(tree, directory, null);
  }

  static StagedFiles staged(Map<String, String> tree, Path directory, Entry.Owner owner) {
    return staged(tree, directory, owner, THEN);
  }

  static StagedFiles staged(
      Map<String, String> tree, Path directory, Entry.Owner owner, Instant modifiedAt) {
    return new StagedFiles() {
      @Override
      public Path directory() {
        return directory;
      }

      @Override
      public void transferTo(EntrySink sink) throws IOException {
        for (Map.Entry<String, String> file : new TreeMap<>(tree).entrySet()) {
          boolean isDirectory = file.getValue().equals(DIRECTORY);
          byte[] bytes =
              isDirectory ? new byte[0] : file.getValue().getBytes(StandardCharsets.UTF_8);
          Entry entry =
              new Entry(
                  file.getKey(),
                  isDirectory ? Entry.Type.DIRECTORY : Entry.Type.FILE,
                  bytes.length,
                  modifiedAt,
                  isDirectory ? 0750 : 0640,
                  owner);
          try (InputStream content = new ByteArrayInputStream(bytes)) {
            sink.accept(entry, content);
          }
        }
      }
    };
  }
}
