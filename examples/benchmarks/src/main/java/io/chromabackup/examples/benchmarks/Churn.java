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
 * of it is copied already. What changed, and how long pausing and resuming took, is asked
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
  private long pausing;
  private long resuming;

  Churn(ServiceController service, Change change, Path directory) {
    this.service = service;
    this.change = change;
    this.directory = directory;
  }

  /** The files that changed, relative to the data directory. */
  List<Path> changed() {
    return changed;
  }

  /** How long the calls took that paused and resumed. */
  Duration switching() {
    return Duration.ofNanos(pausing + resuming);
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
    long begin = System.nanoTime();
    Hold hold = service.pause();
    pausing += System.nanoTime() - begin;
    return new TimedHold(hold);
  }

  private final class TimedHold implements Hold {
    private final Hold hold;

    private TimedHold(Hold hold) {
      this.hold = hold;
    }

    @Override
    public void close() throws IOException {
      long begin = System.nanoTime();
      hold.close();
      resuming += System.nanoTime() - begin;
    }

    @Override
    public Optional<Duration> held() {
      return hold.held();
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
