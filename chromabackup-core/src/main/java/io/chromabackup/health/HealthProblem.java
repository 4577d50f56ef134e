package io.chromabackup.health;

import org.jspecify.annotations.Nullable;

/** A question that a server did not answer as it should. */
final class HealthProblem extends Exception {
  private static final long serialVersionUID = 1;

  /** Whether to ask again. */
  enum Kind {
    /** The server is not there, or not ready: as long as there is patience. */
    UNAVAILABLE,
    /** It says something wrong: a few times, as it may have only just started. */
    WRONG,
    /** It will not say anything else: never. */
    FINAL
  }

  private final Kind kind;

  HealthProblem(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  static HealthProblem wrong(String message) {
    return new HealthProblem(Kind.WRONG, message, null);
  }

  Kind kind() {
    return kind;
  }

  /** What it says. */
  String message() {
    return String.valueOf(getMessage());
  }

  /** The same problem, with what was asked about. */
  HealthProblem of(String subject) {
    return new HealthProblem(kind, subject + ": " + message(), this);
  }
}
