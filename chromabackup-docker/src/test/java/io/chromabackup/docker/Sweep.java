package io.chromabackup.docker;

import static io.chromabackup.docker.DockerCli.lines;

import io.chromabackup.docker.DockerCli.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Removes stacks: one by its label, or all that JVMs left that were killed. */
final class Sweep {
  private static final Duration OLD = Duration.ofHours(1);
  private static final int ATTEMPTS = 5;

  private static boolean done;

  private Sweep() {}

  /** Removes what killed JVMs left, the first time it is called in a JVM. */
  static synchronized void once() {
    if (!done) {
      done = true;
      abandoned().forEach(Sweep::remove);
    }
  }

  /** The filters of stacks whose JVM is gone; of other machines' stacks, of those an hour old. */
  static Set<String> abandoned() {
    Set<String> abandoned = new LinkedHashSet<>();
    String format =
        Stream.of(StackLabels.TEST, StackLabels.HOST, StackLabels.PID, StackLabels.BORN)
            .map("{{.Label \"%s\"}}"::formatted)
            .reduce((a, b) -> a + "|" + b)
            .orElseThrow();
    for (String kind : List.of("container ls --all", "volume ls", "network ls")) {
      String[] list = kind.split(" ");
      String[] command = Arrays.copyOf(list, list.length + 4);
      command[list.length] = "--filter";
      command[list.length + 1] = "label=" + StackLabels.TEST;
      command[list.length + 2] = "--format";
      command[list.length + 3] = format;
      for (String line : lines(command)) {
        String[] labels = line.split("\\|", -1);
        if (isAbandoned(labels[1], labels[2], labels[3])) {
          abandoned.add("label=" + StackLabels.TEST + "=" + labels[0]);
        }
      }
    }
    return abandoned;
  }

  /** Removes everything that a filter names, by force. What is busy is tried again. */
  static void remove(String filter) {
    for (int attempt = 1; ; attempt++) {
      String failures =
          remove(filter, "container", "ls --all", "rm --force --volumes")
              + remove(filter, "volume", "ls", "rm --force")
              + remove(filter, "network", "ls", "rm");
      if (failures.isEmpty()) {
        return;
      }
      if (attempt == ATTEMPTS) {
        throw new AssertionError("cannot remove all of " + filter + ": " + failures);
      }
    }
  }

  private static String remove(String filter, String kind, String list, String rm) {
    List<String> names =
        lines(
            Stream.of((kind + " " + list + " --quiet --filter").split(" "), new String[] {filter})
                .flatMap(Stream::of)
                .toArray(String[]::new));
    if (names.isEmpty()) {
      return "";
    }
    Result result =
        DockerCli.attempt(
            Stream.concat(Stream.of((kind + " " + rm).split(" ")), names.stream())
                .toArray(String[]::new));
    return result.isSuccess() ? "" : result.err();
  }

  private static boolean isAbandoned(String host, String pid, String born) {
    if (born.isEmpty() || pid.isEmpty()) {
      return false; // went away while it was listed
    }
    Instant made = Instant.ofEpochSecond(Long.parseLong(born));
    if (!host.equals(StackLabels.host())) {
      return made.isBefore(Instant.now().minus(OLD));
    }
    // A process that began later only has the other one's number.
    return ProcessHandle.of(Long.parseLong(pid))
        .map(process -> process.info().startInstant().orElse(made).isAfter(made.plusSeconds(2)))
        .orElse(true);
  }
}
