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
 * A backup or a restore in a JVM of its own, which is killed as {@code kill -9} does when the
 * engine has done so many things for it.
 */
final class KilledOperation {
  private KilledOperation() {}

  /**
   * Runs it.
   *
   * @param afterEvents when it is killed
   * @param arguments {@code backup STORE CONTAINER} or {@code restore STORE CONTAINER ARCHIVE
   *     DEPENDENT}
   * @return what the engine did last before the kill; empty if the operation ended before it
   */
  static String run(int afterEvents, String... arguments) throws Exception {
    Process events =
        new ProcessBuilder(
                "docker", "events", "--filter", "type=container", "--format", "{{json .}}")
            .start();
    Process operation = start(arguments);
    try (BufferedReader seen = events.inputReader()) {
      BufferedReader output = operation.inputReader();
      requireLine(output, "ready");
      operation.outputWriter().append("go\n").flush();
      String last = "";
      for (int count = 0; count < afterEvents; ) {
        if (seen.ready()) {
          String event = seen.readLine();
          if (event.contains(arguments[2]) && !event.contains("\"exec_")) {
            last = word(event, "Action") + " " + word(event, "name");
            count++;
          }
        } else if (!operation.isAlive()) {
          requireLine(output, "done");
          return "";
        } else {
          TimeUnit.MILLISECONDS.sleep(1);
        }
      }
      return operation.isAlive() ? last : "";
    } finally {
      operation.destroyForcibly().waitFor();
      events.destroyForcibly().waitFor();
    }
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
      } else {
        ChromaDeployment deployment = chroma.dependent(args[4]).deployment();
        backups.restore(
            ArchiveName.parse(args[3]).orElseThrow(),
            deployment,
            RestoreOptions.defaults().replace().patience(Duration.ofSeconds(60)));
      }
      System.out.println("done");
    }
  }
}
