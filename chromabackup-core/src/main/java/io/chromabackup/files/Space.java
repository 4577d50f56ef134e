package io.chromabackup.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How the file systems say that they are full: there is no exception type for it. */
public final class Space {
  private static final List<String> EXHAUSTED =
      List.of(
          "no space left on device", // Linux, macOS
          "disk quota exceeded",
          "not enough space on the disk", // Windows
          "out of disk space", // Jimfs
          "database or disk is full", // SQLite
          "database is full"); // its driver

  /** Unix says it in the language of the locale, so it is asked for its words. */
  private static final class Local {
    static final Optional<String> WORDS = ofFullDevice();

    private static Optional<String> ofFullDevice() {
      try {
        Files.write(Path.of("/dev/full"), new byte[1], StandardOpenOption.WRITE);
        return Optional.empty();
      } catch (NoSuchFileException e) {
        return Optional.empty();
      } catch (IOException | InvalidPathException e) {
        return Optional.ofNullable(e.getMessage()).map(Space::folded);
      }
    }
  }

  private Space() {}

  /**
   * Tells whether a failure means that a file system is full.
   *
   * @param e what was thrown
   * @return true if it, or a cause of it, says so
   */
  public static boolean isExhausted(IOException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      String message = t.getMessage() == null ? "" : folded(t.getMessage());
      if (EXHAUSTED.stream().anyMatch(message::contains)
          || Local.WORDS.filter(message::contains).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private static String folded(String message) {
    return message.toLowerCase(Locale.ROOT);
  }
}
