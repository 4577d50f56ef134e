package io.chromabackup.health;

import io.chromabackup.health.HealthProblem.Kind;
import io.chromabackup.health.Patience.Question;
import java.io.InterruptedIOException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a server answered wrongly. The first of it is asked for a few times; what else is wrong is
 * asked for all the same, but not long: which collections are not served is to be told of all of
 * them, and whether the server ends on one of them shows only when it is asked for that one.
 */
final class WrongAnswers {
  private static final int TOLD = 5;

  private final Patience asking;
  private final Set<String> wrong = new LinkedHashSet<>();

  WrongAnswers(Patience asking) {
    this.asking = asking;
  }

  /**
   * Asks.
   *
   * @return what was answered; empty if that is wrong
   * @throws HealthProblem if there is no answer
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   */
  <T> Optional<T> ask(Question<T> question) throws HealthProblem, InterruptedIOException {
    try {
      return Optional.of(asking.whileWrong(question));
    } catch (HealthProblem e) {
      if (e.kind() != Kind.WRONG) {
        throw wrong.isEmpty() ? e : e.of(inWords() + "; then");
      }
      take(e);
      return Optional.empty();
    }
  }

  /** Takes note of a wrong answer. */
  void take(HealthProblem problem) {
    wrong.add(problem.message());
    asking.hurry();
  }

  /**
   * To be called in the end.
   *
   * @throws HealthProblem if anything was wrong
   */
  void requireNone() throws HealthProblem {
    if (!wrong.isEmpty()) {
      throw HealthProblem.wrong(inWords());
    }
  }

  private String inWords() {
    String first = wrong.stream().limit(TOLD).collect(Collectors.joining("; "));
    int others = wrong.size() - TOLD;
    return others > 0 ? first + "; and %d more".formatted(others) : first;
  }
}
