package io.chromabackup.docker;

import java.io.Closeable;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Ends what takes too long, and what its thread was interrupted in: a read from a socket knows
 * neither on its own. One thread, which is there only while there is something to watch.
 */
final class Watchdog implements Closeable {
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  private final Set<Watch> watches = new HashSet<>();
  private @Nullable Thread thread;
  private boolean closed;

  /** Why something was ended. */
  enum Verdict {
    TOO_LATE,
    INTERRUPTED,
    CLOSED
  }

  /**
   * Watches something that is now being waited for.
   *
   * @param limit how long one wait may take
   * @param abort makes the waiting thread return, from another thread; called once at most
   */
  Watch watch(Duration limit, Runnable abort) {
    Watch watch = new Watch(limit, abort);
    watch.waiting();
    synchronized (this) {
      if (!closed) {
        watches.add(watch);
        if (thread == null) {
          thread = start();
        }
        return watch;
      }
    }
    watch.end(Verdict.CLOSED);
    return watch;
  }

  private Thread start() {
    Thread started = new Thread(this::look, "chromabackup-engine-watchdog");
    started.setDaemon(true);
    started.start();
    return started;
  }

  private void look() {
    for (List<Watch> now = watched(); !now.isEmpty(); now = watched()) {
      now.forEach(Watch::judge);
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
    }
  }

  private synchronized List<Watch> watched() {
    if (watches.isEmpty()) {
      thread = null;
    }
    return List.copyOf(watches);
  }

  private synchronized void forget(Watch watch) {
    watches.remove(watch);
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /** Ends all that is being watched. */
  @Override
  public void close() {
    List<Watch> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(watches);
      watches.clear();
      LockSupport.unpark(thread);
    }
    left.forEach(w -> w.end(Verdict.CLOSED));
  }

  /** Something that is watched; only the time between {@link #waiting} and {@link #done} counts. */
  final class Watch implements AutoCloseable {
    private final Duration limit;
    private final Runnable abort;
    private @Nullable Thread waiting;
    private long since;
    private @Nullable Verdict verdict;

    private Watch(Duration limit, Runnable abort) {
      this.limit = limit;
      this.abort = abort;
    }

    /** This thread starts to wait. */
    synchronized void waiting() {
      waiting = Thread.currentThread();
      since = System.nanoTime();
    }

    /** It waits no longer. */
    synchronized void done() {
      waiting = null;
    }

    /** Why it was ended; null if it was not. */
    synchronized @Nullable Verdict verdict() {
      return verdict;
    }

    Duration limit() {
      return limit;
    }

    private void judge() {
      Verdict found = look();
      if (found != null) {
        end(found);
      }
    }

    private synchronized @Nullable Verdict look() {
      if (waiting == null) {
        return null;
      }
      if (waiting.isInterrupted()) {
        return Verdict.INTERRUPTED;
      }
      return System.nanoTime() - since > limit.toNanos() ? Verdict.TOO_LATE : null;
    }

    private void end(Verdict why) {
      synchronized (this) {
        if (verdict != null) {
          return;
        }
        verdict = why;
      }
      forget(this);
      abort.run();
    }

    @Override
    public void close() {
      forget(this);
    }
  }
}
