package io.chromabackup;

import io.chromabackup.RetentionPlan.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * An archive as the beginning of it tells, without reading the rest.
 *
 * @param info its name and size
 * @param standing what it is worth, as far as this tells
 * @param manifest what it says of itself; empty if it has none, or it cannot be read
 * @param problem why it cannot be read; empty if it can
 */
public record ArchiveListing(
    ArchiveInfo info, Standing standing, Optional<Manifest> manifest, Optional<String> problem) {
  private static final Duration TOLERANCE = Duration.ofDays(1);

  /**
   * Its name.
   *
   * @return the name
   */
  public ArchiveName name() {
    return info.name();
  }

  /**
   * Tells whether it bears a time that has yet to come, so that some clock is or was wrong. Clocks
   * of two machines differ, and one may be set to local time: a day is allowed for that.
   *
   * @param now what time it is
   * @return true if it was made more than a day after that
   */
  public boolean isFromTheFuture(Instant now) {
    return isFromTheFuture(name(), now);
  }

  static boolean isFromTheFuture(ArchiveName name, Instant now) {
    return name.createdAt().isAfter(now.plus(TOLERANCE));
  }
}
