package io.chromabackup.localfs;

import io.chromabackup.ServiceController.Hold;
import java.time.Duration;
import java.util.Optional;

/** The hold of a service that was down, and stays so. */
enum NothingHeld implements Hold {
  /** The only one. */
  INSTANCE;

  @Override
  public void close() {}

  @Override
  public Optional<Duration> held() {
    return Optional.of(Duration.ZERO);
  }

  @Override
  public Optional<Duration> switching() {
    return Optional.of(Duration.ZERO);
  }
}
