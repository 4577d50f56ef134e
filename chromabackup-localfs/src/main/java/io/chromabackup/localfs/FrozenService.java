package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException.ServiceNotHeld;
import io.chromabackup.ChromaBackupException.ServiceNotResumed;
import io.chromabackup.ServiceController;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process, with those it started, that stands still until this is closed. */
final class FrozenService implements ServiceController.Hold {
  private static final Logger log = LoggerFactory.getLogger(FrozenService.class);
  private static final long LOOK_EVERY_MILLIS = 5;

  private final String service;
  private final LocalProcess root;
  private final Duration timeout;
  private final FreezeGuard guard;
  private final HoldNote note;

  /** What this hold froze, and has to thaw: not what was frozen before. */
  private final Set<LocalProcess> frozen = new LinkedHashSet<>();

  private boolean atRest;
  private boolean closed;

  private FrozenService(
      String service, LocalProcess root, Duration timeout, FreezeGuard guard, HoldNote note) {
    this.service = service;
    this.root = root;
    this.timeout = timeout;
    this.guard = guard;
    this.note = note;
  }

  /**
   * Freezes a process with its descendants: the one that is known may be a script around the server
   * proper.
   *
   * @param service the service's name
   * @param root the process
   * @param timeout how long it may take, for the freezing and for the thawing
   * @param note is told of each process before it is frozen
   * @return the hold
   * @throws ServiceNotHeld if it cannot be frozen; it runs on then
   * @throws ServiceNotResumed if it cannot be frozen, nor brought back
   * @throws InterruptedIOException if interrupted; it runs on then
   * @throws IOException never else
   */
  static FrozenService freeze(String service, LocalProcess root, Duration timeout, HoldNote note)
      throws IOException {
    Interruption.check();
    FrozenService hold = new FrozenService(service, root, timeout, guard(service), note);
    try {
      hold.freezeAll(Deadline.after(timeout));
      hold.atRest = true;
      return hold;
    } catch (IOException | RuntimeException e) {
      throw hold.thawAfter(e);
    } catch (Error e) {
      Interruption.shieldedAfter(e, hold::close);
      throw e;
    }
  }

  private static FreezeGuard guard(String service) throws ServiceNotHeld {
    try {
      return FreezeGuard.start();
    } catch (IOException e) {
      throw new ServiceNotHeld(service, e.getMessage() + ". It runs on", e);
    }
  }

  /** Ends when two looks in a row find the same processes, all of them at rest. */
  private void freezeAll(Deadline deadline) throws IOException {
    Set<LocalProcess> before = Set.of();
    while (true) {
      Set<LocalProcess> tree = living(root.tree());
      Set<LocalProcess> moving = new LinkedHashSet<>();
      for (LocalProcess process : tree) {
        stopOnce(process, deadline);
        if (!process.isFrozen()) {
          moving.add(process);
        }
      }
      if (moving.isEmpty() && !tree.isEmpty() && tree.equals(before)) {
        return;
      }
      if (deadline.passed()) {
        throw new IOException(
            names(moving) + " got SIGSTOP, and did not come to rest within " + deadline);
      }
      before = moving.isEmpty() ? tree : Set.of();
      Interruption.sleep(deadline.millis(LOOK_EVERY_MILLIS));
    }
  }

  private static Set<LocalProcess> living(Set<LocalProcess> processes) throws IOException {
    Set<LocalProcess> living = new LinkedHashSet<>();
    for (LocalProcess process : processes) {
      if (process.isAlive()) {
        living.add(process);
      }
    }
    return living;
  }

  private void stopOnce(LocalProcess process, Deadline deadline) throws IOException {
    if (!frozen.contains(process) && !process.isStoppedBySignal()) {
      note.add(process);
      guard.watch(process);
      frozen.add(process);
      process.send(LocalProcess.Signal.STOP, deadline);
    }
  }

  /** What to throw when freezing failed: first of all, the service must run again. */
  private IOException thawAfter(Exception failure) {
    try {
      close();
    } catch (IOException e) {
      e.addSuppressed(failure);
      return e;
    }
    if (failure instanceof IOException e
        && Interruption.normalise(e) instanceof InterruptedIOException interrupted) {
      return interrupted;
    }
    return new ServiceNotHeld(service, failure.getMessage() + ". It runs on", failure);
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (guard) {
      if (!frozen.isEmpty()) {
        Interruption.shielded(this::thaw);
      }
    }
  }

  private void thaw() throws IOException {
    warnIfMoving();
    Deadline deadline = Deadline.after(timeout);
    guard.thaw();
    Set<LocalProcess> left = new LinkedHashSet<>(frozen);
    IOException problem = thawRest(left, deadline);
    while (!left.isEmpty()) {
      if (deadline.passed()) {
        throw notThawed(left, problem);
      }
      Interruption.sleep(deadline.millis(LOOK_EVERY_MILLIS));
      problem = thawRest(left, deadline);
    }
    if (!root.isAlive()) {
      throw new ServiceNotResumed(
          service, root + " ended while it was frozen (was it killed?). Start it again", null);
    }
  }

  /** Whoever let go of it may have spoilt the copy, whose files were watched therefore. */
  private void warnIfMoving() {
    try {
      if (atRest && frozen.contains(root) && root.isAlive() && !root.isFrozen()) {
        log.warn("service {}: {} was let go by somebody else while it was held", service, root);
      }
    } catch (IOException e) {
      log.debug("cannot look at {} of service {}", root, service, e);
    }
  }

  /** Keeps in {@code left} what still is frozen; tells what went wrong with it last. */
  private @Nullable IOException thawRest(Set<LocalProcess> left, Deadline deadline) {
    IOException problem = null;
    for (LocalProcess process : Set.copyOf(left)) {
      try {
        if (process.isAlive() && process.isStoppedBySignal()) {
          process.send(LocalProcess.Signal.CONT, deadline);
        } else {
          left.remove(process);
        }
      } catch (IOException e) {
        problem = e;
      }
    }
    return problem;
  }

  private ServiceNotResumed notThawed(Set<LocalProcess> left, @Nullable IOException problem) {
    String pids = left.stream().map(p -> String.valueOf(p.pid())).collect(Collectors.joining(" "));
    String why = problem == null ? "SIGCONT does not wake it" : problem.getMessage();
    return new ServiceNotResumed(
        service, "it is still frozen (" + why + "). Run: kill -CONT " + pids, problem);
  }

  private static String names(Set<LocalProcess> processes) {
    return processes.stream().map(LocalProcess::toString).collect(Collectors.joining(", "));
  }
}
