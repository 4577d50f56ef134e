package io.chromabackup.examples.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Commands of bash that nobody times. */
final class Shell {
  private Shell() {}

  static boolean succeeds(String command) {
    try {
      run(command, Map.of());
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Runs a command, and fails if it or a part of it does.
   *
   * @return what it printed, without white space around it
   */
  static String run(String command, Map<String, String> environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(bash(command)).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = exitCode(process);
    if (code != 0) {
      throw new IOException("%s: exit code %d%n%s".formatted(command, code, output));
    }
    return output.strip();
  }

  /** What it prints, or a word that says that it fails. */
  static String answer(String command) {
    try {
      return run(command, Map.of());
    } catch (IOException e) {
      return "unknown";
    }
  }

  static List<String> bash(String command) {
    return List.of("bash", "-euo", "pipefail", "-c", command);
  }

  static int exitCode(Process process) {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted", e));
    }
  }
}
