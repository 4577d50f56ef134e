package io.chromabackup.localfs;

import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * What brings a service back must run to its end: also if its thread was interrupted before, and if
 * it is interrupted (once more) meanwhile.
 */
final class Uninterrupted {
  private Uninterrupted() {}

  /**
   * Does {@code work} on a thread of its own that nobody interrupts, and waits for it.
   *
   * @param work what must be done
   * @throws IOException what {@code work} throws. The calling thread's flag is set afterwards if it
   *     was interrupted before or meanwhile
   */
  static void run(Interruption.Work work) throws IOException {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              work.run();
              return null;
            });
    Thread thread = new Thread(task, "chromabackup-service");
    thread.setDaemon(true);
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      // there are no more threads to be had: next best
      Interruption.shielded(work);
      return;
    }
    await(task);
  }

  private static void await(FutureTask<Void> task) throws IOException {
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
      throw rethrown(e.getCause() == null ? e : e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static IOException rethrown(Throwable cause) {
    if (cause instanceof RuntimeException e) {
      throw e;
    }
    if (cause instanceof Error e) {
      throw e;
    }
    return cause instanceof IOException e ? e : new IOException(cause);
  }
}
