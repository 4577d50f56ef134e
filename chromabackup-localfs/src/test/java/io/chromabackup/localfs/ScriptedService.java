package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A service as many a machine has one: a script that starts a daemon, which keeps its process
 * number in a file. Its daemon inherits the output of whoever starts it. Single steps of the script
 * can be replaced.
 */
final class ScriptedService implements AutoCloseable {
  private static final String SCRIPT =
      """
      cd "$(dirname "$0")" || exit 99
      pid() { cat pid 2>/dev/null; }
      unburied() { grep -qs '^State:.Z' "/proc/$(pid)/status"; }
      runs() { [ -n "$(pid)" ] && kill -0 "$(pid)" 2>/dev/null && ! unburied; }
      launch() {
        echo started >>starts
        sh -c 'echo $$ >pid.new; mv pid.new pid; exec sleep 1000' &
        echo "$!" >>daemons
        until [ "$(pid)" = "$!" ]; do sleep 0.01; done
      }
      start() { launch; }
      stop() { kill "$(pid)"; }
      status() { runs || exit 3; }
      . ./override
      "$1"
      """;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path directory;
  private final Path script;

  /** A service that is down. */
  ScriptedService(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.script = Files.writeString(directory.resolve("service.sh"), SCRIPT);
    override("");
  }

  /** Replaces steps of the script: {@code stop() { exit 1; }}. */
  void override(String functions) throws IOException {
    Files.writeString(directory.resolve("override"), functions);
  }

  /** Its controller, to which more can be said. */
  LocalService.Builder builder() {
    return LocalService.builder("daemon")
        .stopCommand(words("stop"))
        .startCommand(words("start"))
        .notes(notes())
        .timeout(Duration.ofSeconds(20));
  }

  /** Its controller, which asks the script for the status. */
  LocalService controller() {
    return builder().statusCommand(words("status")).build();
  }

  String[] words(String verb) {
    return new String[] {"/bin/sh", script.toString(), verb, "s3cret"};
  }

  /** Where it is written down that it is held. */
  Path notes() {
    return directory.resolve("notes");
  }

  Path pidFile() {
    return directory.resolve("pid");
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  void start() throws IOException {
    Command.Outcome outcome = Command.of(words("launch")).run(Deadline.after(PATIENCE));
    assertThat(outcome.succeeded()).as(outcome.inWords()).isTrue();
    assertRuns();
  }

  /** Kills the daemon, if there is one, past all controllers. */
  void kill() throws IOException {
    if (runs()) {
      ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroyForcibly);
      while (runs()) {
        Interruption.sleep(5);
      }
    }
  }

  long pid() throws IOException {
    return Long.parseLong(Files.readString(pidFile()).strip());
  }

  boolean runs() throws IOException {
    return Files.exists(pidFile()) && LocalProcess.find(pid()).isPresent();
  }

  void assertRuns() throws IOException {
    assertThat(runs()).as("the daemon runs").isTrue();
  }

  void assertIsDown() throws IOException {
    assertThat(runs()).as("the daemon runs").isFalse();
  }

  /** How often it was started. */
  int starts() throws IOException {
    return Files.readAllLines(file("starts")).size();
  }

  /** Waits until a step has made a file. */
  void awaitFile(String name) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(file(name))) {
      assertThat(System.nanoTime()).as("no " + name).isLessThan(end);
      Interruption.sleep(5);
    }
  }

  @Override
  public void close() throws IOException {
    if (Files.exists(file("daemons"))) {
      List<String> daemons = Files.readAllLines(file("daemons"));
      for (String daemon : daemons) {
        ProcessHandle.of(Long.parseLong(daemon)).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }
}
