package io.chromabackup.localfs;

import java.time.Duration;

/** A point in time by which something must have happened; setting the clock does not move it. */
final class ServiceDeadline {
  private static final Duration FOREVER = Duration.ofDays(3650);

  private final Duration patience;
  private final long end;

  private ServiceDeadline(Duration patience) {
    this.patience = patience;
    this.end = System.nanoTime() + patience.toNanos();
  }

  /** That long from now. A negative patience has run out already, one of years never does. */
  static ServiceDeadline after(Duration patience) {
    if (patience.isNegative()) {
      return new ServiceDeadline(Duration.ZERO);
    }
    return new ServiceDeadline(patience.compareTo(FOREVER) < 0 ? patience : FOREVER);
  }

  /** The earlier of this one and that long from now. */
  ServiceDeadline butAtMost(Duration other) {
    return left().compareTo(other) <= 0 ? this : after(other);
  }

  /** The later of this one and that long from now. */
  ServiceDeadline butAtLeast(Duration other) {
    return left().compareTo(other) >= 0 ? this : after(other);
  }

  /** Tells whether it is over. */
  boolean passed() {
    return left().isZero();
  }

  /** What is left, never negative. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  /** What is left, in milliseconds from 1 to {@code most}: how long to sleep between two looks. */
  long millis(long most) {
    return Math.max(1, Math.min(most, left().toMillis()));
  }

  /** How long it was from the start, for messages: {@code 60 s}, {@code 0.25 s}. */
  @Override
  public String toString() {
    return inWords(patience);
  }

  /** A length of time, for messages. */
  static String inWords(Duration time) {
    if (time.toMillisPart() == 0) {
      return time.toSeconds() + " s";
    }
    return time.toMillis() / 1000.0 + " s";
  }
}
