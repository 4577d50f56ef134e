package io.chromabackup.docker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The {@code docker} command, which knows nothing of the code under test. */
final class DockerCli {
  private static final long TIMEOUT_SECONDS = 120;

  /** What a command that has ended left. */
  record Result(int status, String out, String err) {
    boolean isSuccess() {
      return status == 0;
    }
  }

  private DockerCli() {}

  /** Runs a command that must succeed; what it printed comes back, without the last line's end. */
  static String docker(String... arguments) {
    Result result = attempt(arguments);
    if (!result.isSuccess()) {
      throw failure(result.status(), result.err(), arguments);
    }
    return result.out().stripTrailing();
  }

  /** The lines of what a command printed. */
  static List<String> lines(String... arguments) {
    return docker(arguments).lines().filter(line -> !line.isBlank()).toList();
  }

  /** Runs a command that may fail. */
  static Result attempt(String... arguments) {
    return run(Redirect.PIPE, arguments);
  }

  /** Runs a command that must succeed, and writes what it prints to a file. */
  static void dockerTo(Path file, String... arguments) {
    Result result = run(Redirect.to(file.toFile()), arguments);
    if (!result.isSuccess()) {
      throw failure(result.status(), result.err(), arguments);
    }
  }

  private static Result run(Redirect out, String... arguments) {
    try {
      Process process =
          new ProcessBuilder(Stream.concat(Stream.of("docker"), Stream.of(arguments)).toList())
              .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(out)
              .start();
      CompletableFuture<String> printed = read(process.getInputStream());
      CompletableFuture<String> errors = read(process.getErrorStream());
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("docker " + String.join(" ", arguments) + " does not end");
      }
      return new Result(process.exitValue(), printed.join(), errors.join());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in docker " + arguments[0], e);
    }
  }

  private static CompletableFuture<String> read(InputStream stream) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        runnable -> {
          Thread thread = new Thread(runnable, "docker-output");
          thread.setDaemon(true);
          thread.start();
        });
  }

  private static AssertionError failure(int status, String errors, String... arguments) {
    String command = String.join(" ", arguments);
    String shown = command.length() > 500 ? command.substring(0, 500) + "..." : command;
    return new AssertionError("docker %s: %d%n%s".formatted(shown, status, errors));
  }
}
