package io.chromabackup.trial;

import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What is asked of a store on a thread of its own, since the store may never answer.
 *
 * @param <T> of what comes of it
 */
final class Errand<T> implements AutoCloseable {
  /** How long to wait for the end of one that was told to end. */
  private static final long LAST_MILLIS = 5_000;

  private final FutureTask<T> task;
  private final Thread thread;

  /** One that has not begun. */
  Errand(Callable<T> work) {
    this.task = new FutureTask<>(work);
    this.thread = new Thread(task, "trial");
    thread.setDaemon(true);
  }

  /** Begins it, if it has not begun yet. */
  synchronized Errand<T> begin() {
    if (thread.getState() == Thread.State.NEW) {
      thread.start();
    }
    return this;
  }

  /**
   * Waits for its end.
   *
   * @return what came of it; empty if it has not ended by then, and goes on
   * @throws InterruptedIOException if interrupted; it goes on
   * @throws IOException what it throws
   */
  Optional<T> outcome(Duration limit) throws IOException {
    try {
      return Optional.of(task.get(limit.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      throw Interruption.rethrown(e);
    }
  }

  /** The same as long as this thread is not interrupted. */
  T outcome() throws IOException {
    try {
      return Interruption.await(task);
    } catch (ExecutionException e) {
      throw Interruption.rethrown(e);
    }
  }

  /**
   * Tells it to end, if it has not. What minds that has ended when this returns, so that what it
   * left can be deleted.
   */
  @Override
  public void close() throws IOException {
    thread.interrupt();
    Interruption.shielded(
        () -> {
          try {
            thread.join(LAST_MILLIS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does
          }
        });
  }
}
