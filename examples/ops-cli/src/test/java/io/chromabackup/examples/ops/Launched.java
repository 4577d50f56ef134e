package io.chromabackup.examples.ops;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A program that runs, with its output in files. */
final class Launched {
  static final Path FIXTURE = Path.of("../quickstart/fixture/chroma").toAbsolutePath().normalize();
  static final Path SCRIPTS = Path.of("../../scripts").toAbsolutePath().normalize();
  static final String PROGRAM =
      Path.of("target/chromabackup/bin/chromabackup").toAbsolutePath().toString();

  private static final Path ENV = Path.of("/usr/bin/env");

  private final Process process;
  private final Path out;
  private final Path err;

  private Launched(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** An environment as bare as cron's, and nothing to read. */
  static Launched start(Path directory, Map<String, String> environment, List<String> command)
      throws IOException {
    return start(directory, environment, Redirect.from(Path.of("/dev/null").toFile()), command);
  }

  /** The same, with an input from which nothing comes but what is typed. */
  static Launched startListening(
      Path directory, Map<String, String> environment, List<String> command) throws IOException {
    return start(directory, environment, Redirect.PIPE, command);
  }

  private static Launched start(
      Path directory, Map<String, String> environment, Redirect input, List<String> command)
      throws IOException {
    Path out = Files.createTempFile(directory, "stdout", ".txt");
    Path err = Files.createTempFile(directory, "stderr", ".txt");
    ProcessBuilder builder = new ProcessBuilder(hearing(command)).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    builder.environment().values().removeIf(String::isEmpty);
    Process process =
        builder
            .redirectInput(input)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    return new Launched(process, out, err);
  }

  /** A build that runs in the background has Ctrl-C ignored, and its children inherit that. */
  private static List<String> hearing(List<String> command) {
    if (!Files.isExecutable(ENV) || !System.getProperty("os.name").equals("Linux")) {
      return command;
    }
    List<String> hearing = new ArrayList<>(List.of(ENV.toString(), "--default-signal=INT,HUP"));
    hearing.addAll(command);
    return hearing;
  }

  /** Runs to its end. */
  static Launched run(Path directory, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Launched launched = start(directory, environment, command);
    launched.exitCode();
    return launched;
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IllegalStateException("it does not end; it printed " + err());
    }
    return process.exitValue();
  }

  String out() {
    return read(out);
  }

  String err() {
    return read(err);
  }

  void awaitOut(String text) throws InterruptedException {
    await(text, this::out);
  }

  void awaitErr(String text) throws InterruptedException {
    await(text, this::err);
  }

  private void await(String text, Supplier<String> printed) throws InterruptedException {
    for (int i = 0; i < 1200 && process.isAlive(); i++) {
      if (printed.get().contains(text)) {
        return;
      }
      Thread.sleep(50);
    }
    throw new IllegalStateException("'" + text + "' is not in: " + printed.get());
  }

  /** The input stays open, as a terminal does. */
  @SuppressWarnings("resource")
  void type(String line) throws IOException {
    OutputStream input = process.getOutputStream();
    input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    input.flush();
  }

  /** As {@code kill} does, by the signal's name. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
