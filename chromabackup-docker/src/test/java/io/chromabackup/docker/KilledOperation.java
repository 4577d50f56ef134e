package io.chromabackup.docker;

import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.RestoreOptions;
import io.chromabackup.localfs.LocalArchiveStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A backup, a restore or a recovery in a JVM of its own, which is killed as {@code kill -9} does.
 */
final class KilledOperation {
  /** The exit code after a SIGKILL. */
  private static final int KILLED = 137;

  private KilledOperation() {}

  /** When it is killed. */
  record Moment(int afterEvents, Duration afterStart, String action) {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final String NONE = "no such action";

    static Moment never() {
      return new Moment(Integer.MAX_VALUE, NEVER, NONE);
    }

    /** When the engine has done this. */
    static Moment after(String action) {
      return new Moment(Integer.MAX_VALUE, NEVER, action);
    }

    /** When the engine has done so many things for it. */
    static Moment afterEvents(int events) {
      return new Moment(events, NEVER, NONE);
    }

    /** At whatever it does then. */
    static Moment afterStart(Duration time) {
      return new Moment(Integer.MAX_VALUE, time, NONE);
    }
  }

  /**
   * How it went.
   *
   * @param killed false if the operation ended before
   * @param events how many things the engine had done for it
   * @param last the last of them
   * @param time how long it worked
   */
  record Outcome(boolean killed, int events, String last, Duration time) {
    @Override
    public String toString() {
      return killed
          ? "%d ms, %d events, %s".formatted(time.toMillis(), events, last)
          : "not at all: it took %d ms".formatted(time.toMillis());
    }
  }

  /**
   * Runs it.
   *
   * @param moment when it is killed
   * @param arguments {@code backup STORE CONTAINER}, {@code restore STORE CONTAINER ARCHIVE
   *     DEPENDENT} or {@code recover STORE CONTAINER}
   */
  static Outcome run(Moment moment, String... arguments) throws Exception {
    Process events =
        new ProcessBuilder(
                "docker", "events", "--filter", "type=container", "--format", "{{json .}}")
            .start();
    Process operation = start(arguments);
    try (BufferedReader seen = events.inputReader()) {
      BufferedReader output = operation.inputReader();
      requireLine(output, "ready");
      operation.outputWriter().append("go\n").flush();
      long start = System.nanoTime();
      String last = "nothing";
      int count = 0;
      while (count < moment.afterEvents
          && !last.startsWith(moment.action)
          && since(start).compareTo(moment.afterStart) < 0
          && operation.isAlive()) {
        if (seen.ready()) {
          String event = seen.readLine();
          if (event.contains(arguments[2]) && !event.contains("\"exec_")) {
            last = word(event, "Action") + " " + word(event, "name");
            count++;
          }
        } else {
          TimeUnit.MILLISECONDS.sleep(1);
        }
      }
      Duration time = since(start);
      int exitCode = operation.destroyForcibly().waitFor();
      if (exitCode != KILLED && exitCode != 0) {
        throw new IllegalStateException("the operation failed: " + exitCode);
      }
      return new Outcome(exitCode == KILLED, count, last, time);
    } finally {
      operation.destroyForcibly().waitFor();
      events.destroyForcibly().waitFor();
    }
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static String word(String event, String key) {
    Matcher matcher = Pattern.compile("\"" + key + "\":\"([^\"]*)\"").matcher(event);
    return matcher.find() ? matcher.group(1) : "?";
  }

  private static Process start(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledOperation.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static void requireLine(BufferedReader output, String expected) throws IOException {
    String line = output.readLine();
    if (!expected.equals(line)) {
      throw new IllegalStateException("the operation said '" + line + "', not " + expected);
    }
  }

  /** What the other JVM does. */
  public static void main(String[] args) throws Exception {
    try (DockerEngine docker = DockerEngine.connect();
        ArchiveStore store = LocalArchiveStore.in(Path.of(args[1]))) {
      System.out.println("ready");
      if (System.in.read() < 0) {
        return;
      }
      DockerChroma chroma = docker.chroma(args[2]);
      ChromaBackup backups = ChromaBackup.using(store);
      if (args[0].equals("backup")) {
        backups.backup(chroma.deployment());
      } else if (args[0].equals("recover")) {
        backups.recover(chroma.deployment());
      } else {
        ChromaDeployment deployment = chroma.dependent(args[4]).deployment();
        backups.restore(
            ArchiveName.parse(args[3]).orElseThrow(),
            deployment,
            RestoreOptions.defaults().replace().patience(Duration.ofSeconds(60)));
      }
    }
  }
}
