package io.chromabackup.health;

import io.chromabackup.files.Interruption;
import io.chromabackup.health.HealthProblem.Kind;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** How often a server is asked, and until when. */
final class Patience {
  private static final int TRIES_IF_WRONG = 3;
  private static final long PAUSE_IF_WRONG_MILLIS = 500;
  private static final long LONGEST_PAUSE_MILLIS = 1000;
  private static final Duration FOREVER = Duration.ofDays(3650);

  /** A server that has only just ended is started anew by then, or the question is lost. */
  private static final Duration IN_A_HURRY = Duration.ofSeconds(10);

  private final Supplier<Optional<String>> hopeless;
  private long end;
  private int triesIfWrong = TRIES_IF_WRONG;

  /** From now on, until patience ends or it is hopeless. */
  Patience(Duration patience, Supplier<Optional<String>> hopeless) {
    this.hopeless = hopeless;
    Duration bounded = patience.compareTo(FOREVER) < 0 ? patience : FOREVER;
    this.end = System.nanoTime() + bounded.toNanos();
  }

  /** From now on each question is asked once, and what is unavailable is hardly waited for. */
  void hurry() {
    triesIfWrong = 1;
    end = System.nanoTime() + Math.min(end - System.nanoTime(), IN_A_HURRY.toNanos());
  }

  /** Something to ask. */
  @FunctionalInterface
  interface Question<T> {
    /** Asks it. */
    T ask() throws HealthProblem, InterruptedIOException;
  }

  /** What is left; never less than a second, so that the last question can be answered. */
  Duration left() {
    return Duration.ofMillis(Math.max(1000, leftMillis()));
  }

  /**
   * Asks, at least once, until the server is there to answer, or patience ends.
   *
   * @throws HealthProblem the last problem
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   */
  <T> T whileUnavailable(Question<T> question) throws HealthProblem, InterruptedIOException {
    long pause = 100;
    while (true) {
      Interruption.check();
      try {
        return question.ask();
      } catch (HealthProblem e) {
        if (e.kind() != Kind.UNAVAILABLE || leftMillis() <= 0) {
          throw e;
        }
        Optional<String> why = hopeless.get();
        if (why.isPresent()) {
          throw new HealthProblem(Kind.FINAL, why.get(), e);
        }
        Interruption.sleep(Math.max(1, Math.min(pause, leftMillis())));
        pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
      }
    }
  }

  /**
   * Asks again a few times if the answer is wrong.
   *
   * @throws HealthProblem the last problem
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   */
  <T> T whileWrong(Question<T> question) throws HealthProblem, InterruptedIOException {
    for (int tries = 1; ; tries++) {
      Interruption.check();
      try {
        return question.ask();
      } catch (HealthProblem e) {
        if (e.kind() != Kind.WRONG || tries == triesIfWrong) {
          throw e;
        }
        Interruption.sleep(PAUSE_IF_WRONG_MILLIS);
      }
    }
  }

  private long leftMillis() {
    return (end - System.nanoTime()) / 1_000_000;
  }
}
