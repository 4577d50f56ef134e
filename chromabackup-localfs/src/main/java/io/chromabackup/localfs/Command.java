package io.chromabackup.localfs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * A program with its arguments, run without a shell. Arguments may be secret, so the program's name
 * is all that is ever shown of it.
 */
final class Command {
  /** The exit code after which a command has done what it should. */
  private static final int DONE = 0;

  private final List<String> words;

  /**
   * A command.
   *
   * @param words the program, then its arguments
   * @throws IllegalArgumentException if no program is named
   */
  Command(List<String> words) {
    this.words = List.copyOf(words);
    if (words.isEmpty() || words.get(0).isBlank()) {
      throw new IllegalArgumentException("a command needs at least the program to run");
    }
  }

  /** A command. */
  static Command of(String... words) {
    return new Command(List.of(words));
  }

  /** What tells this command from others; not to be shown. */
  String identity() {
    return words.toString();
  }

  /**
   * How a run went.
   *
   * @param program what was run
   * @param exitCode empty if it was killed at the deadline
   * @param deadline what it was given
   * @param output the last that it printed
   */
  record Outcome(String program, OptionalInt exitCode, Deadline deadline, String output) {
    /** Tells whether it ended in time, and with 0. */
    boolean succeeded() {
      return exitCode.isPresent() && exitCode.getAsInt() == DONE;
    }

    /** How it ended, and what it said. */
    String inWords() {
      String end =
          exitCode.isPresent()
              ? program + " exited with " + exitCode.getAsInt()
              : program + " did not end within " + deadline + " and was killed";
      return output.isEmpty() ? end : end + ", saying: " + output.replace("\n", " | ");
    }
  }

  /** A sentence after what {@link Outcome#inWords()} is the end of. */
  static String andThen(String problem, String sentence) {
    return problem + (problem.contains("\n") ? "\n" : ". ") + sentence;
  }

  /**
   * Runs it to its end. At the deadline, and if this thread is interrupted, it is killed with the
   * processes it started.
   *
   * @param deadline when it must have ended
   * @return how it went
   * @throws java.io.InterruptedIOException if interrupted; the thread's flag stays set
   * @throws IOException if it cannot be run
   */
  Outcome run(Deadline deadline) throws IOException {
    return run(deadline, () -> {});
  }

  /**
   * Runs it to its end, like {@link #run(Deadline)}.
   *
   * @param begun is done once it runs
   */
  Outcome run(Deadline deadline, Runnable begun) throws IOException {
    try (RunningCommand running = start()) {
      begun.run();
      OptionalInt exitCode = running.await(deadline);
      return new Outcome(program(), exitCode, deadline, running.output());
    }
  }

  /**
   * Starts it.
   *
   * @return the running command; closing it kills it
   * @throws IOException if it cannot be run
   */
  RunningCommand start() throws IOException {
    CommandOutput output = CommandOutput.create();
    try {
      ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
      builder.redirectOutput(output.redirect());
      return new RunningCommand(builder.start(), output);
    } catch (IOException e) {
      output.close();
      throw new IOException("cannot run " + program() + ": " + reason(e), e);
    }
  }

  /** What the system said: {@code error=2, No such file or directory}. */
  private static String reason(IOException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return String.valueOf(cause.getMessage());
  }

  /** The program's name, without its directories. */
  String program() {
    Path file = Path.of(words.get(0)).getFileName();
    return file == null ? words.get(0) : file.toString();
  }

  @Override
  public String toString() {
    return program();
  }
}
