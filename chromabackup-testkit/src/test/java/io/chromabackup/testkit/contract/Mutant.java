package io.chromabackup.testkit.contract;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.opentest4j.TestAbortedException;

/**
 * An implementation that does one thing wrong.
 *
 * @param what what it does
 * @param rule the rule that is there for it
 * @param also the rules that cannot be kept then either
 * @param make makes a fresh one, with what the rules need to get at it
 * @param <R> the rules
 * @param <A> how they get at it
 */
record Mutant<R extends Enum<R>, A>(String what, R rule, Set<R> also, Supplier<A> make) {
  /** All rules that it may break. */
  Set<R> foreseen() {
    Set<R> foreseen = new HashSet<>(also);
    foreseen.add(rule);
    return foreseen;
  }

  /** Whether a rule is tried and broken: what cannot be tried is not. */
  static boolean isBroken(Kept.Attempt attempt) {
    Throwable thrown = Kept.thrownBy(attempt);
    return thrown != null && !(thrown instanceof TestAbortedException);
  }

  @Override
  public String toString() {
    return what;
  }
}
