package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.Quiet;
import io.chromabackup.ServiceController;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A service of nothing but a state, which remembers what was done to it and fails on demand. */
final class RecordingService implements ServiceController {
  final List<String> log;
  final Set<Quiet> offers = EnumSet.of(Quiet.PAUSE, Quiet.STOP);
  private final String name;
  private final Set<String> failures = new HashSet<>();
  private final Set<String> secondFailures = new HashSet<>();
  private boolean running = true;

  RecordingService(String name) {
    this(name, new ArrayList<>());
  }

  /** Several services can share a log, which shows the order then. */
  RecordingService(String name, List<String> log) {
    this.name = name;
    this.log = log;
  }

  RecordingService down() {
    running = false;
    return this;
  }

  RecordingService failOn(String step) {
    failures.add(step);
    return this;
  }

  /** Works the first time, and not after that. */
  RecordingService failOnSecond(String step) {
    secondFailures.add(step);
    return this;
  }

  @Override
  public String describe() {
    return name;
  }

  @Override
  public Set<Quiet> offers() {
    return offers;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public Hold pause() throws IOException {
    if (!running) {
      return () -> {};
    }
    step("pause");
    return () -> {
      step("thaw");
    };
  }

  @Override
  public Hold stop() throws IOException {
    if (!running) {
      return () -> {};
    }
    step("stop");
    running = false;
    return this::start;
  }

  @Override
  public void start() throws IOException {
    if (!running) {
      step("start");
      running = true;
    }
  }

  @Override
  public void awaitHealthy(Duration patience) throws IOException {
    if (failures.contains("health")) {
      throw new ChromaBackupException.Unhealthy(name, "the test says so", null);
    }
  }

  private void step(String step) throws IOException {
    log.add(name.equals("chroma") ? step : step + " " + name);
    boolean fails = failures.contains(step);
    if (secondFailures.remove(step)) {
      failures.add(step);
    }
    if (!fails) {
      return;
    }
    if (step.equals("pause") || step.equals("stop")) {
      throw new ChromaBackupException.ServiceNotHeld(name, "the test says so", null);
    }
    throw new ChromaBackupException.ServiceNotResumed(name, "the test says so", null);
  }
}
