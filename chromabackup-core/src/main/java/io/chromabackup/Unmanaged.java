package io.chromabackup;

import java.time.Duration;
import java.util.Set;

/** The controller where there is nothing to control. */
enum Unmanaged implements ServiceController {
  INSTANCE;

  @Override
  public String describe() {
    return "no service";
  }

  @Override
  public Set<Quiet> offers() {
    return Set.of();
  }

  @Override
  public boolean isRunning() {
    return false;
  }

  @Override
  public Hold pause() {
    return () -> {};
  }

  @Override
  public Hold stop() {
    return () -> {};
  }

  @Override
  public void start() {}

  @Override
  public void awaitHealthy(Duration patience) {}
}
