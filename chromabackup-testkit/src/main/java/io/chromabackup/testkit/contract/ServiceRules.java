package io.chromabackup.testkit.contract;

import static io.chromabackup.testkit.contract.Kept.assume;
import static io.chromabackup.testkit.contract.Kept.isInterrupt;
import static io.chromabackup.testkit.contract.Kept.outcome;
import static io.chromabackup.testkit.contract.Kept.require;
import static io.chromabackup.testkit.contract.Kept.requireInterruptible;
import static io.chromabackup.testkit.contract.Kept.requireName;
import static io.chromabackup.testkit.contract.Kept.requireSame;
import static io.chromabackup.testkit.contract.Kept.sleep;

import io.chromabackup.ChromaBackupException.Unhealthy;
import io.chromabackup.Quiet;
import io.chromabackup.ServiceController;
import io.chromabackup.ServiceController.Hold;
import io.chromabackup.testkit.contract.ServiceAccess.State;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of service controllers, on one service. */
final class ServiceRules {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration NO_PATIENCE = Duration.ofMillis(200);

  /** How often to look whether what was interrupted takes effect all the same. */
  private static final int LATER_LOOKS = 20;

  private static final long BETWEEN_LOOKS_MILLIS = 50;

  private final ServiceAccess access;
  private final Duration limit;
  private final ServiceController service;

  /** One way to hold a service. */
  interface Holding {
    Hold hold() throws IOException;
  }

  /**
   * The rules on a service.
   *
   * @param limit how long a wait may take that should be over at once
   */
  ServiceRules(ServiceAccess access, Duration limit) throws IOException {
    this.access = access;
    this.limit = limit;
    this.service = access.open();
  }

  private void requireState(State state, String when) throws IOException {
    requireSame(state, access.state(), when);
  }

  private void assumeOffered(Quiet quiet) {
    assume(service.offers().contains(quiet), "this controller does not offer " + quiet);
  }

  private List<Holding> offered() {
    List<Holding> offered = new ArrayList<>();
    if (service.offers().contains(Quiet.PAUSE)) {
      offered.add(service::pause);
    }
    if (service.offers().contains(Quiet.STOP)) {
      offered.add(service::stop);
    }
    assume(!offered.isEmpty(), "this controller offers nothing");
    return offered;
  }

  void name() throws IOException {
    requireName(service.describe(), service.describe(), access.open().describe());
  }

  void offers() throws IOException {
    Set<Quiet> offers = service.offers();
    require(Set.of(Quiet.PAUSE, Quiet.STOP).containsAll(offers), "it offers " + offers);
    requireSame(offers, service.offers(), "asked a second time");
    access.bring(State.RUNNING);
    requireSame(offers, service.offers(), "asked while it runs");
  }

  void running() throws IOException {
    require(!service.isRunning(), "a service that is down is said to run");
    access.bring(State.RUNNING);
    require(service.isRunning(), "a service that works is said not to run");
    if (service.offers().contains(Quiet.PAUSE)) {
      access.bring(State.FROZEN);
      require(service.isRunning(), "a service that is frozen is said not to run");
      access.bring(State.RUNNING);
    }
    access.bring(State.DOWN);
    require(!service.isRunning(), "a service that went down is said to run");
  }

  void paused() throws IOException {
    assumeOffered(Quiet.PAUSE);
    access.bring(State.RUNNING);
    String run = access.run();
    try (Hold hold = service.pause()) {
      requireState(State.FROZEN, "after pausing");
    }
    requireState(State.RUNNING, "after closing the hold");
    requireSame(run, access.run(), "its run after closing the hold");
  }

  void pausedWhileDown() throws IOException {
    assumeOffered(Quiet.PAUSE);
    try (Hold hold = service.pause()) {
      requireState(State.DOWN, "after pausing");
    }
    requireState(State.DOWN, "after closing the hold");
  }

  void pausedWhileFrozen() throws IOException {
    assumeOffered(Quiet.PAUSE);
    access.bring(State.RUNNING);
    access.bring(State.FROZEN);
    try (Hold hold = service.pause()) {
      requireState(State.FROZEN, "after pausing");
    }
    requireState(State.FROZEN, "after closing the hold");
  }

  void stopped() throws IOException {
    assumeOffered(Quiet.STOP);
    access.bring(State.RUNNING);
    try (Hold hold = service.stop()) {
      requireState(State.DOWN, "after stopping");
    }
    requireState(State.RUNNING, "after closing the hold");
  }

  void stoppedWhileDown() throws IOException {
    assumeOffered(Quiet.STOP);
    try (Hold hold = service.stop()) {
      requireState(State.DOWN, "after stopping");
    }
    requireState(State.DOWN, "after closing the hold");
  }

  /** In between somebody else has brought it where the hold had it. */
  void closedTwice() throws IOException {
    for (Holding holding : offered()) {
      access.bring(State.RUNNING);
      Hold hold = holding.hold();
      State held = access.state();
      hold.close();
      access.bring(held);
      hold.close();
      requireState(held, "after closing the hold again");
      access.bring(State.RUNNING);
      String run = access.run();
      hold.close();
      requireState(State.RUNNING, "after closing the hold once more");
      requireSame(run, access.run(), "its run after closing the hold once more");
    }
  }

