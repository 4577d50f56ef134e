package io.chromabackup.testkit;

import java.nio.file.Files;
import java.nio.file.Path;

/** The project's own directory: tests run in their module's, some of them deeper than others. */
final class Checkout {
  private Checkout() {}

  /** A file or directory of the project, by its path from the project's directory. */
  static Path find(String path) {
    Path start = Path.of("").toAbsolutePath();
    for (Path directory = start; directory != null; directory = directory.getParent()) {
      Path found = directory.resolve(path);
      if (Files.exists(found)) {
        return found;
      }
    }
    throw new AssertionError("no " + path + " above " + start);
  }
}
