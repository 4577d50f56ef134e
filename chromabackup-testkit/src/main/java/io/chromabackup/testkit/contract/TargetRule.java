package io.chromabackup.testkit.contract;

import java.io.IOException;

/**
 * What a {@link io.chromabackup.RestoreTarget} must keep, one sentence each, with the code that
 * tries it. Each stands in the Javadoc of the method that it belongs to.
 */
public enum TargetRule {
  /** About {@code describe}. */
  TARGET_01("A target has the same name every time, in every instance.", TargetRules::name),
  /** About {@code isEmpty}. */
  TARGET_02("A place is empty as long as there is no Chroma data.", TargetRules::emptiness),
  /** About {@code workspace}. */
  TARGET_03(
      "A workspace exists and is absolute, and what is in it is not live.", TargetRules::workspace),
  /** About {@code stage}. */
  TARGET_04("Staging touches nothing live.", TargetRules::staging),
  /** About {@code stage}. */
  TARGET_05(
      "Files that cannot be staged are an error, and leave all as it was.",
      TargetRules::failedStage),
  /** About {@code stage}. */
  TARGET_06("While a restore is at work, another is refused with Locked.", TargetRules::locked),
  /** About {@code Replacement.swap}. */
  TARGET_07(
      "After a swap, exactly the new files are live, and no sidecar of the old ones.",
      TargetRules::swapped),
  /** About {@code Replacement.rollBack}. */
  TARGET_08(
      "After rolling back, exactly the old files are live, whatever a server has made since.",
      TargetRules::rolledBack),
  /** About {@code Replacement.rollBack}. */
  TARGET_09(
      "Rolling back does nothing if nothing was swapped, and nothing a second time.",
      TargetRules::nothingToRollBack),
  /** About {@code Replacement.commit}. */
  TARGET_10(
      "After a commit the new files stay, and nothing is unfinished.", TargetRules::committed),
  /** About {@code Replacement.close}. */
  TARGET_11(
      "Closing what was not swapped leaves the old files, and nothing unfinished.",
      TargetRules::discarded),
  /** About {@code Replacement.close}. */
  TARGET_12(
      "Closing lets others restore; closing again does nothing, not even to another's restore.",
      TargetRules::closed),
  /** About {@code needsRecovery} and {@code recover}. */
  TARGET_13(
      "What was swapped and closed without a commit is unfinished, and recovery brings the old"
          + " files back.",
      TargetRules::recovered),
  /** About {@code recover}. */
  TARGET_14(
      "Recovery does nothing when nothing is unfinished, and nothing a second time.",
      TargetRules::nothingToRecover),
  /** About {@code needsRecovery}. */
  TARGET_15(
      "What is swapped and still at work is not to be recovered: it is Locked.",
      TargetRules::atWork),
  /** About all. */
  TARGET_16(
      "An empty place is restored into, and empty again after rolling back.", TargetRules::empty),
  /** About {@code stage} and {@code Replacement.rollBack}. */
  TARGET_17(
      "New files have the modes that they are given, and the old ones keep theirs.",
      TargetRules::modes),
  /** About {@code adopt}. */
  TARGET_18(
      "Nothing is adopted where nothing is unfinished, where a restore is at work, or where no"
          + " server has worked since.",
      TargetRules::nothingToAdopt),
  /** About {@code Replacement.reject} and {@code adopt}. */
  TARGET_19(
      "Rejecting does nothing before a swap and undoes none; what is rejected is not adopted.",
      TargetRules::rejected),
  /** About {@code adopt}. */
  TARGET_20(
      "What is adopted stays as a server has left it, and what it replaced is kept.",
      TargetRules::adopted);

  private final String sentence;

  @SuppressWarnings("ImmutableEnumChecker") // a reference to a method, without state
  private final Check check;

  /** Tries a rule. */
  @FunctionalInterface
  interface Check {
    void on(TargetRules rules) throws IOException;
  }

  TargetRule(String sentence, Check check) {
    this.sentence = sentence;
    this.check = check;
  }

  /**
   * What this rule is called.
   *
   * @return for example {@code TARGET-07}
   */
  public String id() {
    return name().replace('_', '-');
  }

  /**
   * What this rule says.
   *
   * @return one sentence
   */
  public String sentence() {
    return sentence;
  }

  /**
   * Tries this rule.
   *
   * @param access gets at the target
   * @throws AssertionError if it is not kept, with what was seen
   * @throws org.opentest4j.TestAbortedException if it cannot be tried here
   * @throws IOException if the target fails
   */
  public void tryOn(TargetAccess access) throws IOException {
    try (TargetRules rules = new TargetRules(access)) {
      check.on(rules);
    }
  }

  /** The id and the sentence. */
  @Override
  public String toString() {
    return id() + ": " + sentence;
  }
}
