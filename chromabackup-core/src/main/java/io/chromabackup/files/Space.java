package io.chromabackup.files;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private static final String FULL = "/dev/full";
    static final Optional<String> WORDS = ofFullDevice();

    /** Not through a channel, which an interrupt would close. */
    private static Optional<String> ofFullDevice() {
      if (!Files.exists(Path.of(FULL))) {
        return Optional.empty();
      }
      try (OutputStream out = new FileOutputStream(FULL)) {
        out.write(0);
        return Optional.empty();
      } catch (IOException e) {
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
