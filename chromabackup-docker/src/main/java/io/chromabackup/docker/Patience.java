package io.chromabackup.docker;

import java.time.Duration;

/**
 * How long something may still take.
 *
 * @param end by the clock of {@link System#nanoTime}
 */
record Patience(long end) {
  private static final Duration FOREVER = Duration.ofDays(3650);

  static Patience of(Duration duration) {
    Duration bounded = duration.compareTo(FOREVER) < 0 ? duration : FOREVER;
    return new Patience(System.nanoTime() + bounded.toNanos());
  }

  boolean isOver() {
    return end - System.nanoTime() <= 0;
  }

  /** What is left; never less than nothing. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  /** So much, or what is left of it; never less than a tenth of a second. */
  Duration atMost(Duration limit) {
    Duration left = left().compareTo(limit) < 0 ? left() : limit;
    return left.toMillis() < 100 ? Duration.ofMillis(100) : left;
  }
}
