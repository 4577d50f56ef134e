package io.chromabackup.files;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

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

  private Space() {}

  /**
   * Tells whether a failure means that a file system is full.
   *
   * @param e what was thrown
   * @return true if it, or a cause of it, says so
   */
  public static boolean isExhausted(IOException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      String message = t.getMessage() == null ? "" : t.getMessage().toLowerCase(Locale.ROOT);
      if (EXHAUSTED.stream().anyMatch(message::contains)) {
        return true;
      }
    }
    return false;
  }
}
