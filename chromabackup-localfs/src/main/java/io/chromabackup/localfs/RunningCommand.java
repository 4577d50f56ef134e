package io.chromabackup.localfs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** A command at work. */
final class RunningCommand implements AutoCloseable {
  private static final long LOOK_EVERY_MILLIS = 200;
  private static final Duration UNTIL_DEAD = Duration.ofSeconds(5);

  private final Process process;
  private final CommandOutput output;
  private boolean abandoned;

  /** Takes over a process whose output goes to {@code output}, and closes its input. */
  RunningCommand(Process process, CommandOutput output) {
    this.process = process;
    this.output = output;
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // it never read its input, and has ended already
    }
  }

  /**
   * Waits for its end, and leaves it alone otherwise.
   *
   * @param deadline how long to wait
   * @return its exit code; empty if it runs on
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   */
  OptionalInt await(Deadline deadline) throws InterruptedIOException {
    try {
      while (!process.waitFor(deadline.millis(LOOK_EVERY_MILLIS), TimeUnit.MILLISECONDS)) {
        output.curb();
        if (deadline.passed()) {
          return OptionalInt.empty();
        }
      }
      return OptionalInt.of(process.exitValue());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** The last that it printed. */
  String output() {
    return output.tail();
  }

  /** Makes {@link #close()} leave it running. */
  void abandon() {
    abandoned = true;
  }

  /** Kills it with the processes it started, if it still runs. Works on an interrupted thread. */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    try {
      if (!abandoned && process.isAlive()) {
        kill();
      }
    } finally {
      output.close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The parents first, as they might start others in place of the killed. */
  private void kill() {
    List<ProcessHandle> tree = new ArrayList<>();
    process.descendants().forEach(tree::add);
    process.destroyForcibly();
    for (ProcessHandle handle : tree) {
      List<ProcessHandle> young = handle.descendants().toList();
      handle.destroyForcibly();
      young.forEach(ProcessHandle::destroyForcibly);
    }
    try {
      await(Deadline.after(UNTIL_DEAD));
    } catch (InterruptedIOException e) {
      // while waiting for what dies anyway; the flag is set
    }
  }
}
