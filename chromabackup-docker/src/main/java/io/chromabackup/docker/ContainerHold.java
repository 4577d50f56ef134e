package io.chromabackup.docker;

import io.chromabackup.Quiet;
import io.chromabackup.ServiceController.Hold;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** One hold of a container, and how long it takes. */
final class ContainerHold implements Hold {
  private final HeldContainer held;
  private final Container found;
  private long since;
  private long until;
  private long switching;
  private boolean closed;

  ContainerHold(HeldContainer held, Container found) {
    this.held = held;
    this.found = found;
  }

  void begin(Quiet quiet) throws IOException {
    if (!found.state().isUp() || (quiet == Quiet.PAUSE && found.state().isPaused())) {
      return;
    }
    since = System.nanoTime();
    if (quiet == Quiet.STOP) {
      held.bringDown(found.state().isPaused());
    } else {
      held.freeze();
    }
    switching = System.nanoTime() - since;
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    long start = System.nanoTime();
    Interruption.shielded(() -> held.end(this));
    until = System.nanoTime();
    switching += until - start;
    closed = true;
  }

  @Override
  public void leave() {
    if (closed) {
      return;
    }
    closed = true;
    until = System.nanoTime();
    held.leave();
  }

  @Override
  public Optional<Duration> held() {
    if (since == 0) {
      return Optional.of(Duration.ZERO);
    }
    return Optional.of(Duration.ofNanos((closed ? until : System.nanoTime()) - since));
  }

  @Override
  public Optional<Duration> switching() {
    return Optional.of(since == 0 ? Duration.ZERO : Duration.ofNanos(switching));
  }
}
