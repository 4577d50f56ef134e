package io.chromabackup;

import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
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

  /** What ran, in the order in which it is to be started: Chroma, then the dependents. */
  private final Deque<ServiceController> ran = new ArrayDeque<>();

  private final Deque<ServiceController> down = new ArrayDeque<>();

  /** By which each is down, the last first; ended when it runs again, or left. */
  private final IdentityHashMap<ServiceController, Deque<ServiceController.Hold>> holds =
      new IdentityHashMap<>();

  private long stoppedAt;
  private Duration downtime = Duration.ZERO;
  private String health = "";

  private StoppedServices(ChromaDeployment deployment) {
    this.deployment = deployment;
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
          "it runs, and its controller cannot stop it. Stop it by hand, or give a controller that"
              + " can",
          null);
    }
    ran.addFirst(service);
    down.addFirst(service);
    stoppedAt = System.nanoTime(); // in the end Chroma's, which is the last
    hold(service);
  }

  private void hold(ServiceController service) throws IOException {
    ServiceController.Hold hold = service.stop();
    holds.computeIfAbsent(service, none -> new ArrayDeque<>()).addFirst(hold);
  }

  private Deque<ServiceController.Hold> takeHolds(ServiceController service) {
    Deque<ServiceController.Hold> taken = holds.remove(service);
    return taken == null ? new ArrayDeque<>() : taken;
  }

  /** Tells whether Chroma ran when it was found. */
  boolean chromaRan() {
    return ran.contains(deployment.service());
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
    while (!down.isEmpty()) {
      ServiceController service = down.removeFirst();
      service.start();
      service.awaitHealthy(patience);
      if (service == deployment.service()) {
        health = check.check(expected, patience);
        downtime = Duration.ofNanos(System.nanoTime() - stoppedAt);
      }
    }
  }

  /** All that ran runs again, and is not to be stopped any more. */
  void endHolds() {
    ran.forEach(this::endHolds);
  }

  private void endHolds(ServiceController service) {
    for (ServiceController.Hold hold : takeHolds(service)) {
      try {
        Interruption.shielded(hold::close);
      } catch (IOException | RuntimeException | Error e) {
        log.warn(
            "{} runs again, but how it was held could not be tidied up", service.describe(), e);
      }
    }
  }

  /**
   * Stops again what was started, or what somebody else may have started, so that the old data can
   * be put back. A dependent that does not stop is no reason not to, nor is Chroma if it was not
   * started since: half of its data is there. But Chroma that was started is.
   */
  void stopAgain() throws IOException {
    for (ServiceController service : reversed(ran)) {
      boolean wasDown = down.contains(service);
      if (!wasDown) {
        down.addFirst(service);
      }
      try {
        hold(service);
      } catch (IOException | RuntimeException | Error e) {
        if (service == deployment.service() && !wasDown) {
          throw e;
        }
        log.warn(
            wasDown
                ? "{} was stopped before; whether it still is could not be told"
                : "{} does not stop, and runs while the old data is put back",
            service.describe(),
            e);
      }
    }
  }

  /**
   * Does not start Chroma any more: it would take half a data directory for an empty one. Whoever
   * settles the data starts it.
   */
  void leaveChromaDown() {
    down.remove(deployment.service());
    leaveHolds(deployment.service());
  }

  private void leaveHolds(ServiceController service) {
    takeHolds(service).forEach(ServiceController.Hold::leave);
  }

  private static Deque<ServiceController> reversed(Deque<ServiceController> services) {
    Deque<ServiceController> reversed = new ArrayDeque<>();
    services.forEach(reversed::addFirst);
    return reversed;
  }

  /** Starts what ran and is still down; all of it, even if one of them fails. */
  @Override
  public void close() throws IOException {
    IOException failure = null;
    while (!down.isEmpty()) {
      failure = start(down.removeFirst(), failure);
    }
    if (failure != null) {
      throw failure;
    }
  }

  private @Nullable IOException start(ServiceController service, @Nullable IOException failure) {
    try {
      Interruption.shielded(service::start);
      endHolds(service);
      return failure;
    } catch (IOException | RuntimeException | Error e) {
      leaveHolds(service); // whoever recovers starts it, in this process or another
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
