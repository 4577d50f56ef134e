package io.chromabackup.docker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The processes of this machine, or of this container. A system may hide those of other users.
 *
 * @param proc where Linux shows them
 */
record Processes(Path proc) {
  /** Those that this process sees. */
  static final Processes HERE = new Processes(Path.of("/proc"));

  /** In /proc/PID/stat, counted after the name: when the process was started, in ticks. */
  private static final int START_TIME = 19;

  private static final int SECONDS_TO_ASK = 10;

  /** When a process was started; empty if none of that number is seen, or if that is not told. */
  Optional<String> birth(long pid) {
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    if (process.isEmpty()) {
      return Optional.empty();
    }
    String stat = stat(pid);
    // the name is in parentheses, and may hold spaces and parentheses
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    if (fields.length > START_TIME) {
      return Optional.of(fields[START_TIME]);
    }
    return process.get().info().startInstant().map(start -> Long.toString(start.toEpochMilli()));
  }

  /** Whether it is certain that there is none of that number. */
  boolean isNone(long pid) {
    return ProcessHandle.of(pid).isEmpty() && !mayBeHidden(pid);
  }

  /** Whether there may be one of that number, though none is seen. */
  boolean mayBeHidden(long pid) {
    return !showsAll() && !isUnknown(pid);
  }

  /** The first process is everywhere, and mostly another user's. */
  private boolean showsAll() {
    return !System.getProperty("os.name", "").startsWith("Linux") || !stat(1).isEmpty();
  }

  /** A signal that is none tells them apart: one that is hidden may not be sent any. */
  private static boolean isUnknown(long pid) {
    try {
      ProcessBuilder command = new ProcessBuilder("sh", "-c", "kill -0 " + pid);
      command.environment().put("LC_ALL", "C");
      Process shell = command.redirectErrorStream(true).start();
      shell.getOutputStream().close();
      String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return shell.waitFor(SECONDS_TO_ASK, TimeUnit.SECONDS) && said.contains("No such process");
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private String stat(long pid) {
    try {
      return Files.readString(proc.resolve(Long.toString(pid)).resolve("stat")).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
