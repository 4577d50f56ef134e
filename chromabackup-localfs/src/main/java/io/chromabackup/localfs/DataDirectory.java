package io.chromabackup.localfs;

import io.chromabackup.Entry;
import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.files.FileTree;
import io.chromabackup.files.PosixMetadata;
import io.chromabackup.files.Present;
import io.chromabackup.files.SparseFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A data directory's own files: the database, its sidecars, and a directory per vector segment. */
final class DataDirectory {
  private final Path root;

  DataDirectory(Path root) {
    this.root = root;
  }

  Path root() {
    return root;
  }

  Path database() {
    return root.resolve(ChromaLayout.DATABASE);
  }

  boolean isEmpty() throws IOException {
    return FileTree.children(root).isEmpty();
  }

  int size() throws IOException {
    return FileTree.children(root).size();
  }

  /** The database and what SQLite needs beside it; {@code -shm} is made anew from the rest. */
  List<Path> databaseFiles() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path child : FileTree.children(root)) {
      String name = name(child);
      if (ChromaLayout.isDatabaseFile(name) && !name.endsWith("-shm")) {
        files.add(child);
      }
    }
    return files;
  }

  /** The directories named like segments, also those that deleted collections left. */
  List<Path> segments() throws IOException {
    List<Path> segments = new ArrayList<>();
    for (Path child : FileTree.children(root)) {
      if (ChromaLayout.isSegmentDirectory(name(child)) && Present.directoryBehind(child)) {
        segments.add(child);
      }
    }
    return segments;
  }

  /** The regular files of a segment. */
  static List<Path> filesOf(Path segment) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path child : FileTree.children(segment)) {
      if (Present.fileBehind(child)) {
        files.add(child);
      }
    }
    return files;
  }

  /**
   * How many bytes a copy takes, roughly. The database is not opened for it, for its locks' sake.
   */
  long bytes() throws IOException {
    long bytes = 0;
    for (Path file : databaseFiles()) {
      bytes += size(file);
    }
    for (Path segment : segments()) {
      try {
        for (Path file : filesOf(segment)) {
          bytes += SparseFile.estimate(file, size(file));
        }
      } catch (NoSuchFileException e) {
        // its collection was deleted meanwhile
      }
    }
    return bytes;
  }

  private static long size(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0; // a journal comes and goes with each write
    }
  }

  /** What is here and is not Chroma's, in words. */
  List<String> leftOut() throws IOException {
    List<String> names = new ArrayList<>();
    for (Path child : FileTree.children(root)) {
      String name = name(child);
      if (ChromaLayout.isForeign(name)) {
        names.add(name);
      }
    }
    return names.isEmpty()
        ? List.of()
        : List.of(root + " also holds what is not Chroma's and was left out: " + names);
  }

  /** The entry of a file or directory, as it is now. */
  Entry entry(Path path) throws IOException {
    boolean file = !Present.directoryBehind(path);
    String relative = root.relativize(path).toString().replace('\\', '/');
    return new Entry(
        relative,
        file ? Entry.Type.FILE : Entry.Type.DIRECTORY,
        file ? Files.size(path) : 0,
        Files.getLastModifiedTime(path).toInstant(),
        PosixMetadata.mode(path).orElse(file ? 0600 : 0700),
        owner(path));
  }

  private static Entry.@Nullable Owner owner(Path path) throws IOException {
    return PosixMetadata.owner(path).map(ids -> new Entry.Owner(ids.uid(), ids.gid())).orElse(null);
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
