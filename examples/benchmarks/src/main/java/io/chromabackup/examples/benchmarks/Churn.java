package io.chromabackup.examples.benchmarks;

import io.chromabackup.Quiet;
import io.chromabackup.ServiceController;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A service that changes a part of its data in the last moment before it is paused, when the bulk
 * of it is copied already. What changed, and how long it was copied under the pause, is asked
 * afterwards.
 */
final class Churn implements ServiceController {

  /** Changes records. */
  interface Change {
    void apply() throws IOException;
  }

  private final ServiceController service;
  private final Change change;
  private final Path directory;
  private List<Path> changed = List.of();
  private long copying;

  Churn(ServiceController service, Change change, Path directory) {
    this.service = service;
    this.change = change;
    this.directory = directory;
  }

  /** The files that changed, relative to the data directory. */
  List<Path> changed() {
    return changed;
  }

  /** The time between the calls that paused and those that resumed. */
  Duration copying() {
    return Duration.ofNanos(copying);
  }

  @Override
  public Hold pause() throws IOException {
    if (changed.isEmpty()) {
      Map<Path, Trees.Stamp> before = Trees.stamps(directory);
      change.apply();
      changed =
          Trees.stamps(directory).entrySet().stream()
              .filter(file -> !file.getValue().equals(before.get(file.getKey())))
              .map(Map.Entry::getKey)
              .toList();
    }
    long start = System.nanoTime();
    return new TimedHold(service.pause(), start);
  }

  /** Without the time of the change, which belongs to no pause. */
  private final class TimedHold implements Hold {
    private final Hold hold;
    private final long start;
    private final long begin = System.nanoTime();
    private boolean closed;
    private long copying;
    private long end;

    private TimedHold(Hold hold, long start) {
      this.hold = hold;
      this.start = start;
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      copying = System.nanoTime() - begin;
      try {
        hold.close();
      } finally {
        end = System.nanoTime();
        Churn.this.copying += copying;
      }
    }

    @Override
    public Optional<Duration> held() {
      return closed ? Optional.of(hold.held().orElse(span())) : Optional.empty();
    }

    @Override
    public Optional<Duration> switching() {
      return closed
          ? Optional.of(hold.switching().orElse(span().minusNanos(copying)))
          : Optional.empty();
    }

    private Duration span() {
      return Duration.ofNanos(end - start);
    }
  }

  @Override
  public String describe() {
    return service.describe();
  }

  @Override
  public Set<Quiet> offers() {
    return service.offers();
  }

  @Override
  public boolean isRunning() throws IOException {
    return service.isRunning();
  }

  @Override
  public Hold stop() throws IOException {
    return service.stop();
  }

  @Override
  public void start() throws IOException {
    service.start();
  }

  @Override
  public void awaitHealthy(Duration patience) throws IOException {
    service.awaitHealthy(patience);
  }

  @Override
  public Optional<String> recover() throws IOException {
    return service.recover();
  }
}
