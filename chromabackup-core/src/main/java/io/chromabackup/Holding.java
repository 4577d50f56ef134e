package io.chromabackup;

import java.time.Duration;

/**
 * What it came to that a service was held for copies.
 *
 * @param held how long it was held
 * @param switching how much of that went into holding it and bringing it back, as such
 * @param copiedAhead how many bytes were copied while it was not
 * @param copiedHeld how many bytes were copied while it was
 */
record Holding(Duration held, Duration switching, long copiedAhead, long copiedHeld) {
  static final Holding NONE = new Holding(Duration.ZERO, Duration.ZERO, 0, 0);

  /** This and that together. */
  Holding and(Holding other) {
    return new Holding(
        held.plus(other.held),
        switching.plus(other.switching),
        copiedAhead + other.copiedAhead,
        copiedHeld + other.copiedHeld);
  }

  /** To the millisecond, as it is told. */
  Holding rounded() {
    return new Holding(
        Duration.ofMillis(held.toMillis()),
        Duration.ofMillis(switching.toMillis()),
        copiedAhead,
        copiedHeld);
  }
}
