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

  private final long end;
  private final Supplier<Optional<String>> hopeless;
  private boolean inAHurry;

  /** From now on, until patience ends or it is hopeless. */
  Patience(Duration patience, Supplier<Optional<String>> hopeless) {
    this.hopeless = hopeless;
    Duration bounded = patience.compareTo(FOREVER) < 0 ? patience : FOREVER;
    this.end = System.nanoTime() + bounded.toNanos();
  }

  /**
   * From now on each question is asked once, and a server that is unavailable is hardly waited for;
   * but an answer is, as before.
   */
  void hurry() {
    inAHurry = true;
  }

  /** Something to ask. */
  @FunctionalInterface
  interface Question<T> {
    /** Asks it. */
    T ask() throws HealthProblem, InterruptedIOException;
  }

  /** What is left; never less than a second, so that the last question can be answered. */
  Duration left() {
    return Duration.ofMillis(Math.max(1000, millisUntil(end)));
  }

  /**
   * Asks, at least once, until the server is there to answer, or patience ends.
   *
   * @throws HealthProblem the last problem
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   */
  <T> T whileUnavailable(Question<T> question) throws HealthProblem, InterruptedIOException {
    long pause = 100;
    long now = System.nanoTime();
    long last = inAHurry ? now + Math.min(end - now, IN_A_HURRY.toNanos()) : end;
    while (true) {
      Interruption.check();
      try {
        return question.ask();
      } catch (HealthProblem e) {
        if (e.kind() != Kind.UNAVAILABLE || millisUntil(last) <= 0) {
          throw e;
        }
        Optional<String> why = hopeless.get();
        if (why.isPresent()) {
          throw new HealthProblem(Kind.FINAL, why.get(), e);
        }
        Interruption.sleep(Math.max(1, Math.min(pause, millisUntil(last))));
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
        if (e.kind() != Kind.WRONG || inAHurry || tries == TRIES_IF_WRONG) {
          throw e;
        }
        Interruption.sleep(PAUSE_IF_WRONG_MILLIS);
      }
    }
  }

  private static long millisUntil(long time) {
    return (time - System.nanoTime()) / 1_000_000;
  }
}
