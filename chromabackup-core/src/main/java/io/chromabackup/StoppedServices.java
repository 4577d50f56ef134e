package io.chromabackup;

import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chroma's service and its dependents, stopped: the dependents first, then Chroma. Those that ran
 * are started again in the reverse order; those that did not are left alone.
 */
final class StoppedServices implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StoppedServices.class);

  private final ChromaDeployment deployment;

  /** Those that ran, in the order in which they are to be started: Chroma, then the dependents. */
  private final List<Stopped> stopped = new ArrayList<>();

  private long stoppedAt;
  private Duration downtime = Duration.ZERO;
  private String health = "";

  private StoppedServices(ChromaDeployment deployment) {
    this.deployment = deployment;
  }

  /** One that ran when it was found. */
  private static final class Stopped {
    private final ServiceController service;

    /** By which it is down, the last first; ended when it runs again, or left. */
    private final Deque<ServiceController.Hold> holds = new ArrayDeque<>();

    private boolean awaitsStart = true;

    Stopped(ServiceController service) {
      this.service = service;
    }

    void hold() throws IOException {
      holds.addFirst(service.stop());
    }

    /** It runs again, and is not to be stopped any more. */
    void endHolds() {
      while (!holds.isEmpty()) {
        ServiceController.Hold hold = holds.removeFirst();
        try {
          Interruption.shielded(hold::close);
        } catch (IOException | RuntimeException | Error e) {
          log.warn(
              "{} runs again, but how it was held could not be tidied up", service.describe(), e);
        }
      }
    }

    /** Whoever recovers starts it, in this process or another. */
    void leave() {
      awaitsStart = false;
      while (!holds.isEmpty()) {
        ServiceController.Hold hold = holds.removeFirst();
        try {
          hold.leave();
        } catch (RuntimeException | Error e) {
          log.warn("{} may not be started by the next recovery", service.describe(), e);
        }
      }
    }
  }

  /** Stops them all, or none: if one cannot be stopped, the others are started again. */
  static StoppedServices stop(ChromaDeployment deployment) throws IOException {
    StoppedServices services = new StoppedServices(deployment);
    try {
      for (ServiceController dependent : deployment.dependents()) {
        services.stop(dependent);
      }
      services.stop(deployment.service());
    } catch (IOException | RuntimeException | Error e) {
      Interruption.shieldedAfter(e, services::close);
      throw e;
    }
    return services;
  }

  private void stop(ServiceController service) throws IOException {
    if (!service.isRunning()) {
      return;
    }
    if (!service.offers().contains(Quiet.STOP)) {
      throw new ChromaBackupException.ServiceNotHeld(
          service.describe(),
          "it runs, or another operation has stopped it and will start it; and its controller"
              + " cannot stop it. Wait for that, or stop it by hand, or give a controller that can",
          null);
    }
    stoppedAt = System.nanoTime(); // in the end Chroma's, which is the last
    Stopped one = new Stopped(service);
    stopped.add(0, one);
    try {
      one.hold();
    } catch (ChromaBackupException.ServiceNotHeld | ChromaBackupException.Locked e) {
      stopped.remove(one); // it runs on, or somebody else has stopped it, and it is theirs to start
      throw e;
    }
  }

  /** Tells whether Chroma ran when it was found. */
  boolean chromaRan() {
    return stopped.stream().anyMatch(this::isChroma);
  }

  private boolean isChroma(Stopped one) {
    return one.service == deployment.service();
  }

  /** How long Chroma was down, until it was seen to serve. */
  Duration downtime() {
    return downtime;
  }

  /** What Chroma was asked after it was started; empty if nothing. */
  String health() {
    return health;
  }

  /** Starts what ran, and waits for each to do its work; Chroma must serve what is expected. */
  void startChecked(HealthCheck check, List<CollectionSummary> expected, Duration patience)
      throws IOException {
    for (Stopped one : stopped) {
      one.awaitsStart = false;
      one.service.start();
      one.service.awaitHealthy(patience);
      if (isChroma(one)) {
        health = check.check(expected, patience);
        downtime = Duration.ofNanos(System.nanoTime() - stoppedAt);
      }
    }
  }

  /** All that ran runs again, and is not to be stopped any more. */
  void endHolds() {
    stopped.forEach(Stopped::endHolds);
  }

  /**
   * Stops again what was started, or what somebody else may have started, so that the old data can
   * be put back. A dependent that does not stop is no reason not to, nor is Chroma if it was not
   * started since: half of its data is there. But Chroma that was started is.
   */
  void stopAgain() throws IOException {
    List<Stopped> dependentsFirst = new ArrayList<>(stopped);
    Collections.reverse(dependentsFirst);
    for (Stopped one : dependentsFirst) {
      boolean wasDown = one.awaitsStart;
      one.awaitsStart = true;
      try {
        one.hold();
      } catch (IOException | RuntimeException | Error e) {
        if (isChroma(one) && !wasDown) {
          throw e;
        }
        log.warn(
            wasDown
                ? "{} was stopped before; whether it still is could not be told"
                : "{} does not stop, and runs while the old data is put back",
            one.service.describe(),
            e);
      }
    }
  }

  /**
   * Does not start Chroma any more: it would take half a data directory for an empty one. Whoever
   * settles the data starts it.
   */
  void leaveChromaDown() {
    stopped.stream().filter(this::isChroma).forEach(Stopped::leave);
  }

  /** Starts what ran and is still down; all of it, even if one of them fails. */
  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (Stopped one : stopped) {
      if (one.awaitsStart) {
        failure = start(one, failure);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static @Nullable IOException start(Stopped one, @Nullable IOException failure) {
    ServiceController service = one.service;
    try {
      one.awaitsStart = false;
      Interruption.shielded(service::start);
      one.endHolds();
      return failure;
    } catch (IOException | RuntimeException | Error e) {
      one.leave();
      IOException told =
          e instanceof IOException io
              ? io
              : new ChromaBackupException.ServiceNotResumed(service.describe(), e.toString(), e);
      if (failure == null) {
        return told;
      }
      failure.addSuppressed(told);
      return failure;
    }
  }
}
