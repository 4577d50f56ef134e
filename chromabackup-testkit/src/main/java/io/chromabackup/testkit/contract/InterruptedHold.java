package io.chromabackup.testkit.contract;

import io.chromabackup.ServiceController.Hold;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A hold that is taken on a thread of its own, which is interrupted at it. */
final class InterruptedHold {
  private static final long LOOK_EVERY_MILLIS = 5;

  /** How long it may take from the interrupt on: what was stopped is started before it ends. */
  private static final Duration LIMIT = Duration.ofMinutes(10);

  /** What an interrupt waits for. */
  interface Sight {
    boolean isSeen() throws IOException;
  }

  private final ServiceRules.Holding holding;
  private final Thread thread;
  private final CountDownLatch returned = new CountDownLatch(1);

  /** From here on nobody interrupts the thread any more. */
  private final CountDownLatch over = new CountDownLatch(1);

  private volatile boolean interrupted;
  private volatile boolean flag;
  private volatile @Nullable Hold hold;
  private volatile @Nullable Throwable thrown;

  private InterruptedHold(ServiceRules.Holding holding, boolean before) {
    this.holding = holding;
    this.interrupted = before;
    this.thread = new Thread(this::take, "interrupted hold");
    thread.setDaemon(true);
    thread.start();
  }

  /** Takes a hold on a thread that was interrupted before. */
  static InterruptedHold before(ServiceRules.Holding holding) throws IOException {
    InterruptedHold taken = new InterruptedHold(holding, true);
    taken.end(taken.over::countDown);
    return taken;
  }

  /** Takes a hold, and interrupts its thread when something is seen, unless it has it by then. */
  static InterruptedHold when(Sight sight, ServiceRules.Holding holding) throws IOException {
    InterruptedHold taken = new InterruptedHold(holding, false);
    taken.end(() -> taken.interruptAt(sight));
    return taken;
  }

  private interface Wait {
    void run() throws IOException, InterruptedException;
  }

  private void end(Wait wait) throws IOException {
    try {
      wait.run();
      thread.join(LIMIT.toMillis());
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    Kept.require(!thread.isAlive(), "interrupted, it did not end within " + LIMIT);
  }

  private void interruptAt(Sight sight) throws IOException, InterruptedException {
    long start = System.nanoTime();
    try {
      while (!returned.await(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
        boolean tooLong = System.nanoTime() - start > LIMIT.toNanos();
        if (tooLong || sight.isSeen()) {
          interrupted = true;
          thread.interrupt();
          return;
        }
      }
    } finally {
      over.countDown();
    }
  }

  private void take() {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    try {
      hold = holding.hold();
    } catch (Exception | Error e) {
      thrown = e;
    }
    returned.countDown();
    try {
      over.await();
      flag = Thread.interrupted();
    } catch (InterruptedException e) {
      flag = true; // since the call, or only now
    }
  }

  /** Null if the hold came about. */
  @Nullable Throwable thrown() {
    return thrown;
  }

  /** Whether the thread was interrupted, and its flag not set afterwards. */
  boolean hasForgotten() {
    return interrupted && !flag;
  }

  /** Closes the hold. */
  void close() throws IOException {
    Hold taken = hold;
    if (taken != null) {
      taken.close();
    }
  }
}
