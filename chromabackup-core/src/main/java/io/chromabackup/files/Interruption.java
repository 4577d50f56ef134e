package io.chromabackup.files;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
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
   * Brings the guises of an interrupt together.
   *
   * @param e what was thrown
   * @return an {@link InterruptedIOException}, with the thread's flag set, if {@code e} is one of
   *     the guises of an interrupt; else {@code e}
   */
  public static IOException normalise(IOException e) {
    if (e instanceof SocketTimeoutException) {
      return e; // by name an interrupt, but nobody interrupted anything
    }
    if (e instanceof InterruptedIOException) {
      Thread.currentThread().interrupt();
      return e;
    }
    if (e instanceof ClosedByInterruptException || e instanceof FileLockInterruptionException) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      return interrupted;
    }
    return e;
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
   * Does {@code work} with the thread's flag cleared, and sets it again: a service must be started
   * and a partial file deleted also by a thread that was interrupted.
   *
   * @param work what must be done
   * @throws IOException what {@code work} throws
   */
  public static void shielded(Work work) throws IOException {
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
