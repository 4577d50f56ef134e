package io.chromabackup.examples.s3;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** How the holder of a lease introduces itself to whoever is locked out. */
final class Holder {
  private Holder() {}

  static String text(String purpose) {
    return "%s by process %d on %s since %s"
        .formatted(
            purpose,
            ProcessHandle.current().pid(),
            host(),
            Instant.now().truncatedTo(ChronoUnit.SECONDS));
  }

  /** The host's own name. Not asked of the resolver, which may take its time. */
  private static String host() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException | RuntimeException e) {
      String name = System.getenv("COMPUTERNAME");
      return name == null ? "some host" : name;
    }
  }
}
