package io.chromabackup.files;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** Interrupting a thread cancels what it does; these are the places where that is minded. */
public final class Interruption {
  /** Something that must be done even if the thread was interrupted. */
  @FunctionalInterface
  public interface Work {
    /** Does it. */
    void run() throws IOException;
  }

  private Interruption() {}

  /**
   * Ends what is going on if this thread was interrupted.
   *
   * @throws InterruptedIOException if so; the thread's flag stays set
   */
  public static void check() throws InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted");
    }
  }

  /**
   * Tells whether a failure comes of an interrupt, in any of its guises.
   *
   * @param e what was thrown
   * @return true if so; not for a {@link java.net.SocketTimeoutException}, or what HTTP clients
   *     have of the kind, on a thread that nobody interrupted: it is an interrupt by name alone
   */
  public static boolean isOf(Throwable e) {
    return (e instanceof InterruptedIOException && (isPlain(e) || isFlagged()))
        || e instanceof ClosedByInterruptException
        || e instanceof FileLockInterruptionException;
  }

  private static boolean isPlain(Throwable e) {
    return e.getClass() == InterruptedIOException.class;
  }

  private static boolean isFlagged() {
    return Thread.currentThread().isInterrupted();
  }

  /**
   * Brings the guises of an interrupt together.
   *
   * @param e what was thrown
   * @return an {@link InterruptedIOException}, with the thread's flag set, if {@code e} is one of
   *     the guises of an interrupt; else {@code e}
   */
  public static IOException normalise(IOException e) {
    if (!isOf(e)) {
      return e;
    }
    Thread.currentThread().interrupt();
    if (e instanceof InterruptedIOException) {
      return e;
    }
    InterruptedIOException interrupted = new InterruptedIOException("interrupted");
    interrupted.initCause(e);
    return interrupted;
  }

  /**
   * Sleeps.
   *
   * @param millis how long
   * @throws InterruptedIOException if interrupted meanwhile; the thread's flag stays set
   */
  public static void sleep(long millis) throws InterruptedIOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /**
   * Waits for what another thread does.
   *
   * @param <T> of what comes of it
   * @param outcome of what it does
   * @return what came of it
   * @throws ExecutionException if that failed, with the reason as its cause
   * @throws InterruptedIOException if the thread is interrupted; its flag is set
   */
  public static <T> T await(Future<T> outcome) throws ExecutionException, InterruptedIOException {
    try {
      return outcome.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /**
   * Does {@code work} to its end: a service must be started and a partial file deleted also by a
   * thread that was interrupted before, or is interrupted (once more) meanwhile. So it is done on a
   * thread of its own that nobody interrupts, and waited for.
   *
   * @param work what must be done
   * @throws IOException what {@code work} throws. The calling thread's flag is set afterwards if it
   *     was interrupted before or meanwhile
   */
  public static void shielded(Work work) throws IOException {
    FutureTask<Void> task;
    try {
      task = beside(Thread.currentThread().getName() + " (shielded)", work);
    } catch (OutOfMemoryError e) {
      // there are no more threads to be had: next best
      unflagged(work);
      return;
    }
    awaitEnd(task);
  }

  /**
   * Begins {@code work} on a thread of its own, which keeps no program from ending.
   *
   * @param name the thread's
   * @param work what is done
   * @return what to wait for, with {@link #await} or {@link #awaitEnd}
   * @throws OutOfMemoryError if there are no more threads to be had; nothing was begun then
   */
  public static FutureTask<Void> beside(String name, Work work) {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              work.run();
              return null;
            });
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private static void unflagged(Work work) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      work.run();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Waits for what another thread does, to its end, whoever interrupts this one meanwhile.
   *
   * @param task what it does
   * @throws IOException what that throws. The calling thread's flag is set afterwards if it was
   *     interrupted before or meanwhile
   */
  public static void awaitEnd(FutureTask<Void> task) throws IOException {
    boolean interrupted = false;
    try {
      while (!task.isDone()) {
        try {
          task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      task.get();
    } catch (InterruptedException e) {
      interrupted = true;
    } catch (ExecutionException e) {
      throw rethrown(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * What another thread failed by, to be thrown by the one that waited for it.
   *
   * @param failure with the reason as its cause
   * @return the reason, if that is an exception of this kind, or one with it as its cause. What is
   *     unchecked is thrown
   */
  public static IOException rethrown(ExecutionException failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    if (cause instanceof RuntimeException e) {
      throw e;
    }
    if (cause instanceof Error e) {
      throw e;
    }
    return cause instanceof IOException e ? e : new IOException(cause);
  }

  /**
   * Does {@code work} shielded while {@code failure} is on its way out; what goes wrong in it is
   * added to {@code failure} and does not replace it.
   *
   * @param failure what is being thrown, or null if nothing is
   * @param work what must be done
   * @throws IOException what {@code work} throws if nothing else is being thrown
   */
  public static void shieldedAfter(@Nullable Throwable failure, Work work) throws IOException {
    try {
      shielded(work);
    } catch (IOException | RuntimeException e) {
      if (failure == null) {
        throw e;
      }
      failure.addSuppressed(e);
    }
  }
}
