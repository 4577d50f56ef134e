package io.chromabackup.examples.ops;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * Ctrl-C, SIGTERM and SIGHUP, which end an operation in order: the thread that works is
 * interrupted, and given the time to bring services back. More of them change nothing.
 *
 * <p>A shutdown hook would do too, but cannot tell which signal it was, and so not with which code
 * the process will end.
 */
final class Signals {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final AtomicReference<Signal> first = new AtomicReference<>();
  private final Thread worker;

  /** Hears of none yet. */
  Signals(Thread worker) {
    this.worker = worker;
  }

  static Signals interrupting(Thread worker) {
    Signals signals = new Signals(worker);
    for (String name : List.of("INT", "TERM", "HUP")) {
      try {
        Signal.handle(new Signal(name), signals::received);
      } catch (IllegalArgumentException unknownHere) {
        // not every system has every signal, and not every JVM lets go of it
      }
    }
    return signals;
  }

  /** The exit code that tells of the signal, if there was one. */
  Optional<ExitCode> exitCode() {
    Signal signal = first.get();
    return signal == null ? Optional.empty() : Optional.of(ExitCode.ofSignal(signal.getName()));
  }

  private void received(Signal signal) {
    if (!first.compareAndSet(null, signal)) {
      log()
          .warn(
              "still stopping, and not to be hurried: a service may be waiting to be brought back");
      return;
    }
    worker.interrupt();
    Thread watch = new Thread(this::giveUpLate, "signal");
    watch.setDaemon(true);
    watch.start();
    log()
        .warn(
            "SIG{}: stopping; services are being brought back as they were found",
            signal.getName());
  }

  private void giveUpLate() {
    try {
      Thread.sleep(PATIENCE.toMillis());
    } catch (InterruptedException nobodyDoes) {
      return;
    }
    log()
        .error(
            "not stopped within {} minutes, giving up. A SERVICE MAY BE DOWN: look after it, then run"
                + " 'chromabackup recover'",
            PATIENCE.toMinutes());
    Runtime.getRuntime().halt(ExitCode.ATTENTION.code());
  }

  /** Not a constant: it must not be made before the commands have set how to log. */
  private static Logger log() {
    return LoggerFactory.getLogger(Signals.class);
  }
}
