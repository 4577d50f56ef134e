package io.chromabackup;

import io.chromabackup.files.Interruption;
import java.io.InterruptedIOException;
import java.time.Duration;

/** How often a server is asked, and until when. */
final class ChromaHealthPatience {
  private static final int TRIES_IF_WRONG = 3;
  private static final long PAUSE_IF_WRONG_MILLIS = 700;
  private static final long LONGEST_PAUSE_MILLIS = 1000;
  private static final Duration FOREVER = Duration.ofDays(3650);

  private final long end;

  /** From now on. */
  ChromaHealthPatience(Duration patience) {
    Duration bounded = patience.compareTo(FOREVER) < 0 ? patience : FOREVER;
    this.end = System.nanoTime() + bounded.toNanos();
  }

  /** Something to ask. */
  @FunctionalInterface
  interface Question<T> {
    /** Asks it. */
    T ask() throws ChromaHealthProblem, InterruptedIOException;
  }

  /** What is left; never less than a second, so that the last question can be answered. */
  Duration left() {
    return Duration.ofMillis(Math.max(1000, leftMillis()));
  }

  /**
   * Asks, at least once, until there is an answer or no sense in asking again.
   *
   * @throws ChromaHealthProblem the last problem
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   */
  <T> T ask(Question<T> question) throws ChromaHealthProblem, InterruptedIOException {
    long pause = 100;
    int wrong = 0;
    while (true) {
      Interruption.check();
      try {
        return question.ask();
      } catch (ChromaHealthProblem e) {
        switch (e.kind()) {
          case FINAL -> throw e;
          case WRONG -> {
            if (++wrong == TRIES_IF_WRONG) {
              throw e;
            }
            Interruption.sleep(PAUSE_IF_WRONG_MILLIS);
          }
          case UNAVAILABLE -> {
            if (leftMillis() <= 0) {
              throw e;
            }
            Interruption.sleep(Math.max(1, Math.min(pause, leftMillis())));
            pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
          }
        }
      }
    }
  }

  private long leftMillis() {
    return (end - System.nanoTime()) / 1_000_000;
  }
}
