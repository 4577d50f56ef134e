package io.chromabackup.localfs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Thaws frozen processes if this Java process dies before it could, in whatever way: a shell waits
 * at the end of a pipe, and the pipe ends when this process does. It compares start times, so that
 * it tells nothing to a later process with the same number.
 */
final class FreezeGuard implements AutoCloseable {
  private static final String SCRIPT =
      """
      trap '' HUP INT QUIT TERM
      born() {
        if [ -r "/proc/$1/stat" ]; then
          read -r line <"/proc/$1/stat" || return 0
          set -- ${line##*) }
          echo "${20}"
        else
          ps -o lstart= -p "$1" | tr -d ' '
        fi
      }
      watched=
      while read -r pid since; do
        watched="$watched $pid:$since"
      done
      for one in $watched; do
        pid=${one%%:*}
        if [ "$(born "$pid")" = "${one#*:}" ]; then
          kill -CONT "$pid"
        fi
      done
      """;

  private static final long PATIENCE_SECONDS = 5;

  private final Process shell;
  private final OutputStream pipe;

  private FreezeGuard(Process shell) {
    this.shell = shell;
    this.pipe = shell.getOutputStream();
  }

  /**
   * Starts a guard with nothing to watch yet.
   *
   * @return the guard
   * @throws IOException if there is no shell
   */
  static FreezeGuard start() throws IOException {
    return new FreezeGuard(
        new ProcessBuilder(LocalProcess.SHELL, "-c", SCRIPT)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start());
  }

  /**
   * Watches over a process from now on. To be called before it is frozen.
   *
   * @param process the process
   * @throws IOException if the guard is gone
   */
  void watch(LocalProcess process) throws IOException {
    String line = process.pid() + " " + process.born() + "\n";
    pipe.write(line.getBytes(StandardCharsets.US_ASCII));
    pipe.flush();
  }

  /** Thaws what it watches over, as if this process had died. Takes no new process to do so. */
  void thaw() throws InterruptedIOException {
    close(pipe);
    try {
      shell.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** Ends the watch. Nothing is thawed by that. */
  @Override
  public void close() {
    shell.destroyForcibly();
    close(pipe);
  }

  private static void close(OutputStream pipe) {
    try {
      pipe.close();
    } catch (IOException e) {
      // the shell is gone, and the pipe with it
    }
  }
}
