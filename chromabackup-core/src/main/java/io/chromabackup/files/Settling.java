package io.chromabackup.files;

import java.time.Duration;
import java.time.Instant;

/**
 * How long a file has to be left alone before its next change is sure to show in its times.
 *
 * <p>A kernel sets the times when a write begins, and its bytes may land later: when a journal is
 * committed, a page is read, a writer is throttled. So a file is settled if it looks the same in
 * two looks that are further apart than any write lasts. That also is longer than any tick of the
 * clocks that times come from (FAT counts in pairs of seconds), and reads no clock that could be
 * wrong.
 *
 * @param patience how far apart the looks are
 */
public record Settling(Duration patience) {
  /** Longer than a write lasts. */
  public static final Settling USUAL = new Settling(Duration.ofSeconds(5));

  /** So old a change is settled also if the clock was put forward since. */
  private static final Duration BEYOND_DOUBT = Duration.ofHours(1);

  /**
   * Tells whether a change is so long ago that nobody need wait to look again.
   *
   * @param changed when the file changed last
   * @param now what the same clock says now
   * @return false if it is not, or if the clock cannot be believed, as the change is yet to come
   */
  public static boolean isBeyondDoubt(Instant changed, Instant now) {
    return Duration.between(changed, now).compareTo(BEYOND_DOUBT) >= 0;
  }
}
