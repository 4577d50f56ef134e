package io.chromabackup.examples.ops;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Directories to work on. */
final class Trees {
  private Trees() {}

  static void copy(Path from, Path to) throws IOException {
    for (Path path : all(from)) {
      Files.copy(path, to.resolve(from.relativize(path).toString()));
    }
  }

  static void delete(Path directory) throws IOException {
    List<Path> all = new ArrayList<>(all(directory));
    Collections.reverse(all);
    for (Path path : all) {
      Files.delete(path);
    }
  }

  /** The largest index file loses its second half. */
  static void cutLargest(Path directory) throws IOException {
    Path largest =
        all(directory).stream()
            .filter(path -> path.getFileName().toString().endsWith(".bin"))
            .max(Comparator.comparingLong(Trees::size))
            .orElseThrow();
    try (FileChannel file = FileChannel.open(largest, StandardOpenOption.WRITE)) {
      file.truncate(file.size() / 2);
    }
  }

  private static List<Path> all(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths.toList();
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
