package io.chromabackup.examples.ops;

import io.chromabackup.ProgressListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** What is printed, and how. The result goes to stdout, everything else to stderr. */
final class OutputOptions {
  @Option(names = "--json", description = "Print the result, or the error, as one JSON document.")
  private boolean json;

  @Option(names = "--no-progress", description = "Do not tell how far it is.")
  private boolean noProgress;

  @Option(names = "--verbose", description = "Log details, and stack traces of errors.")
  private boolean verbose;

  /** Comes before anything is logged. */
  void configure(Terminal terminal) {
    if (terminal.draws()) {
      LogSettings.forTerminal();
    }
    if (verbose) {
      LogSettings.verbose();
    }
  }

  ProgressListener progress(Terminal terminal) {
    if (noProgress) {
      return (phase, done, total) -> {};
    }
    return terminal.draws()
        ? new ProgressBar(terminal, System::nanoTime)
        : new ProgressLog(System::nanoTime);
  }

  void print(Result result) {
    if (json) {
      write(Json.text(result.document()));
    } else {
      result.lines().stream().map(Lines::printable).forEach(OutputOptions::write);
    }
    if (System.out.checkError()) {
      log().warn("the result could not be written to the standard output");
    }
  }

  /** Returns the exit code. */
  int print(Failure failure) {
    if (verbose) {
      log().error(failure.message(), failure.cause());
    } else {
      log().error(failure.message());
    }
    failure.more().forEach(message -> log().error("and: {}", message));
    if (json) {
      write(Json.text(failure.document()));
    }
    return failure.exitCode().code();
  }

  private static void write(String line) {
    System.out.println(line);
  }

  /** Not a constant: it must not be made before it is configured. */
  private static Logger log() {
    return LoggerFactory.getLogger(OutputOptions.class);
  }
}
