package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException.ServiceNotHeld;
import io.chromabackup.ChromaBackupException.ServiceNotResumed;
import io.chromabackup.ServiceController;
import io.chromabackup.files.Interruption;
import io.chromabackup.localfs.ServiceStatus.State;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service that one command stops and another starts. Neither is believed: the status is.
 *
 * @param name the service's name
 * @param stopCommand stops it
 * @param startCommand starts it
 * @param status tells whether it runs
 * @param announced whether its status tells of a stop that is under way
 * @param process where its process is known from, if it is; knows none otherwise
 * @param timeout how long stopping may take, and starting
 */
record StoppableService(
    String name,
    Command stopCommand,
    Command startCommand,
    ServiceStatus status,
    boolean announced,
    ProcessSource process,
    Duration timeout) {
  private static final Logger log = LoggerFactory.getLogger(StoppableService.class);

  /** How long a service must be up to count as started: one that cannot start dies at once. */
  private static final Duration STEADY = Duration.ofSeconds(1);

  /** How often a start is tried, within the timeout. */
  private static final int START_ATTEMPTS = 3;

  private static final long RETRY_MILLIS = 1000;

  /**
   * Stops it, with what was told to stop before and has not ended. To be called only if it is not
   * down.
   *
   * @param note is told what was told to stop, and tells whether the service was started since
   * @return closing it starts the service again
   * @throws ServiceNotHeld if it cannot be stopped; it runs on then, or again
   * @throws ServiceNotResumed if it cannot be stopped, and then does not run either
   * @throws InterruptedIOException if interrupted; it runs on then, or again
   * @throws IOException if it cannot be told whether it runs; nothing was done then
   */
  ServiceController.Hold stop(HoldNote note) throws IOException {
    Set<LocalProcess> before = new LinkedHashSet<>(note.ending());
    process.find().ifPresent(server -> before.addAll(server.tree()));
    Interruption.check();
    try {
      bringDown(before, note);
    } catch (IOException | RuntimeException e) {
      throw bringBackAfter(e, before, note);
    } catch (Error e) {
      Interruption.shieldedAfter(e, () -> bringBack(before, note, false));
      throw e;
    }
    return new Stopped(this, note);
  }

  /**
   * Starts it, unless it runs. What was told to stop before gets the time to end.
   *
   * @param note names what was told to stop
   * @throws ServiceNotResumed if it does not come up, or does not stay up, or if what was told to
   *     stop does not end
   * @throws IOException never else
   */
  void start(HoldNote note) throws IOException {
    Interruption.shielded(() -> bringUpUnlessUp(note));
  }

  /**
   * Starts it after a process died that was stopping it: its stop may yet take effect.
   *
   * @param note names what it told to stop
   * @param aftermath until when to watch whether the service goes down
   * @return false if it runs, and goes on running
   * @throws ServiceNotResumed if it does not come up, or does not stay up
   * @throws IOException if it cannot be told whether it runs
   */
  boolean startAfterDeath(HoldNote note, Deadline aftermath) throws IOException {
    if (!unless(note.ending()).goesDown(timeout, aftermath)) {
      return false;
    }
    start(note);
    return true;
  }

  /**
   * Tells whether it is down. One that is just being started or stopped gets the time for it.
   *
   * @throws InterruptedIOException if interrupted
   * @throws IOException if it cannot be told
   */
  boolean isDown() throws IOException {
    return status.isDown(timeout);
  }

  private void bringDown(Set<LocalProcess> before, HoldNote note) throws IOException {
    Deadline deadline = Deadline.after(timeout);
    Command.Outcome outcome = stopCommand.run(deadline, () -> note.addTold(before));
    if (!outcome.succeeded()) {
      String problem = "the stop command " + outcome.inWords();
      throw outcome.exitCode().isPresent() ? new Refused(problem) : new IOException(problem);
    }
    if (!unless(before).await(State.DOWN, deadline)) {
      throw new IOException(
          "the stop command %s exited with 0, but the service was not down within %s%s"
              .formatted(stopCommand, deadline, alive(before)));
    }
  }

  /** The stop command says that it failed; the service may never have heard of it. */
  private static final class Refused extends IOException {
    Refused(String problem) {
      super(problem);
    }
  }

  /** A service is not down whose processes are still there, whatever became of its pid file. */
  private ServiceStatus unless(Set<LocalProcess> before) {
    return deadline -> {
      State state = status.now(deadline);
      return state == State.DOWN && !alive(before).isEmpty() ? State.CHANGING : state;
    };
  }

  /** Those that live, in words; empty if none does. */
  private static String alive(Set<LocalProcess> processes) throws IOException {
    StringBuilder alive = new StringBuilder();
    for (LocalProcess process : processes) {
      if (process.isAlive()) {
        alive.append(alive.isEmpty() ? ": " : ", ").append(process).append(" still runs");
      }
    }
    return alive.toString();
  }

  /** What to throw when stopping failed: first of all, the service must run again. */
  private IOException bringBackAfter(Exception failure, Set<LocalProcess> before, HoldNote note) {
    try {
      Interruption.shielded(() -> bringBack(before, note, failure instanceof Refused));
    } catch (IOException e) {
      e.addSuppressed(failure);
      return e;
    }
    if (failure instanceof IOException e
        && Interruption.normalise(e) instanceof InterruptedIOException interrupted) {
      return interrupted;
    }
    String problem = String.valueOf(failure.getMessage());
    String now =
        note.isEnding()
            ? "It runs now. If it ends yet, as it was told to stop, the next call starts it"
            : "It runs now";
    return new ServiceNotHeld(name, Command.andThen(problem, now), failure);
  }

  /**
   * Starts it, unless it runs. That it runs now is not enough to know: the failed stop may yet take
   * effect. One whose processes outlive it is not started, as there would be two then.
   */
  private void bringBack(Set<LocalProcess> before, HoldNote note, boolean refused)
      throws IOException {
    try {
      if (afterFailedStop(unless(before)) == State.UP) {
        if (note.isTold() && mayEndYet(before, refused)) {
          note.setEnding();
        }
        return;
      }
    } catch (IOException e) {
      log.warn("it cannot be told whether service {} runs", name, e);
    }
    bringUpBeside(before);
  }

  /**
   * Where no process is known it may be either the one that was told to stop or another. There is
   * nothing then by which whoever stops it on purpose, later, is told from a stop that came late.
   */
  private boolean mayEndYet(Set<LocalProcess> before, boolean refused) throws IOException {
    return before.isEmpty() ? !announced && !refused : !alive(before).isEmpty();
  }

  private State afterFailedStop(ServiceStatus really) throws IOException {
    try {
      if (really.await(State.DOWN, ServiceStatus.aftermath(timeout))) {
        return State.DOWN;
      }
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      log.debug("service {}: {}", name, e.getMessage());
    }
    return really.told(Deadline.after(timeout));
  }

  /** Starts it, and sees to it that it stays up. What failed once may have had a passing cause. */
  private void bringUp() throws IOException {
    Deadline deadline = Deadline.after(timeout);
    for (int attempt = 1; attempt < START_ATTEMPTS; attempt++) {
      try {
        bringUpOnce(deadline);
        return;
      } catch (ServiceNotResumed e) {
        if (deadline.passed()) {
          throw e;
        }
        log.warn("it is tried again: {}", e.getMessage());
        Interruption.sleep(deadline.millis(RETRY_MILLIS * attempt));
      }
    }
    bringUpOnce(deadline);
  }

  private void bringUpOnce(Deadline deadline) throws IOException {
    try (RunningCommand running = startCommand.start()) {
      OptionalInt exitCode = running.await(deadline);
      boolean up = isSeenUp(deadline);
      if (exitCode.isEmpty() && up) {
        running.abandon();
        log.warn(
            "service {} runs, but the start command {} did not end within {} and was left alone; give one that does not wait for the service to end",
            name,
            startCommand,
            deadline);
        return;
      }
      Command.Outcome outcome =
          new Command.Outcome(startCommand.program(), exitCode, deadline, running.output());
      if (!outcome.succeeded() && !up) {
        throw notResumed("the start command " + outcome.inWords(), null);
      }
      if (!staysUp(deadline)) {
        throw notResumed("it did not stay up. The start command " + outcome.inWords(), null);
      }
    } catch (ServiceNotResumed e) {
      throw e;
    } catch (IOException e) {
      throw notResumed(String.valueOf(e.getMessage()), e);
    }
  }

  /** It may just be writing its pid file, and is not to be started again for that. */
  private boolean isSeenUp(Deadline deadline) throws IOException {
    try {
      return status.now(deadline.butAtLeast(ServiceStatus.LAST_LOOK)) == State.UP;
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      log.debug("service {}: {}", name, e.getMessage());
      return false;
    }
  }

  private boolean staysUp(Deadline deadline) throws IOException {
    while (status.await(State.UP, deadline)) {
      Interruption.sleep(STEADY.toMillis());
      if (isSeenUp(deadline)) {
        return true;
      }
      if (deadline.passed()) {
        return false;
      }
    }
    return false;
  }

  private ServiceNotResumed notResumed(String problem, @Nullable Throwable cause) {
    String advice = "See whether it runs, and start it by hand if not";
    return new ServiceNotResumed(name, Command.andThen(problem, advice), cause);
  }

  /** The service while it is down. */
  private static final class Stopped implements ServiceController.Hold {
    private final StoppableService service;
    private final HoldNote note;
    private boolean closed;

    Stopped(StoppableService service, HoldNote note) {
      this.service = service;
      this.note = note;
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        if (!note.isResting()) {
          service.start(note);
        }
      }
    }
  }

  /** Two servers on the same data would be worse than none, and worse than to wait. */
  private void bringUpUnlessUp(HoldNote note) throws IOException {
    Set<LocalProcess> ending = Set.of();
    try {
      ending = note.ending();
      if (isUpOnceEnded(ending)) {
        log.info("service {} runs already and is not started again", name);
        return;
      }
    } catch (IOException e) {
      log.warn("it cannot be told whether service {} runs", name, e);
    }
    bringUpBeside(ending);
  }

  private boolean isUpOnceEnded(Set<LocalProcess> ending) throws IOException {
    Deadline deadline = Deadline.after(timeout);
    State state = status.told(deadline);
    while (state != State.UP && !alive(ending).isEmpty() && !deadline.passed()) {
      Interruption.sleep(deadline.millis(ServiceStatus.LOOK_EVERY_MILLIS));
      state = status.told(deadline);
    }
    return state == State.UP;
  }

  /** Starts it, unless it is there still, whatever it calls itself. */
  private void bringUpBeside(Set<LocalProcess> before) throws IOException {
    String alive;
    try {
      alive = alive(before);
    } catch (IOException e) {
      throw notResumed("it cannot be told whether what was told to stop has ended", e);
    }
    if (!alive.isEmpty()) {
      throw notResumed("it was not started again beside what is left of it" + alive, null);
    }
    bringUp();
  }
}
