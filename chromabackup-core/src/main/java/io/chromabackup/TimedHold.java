package io.chromabackup;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A hold with a clock around its calls, for those that have none of their own. */
final class TimedHold implements ServiceController.Hold {
  private final ServiceController.Hold hold;
  private final long start;
  private final long taken;
  private long ending;
  private long ended;

  private TimedHold(ServiceController.Hold hold, long start) {
    this.hold = hold;
    this.start = start;
    this.taken = System.nanoTime();
    this.ending = taken;
    this.ended = taken;
  }

  @FunctionalInterface
  interface Taking {
    ServiceController.Hold take() throws IOException;
  }

  static TimedHold of(Taking taking) throws IOException {
    long start = System.nanoTime();
    return new TimedHold(taking.take(), start);
  }

  @Override
  public void close() throws IOException {
    ending = System.nanoTime();
    try {
      hold.close();
    } finally {
      ended = System.nanoTime();
    }
  }

  @Override
  public Optional<Duration> held() {
    return Optional.of(hold.held().orElse(Duration.ofNanos(ended - start)));
  }

  @Override
  public Optional<Duration> switching() {
    return Optional.of(hold.switching().orElse(Duration.ofNanos(taken - start + ended - ending)));
  }
}
