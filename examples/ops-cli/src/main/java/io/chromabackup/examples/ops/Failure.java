package io.chromabackup.examples.ops;

import io.chromabackup.ChromaBackupException.Declined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Why there is no result.
 *
 * @param error its name, for programs
 * @param message what happened, to what, and what to do about it
 * @param more what went wrong besides
 * @param exitCode what the process ends with
 * @param cause where it comes from
 */
record Failure(
    String error, String message, List<String> more, ExitCode exitCode, Throwable cause) {

  /** A signal ends the work in one way or another, a question with no; some ends outweigh it. */
  static Failure of(Throwable e, Optional<ExitCode> signal) {
    ExitCode code = ExitCode.of(e);
    List<String> more = besides(e).stream().map(Wording::of).toList();
    boolean cancelled = code == ExitCode.FAILED || e instanceof Declined;
    if (cancelled && signal.isPresent()) {
      return new Failure(
          "Interrupted",
          "interrupted; nothing is half done, and services are as they were found",
          more,
          signal.get(),
          e);
    }
    return new Failure(name(e), message(e), more, code, e);
  }

  /** What went wrong while cleaning up after it: all that is suppressed in it and its causes. */
  static List<Throwable> besides(Throwable failure) {
    List<Throwable> besides = new ArrayList<>();
    for (Throwable e = failure; e != null; e = e.getCause()) {
      for (Throwable suppressed : e.getSuppressed()) {
        besides.add(suppressed);
        besides.addAll(besides(suppressed));
      }
    }
    return besides;
  }

  private static String name(Throwable e) {
    return e instanceof Refusal refusal ? refusal.error() : e.getClass().getSimpleName();
  }

  private static String message(Throwable e) {
    String message = Wording.of(e);
    return e instanceof RuntimeException || e instanceof Error
        ? "this is a bug, or a machine in trouble: "
            + message
            + ". Please report it, with what --verbose prints"
        : message;
  }

  Map<String, Object> document() {
    Map<String, Object> document = document(error, message, exitCode);
    if (!more.isEmpty()) {
      document.put("more", more);
    }
    return document;
  }

  static Map<String, Object> document(String error, String message, ExitCode exitCode) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("error", error);
    document.put("message", message);
    document.put("exitCode", exitCode.code());
    return document;
  }
}