  void closedInterrupted() throws IOException {
    for (Holding holding : offered()) {
      access.bring(State.RUNNING);
      Hold hold = holding.hold();
      requireInterruptible("closing", hold::close);
      requireState(State.RUNNING, "after closing on an interrupted thread");
    }
  }

  void started() throws IOException {
    assumeOffered(Quiet.STOP);
    service.start();
    requireState(State.RUNNING, "after starting");
    require(service.isRunning(), "it was started and is said not to run");
  }

  void startedWhileRunning() throws IOException {
    assumeOffered(Quiet.STOP);
    access.bring(State.RUNNING);
    String run = access.run();
    service.start();
    requireState(State.RUNNING, "after starting");
    requireSame(run, access.run(), "its run after starting");
  }

  void startedInterrupted() throws IOException {
    assumeOffered(Quiet.STOP);
    requireInterruptible("starting", service::start);
    requireState(State.RUNNING, "after starting on an interrupted thread");
  }

  void startedThenClosed() throws IOException {
    assumeOffered(Quiet.STOP);
    access.bring(State.RUNNING);
    String run;
    try (Hold hold = service.stop()) {
      service.start();
      run = access.run();
    }
    requireState(State.RUNNING, "after closing the hold");
    requireSame(run, access.run(), "its run after closing the hold");
  }

  void thawedMeanwhile() throws IOException {
    assumeOffered(Quiet.PAUSE);
    access.bring(State.FROZEN);
    String run;
    try (Hold hold = service.pause()) {
      access.bring(State.RUNNING);
      run = access.run();
    }
    requireState(State.RUNNING, "after closing the hold");
    requireSame(run, access.run(), "its run after closing the hold");
  }

  /** Before it has begun, and in its midst: when the service is not seen at work any more. */
  void interrupted() throws IOException {
    for (Holding holding : offered()) {
      access.bring(State.RUNNING);
      requireAsFound("on an interrupted thread", InterruptedHold.before(holding));
      requireAsFound(
          "interrupted in its midst",
          InterruptedHold.when(() -> access.state() != State.RUNNING, holding));
    }
  }

  private void requireAsFound(String when, InterruptedHold taken) throws IOException {
    Throwable thrown = taken.thrown();
    if (thrown == null) {
      taken.close();
      requireState(State.RUNNING, when + ", after closing the hold");
    } else {
      require(isInterrupt(thrown), when + ": no InterruptedIOException but " + thrown);
      requireStaysAtWork(when + ", after it was broken off");
    }
    require(!taken.hasForgotten(), when + ": the thread's flag is not set any more");
  }

  /** What a command was told, and nobody waits for, may take effect later. */
  private void requireStaysAtWork(String when) throws IOException {
    for (int look = 0; look < LATER_LOOKS; look++) {
      requireState(State.RUNNING, when);
      sleep(BETWEEN_LOOKS_MILLIS);
    }
  }

  /** Whether it is unhealthy is another rule's. */
  void patience() throws IOException {
    awaitInVain();
    if (service.offers().contains(Quiet.PAUSE)) {
      access.bring(State.RUNNING);
      access.bring(State.FROZEN);
      awaitInVain();
    }
  }

  private @Nullable Throwable awaitInVain() throws IOException {
    return outcome(
        limit,
        "asked to wait for " + NO_PATIENCE.toMillis() + " ms",
        () -> service.awaitHealthy(NO_PATIENCE));
  }

  void health() throws IOException {
    Throwable down = awaitInVain();
    require(
        down == null || down instanceof Unhealthy,
        "of a service that is down: no Unhealthy but " + down);
    access.bring(State.RUNNING);
    service.awaitHealthy(PATIENCE);
  }

  void recovery() throws IOException {
    require(service.recover().isEmpty(), "something was recovered although nothing was held");
    requireState(State.DOWN, "after recovering nothing");
    for (Holding holding : offered()) {
      access.bring(State.RUNNING);
      try (Hold hold = holding.hold()) {
        State held = access.state();
        access.open().recover();
        requireState(held, "after a recovery while it is held");
      }
      access.open().recover();
      requireState(State.RUNNING, "after a recovery when it is held no more");
    }
  }

  void left() throws IOException {
    assumeOffered(Quiet.STOP);
    access.bring(State.RUNNING);
    service.stop().leave();
    requireState(State.DOWN, "after the stop was left");
    requireRecovery();
    Hold first = service.stop();
    service.start();
    Hold second = service.stop();
    second.leave();
    first.leave();
    requireState(State.DOWN, "after two stops were left, with a start between them");
    requireRecovery();
    Hold ended = service.stop();
    service.start();
    ended.close();
    service.stop().leave();
    requireState(State.DOWN, "after a stop was left that came after one that was closed");
    requireRecovery();
  }

  private void requireRecovery() throws IOException {
    State expected = access.open().recover().isPresent() ? State.RUNNING : State.DOWN;
    requireState(expected, "after what recovery said");
    access.bring(State.RUNNING);
  }

  void held() throws IOException {
    for (Holding holding : offered()) {
      access.bring(State.RUNNING);
      Hold hold = holding.hold();
      Duration before = hold.held().orElse(Duration.ZERO);
      hold.close();
      Duration after = hold.held().orElse(before);
      require(!before.isNegative() && !after.isNegative(), "it was held for " + after);
      require(after.compareTo(before) >= 0, "it was held for " + before + ", then for " + after);
    }
  }
}
