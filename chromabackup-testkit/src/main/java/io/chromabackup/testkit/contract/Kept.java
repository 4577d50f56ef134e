package io.chromabackup.testkit.contract;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/** How rules say what they see. */
final class Kept {
  /** Something that may fail. */
  @FunctionalInterface
  interface Attempt {
    void run() throws IOException;
  }

  private Kept() {}

  static void require(boolean kept, String seen) {
    if (!kept) {
      throw new AssertionError(seen);
    }
  }

  static void requireSame(Object expected, @Nullable Object seen, String when) {
    require(expected.equals(seen), when + ": expected " + expected + " but saw " + seen);
  }

  static void requireName(String once, String again, String inAnother) {
    require(!once.isBlank(), "it has no name");
    requireSame(once, again, "asked a second time");
    requireSame(once, inAnother, "asked in another instance");
  }

  static Throwable requireThrown(Class<? extends Throwable> type, String what, Attempt attempt) {
    Throwable thrown = thrownBy(attempt);
    if (thrown == null) {
      throw new AssertionError(what + ": no " + type.getSimpleName() + " but success");
    }
    require(type.isInstance(thrown), what + ": no " + type.getSimpleName() + " but " + thrown);
    return thrown;
  }

  static @Nullable Throwable thrownBy(Attempt attempt) {
    try {
      attempt.run();
      return null;
    } catch (Exception | Error e) {
      return e;
    }
  }

  /** Does it on an interrupted thread, whose flag must be set afterwards. */
  static void requireInterruptible(String what, Attempt attempt) throws IOException {
    boolean flag;
    Thread.currentThread().interrupt();
    try {
      attempt.run();
    } finally {
      flag = Thread.interrupted();
    }
    require(flag, what + ": the thread's flag is not set any more");
  }

  /** What tells of an interrupt; a timeout is one by its type alone. */
  static boolean isInterrupt(Throwable thrown) {
    return (thrown instanceof InterruptedIOException && !(thrown instanceof SocketTimeoutException))
        || thrown instanceof ClosedByInterruptException;
  }

  /**
   * Does it on a thread of its own.
   *
   * @param limit how long that may take
   * @return what is thrown; null if nothing is
   */
  static @Nullable Throwable outcome(Duration limit, String what, Attempt attempt)
      throws IOException {
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    Thread thread = new Thread(() -> thrown.set(thrownBy(attempt)), what);
    thread.setDaemon(true);
    thread.start();
    boolean ended;
    try {
      thread.join(limit.toMillis());
      ended = !thread.isAlive();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      thread.interrupt(); // one that has ended does not mind
    }
    require(ended, what + ", it did not end within " + limit);
    return thrown.get();
  }

  static void sleep(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  static void assume(boolean applicable, String why) {
    if (!applicable) {
      throw new TestAbortedException(why);
    }
  }
}
