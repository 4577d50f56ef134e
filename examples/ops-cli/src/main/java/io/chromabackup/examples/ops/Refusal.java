package io.chromabackup.examples.ops;

import java.io.IOException;

/** What the command line itself refuses, where the library was not even asked. */
final class Refusal extends IOException {
  private final ExitCode exitCode;
  private final String error;

  /** {@code error} is the name of it in JSON. */
  Refusal(ExitCode exitCode, String error, String message) {
    super(message);
    this.exitCode = exitCode;
    this.error = error;
  }

  static Refusal notFound(String error, String message) {
    return new Refusal(ExitCode.NOT_FOUND, error, message);
  }

  ExitCode exitCode() {
    return exitCode;
  }

  String error() {
    return error;
  }
}
