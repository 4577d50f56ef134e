package io.chromabackup.testkit.contract;

import java.io.IOException;

/**
 * What a {@link io.chromabackup.BackupSource} must keep, one sentence each, with the code that
 * tries it, on a small data directory that a real Chroma wrote. Each stands in the Javadoc of the
 * method that it belongs to.
 */
public enum SourceRule {
  /** About {@code describe}. */
  SOURCE_01("A source has the same name every time, in every instance.", SourceRules::name),
  /** About {@code probe}. */
  SOURCE_02("A look tells about how many bytes a copy takes.", SourceRules::bytes),
  /** About {@code probe}. */
  SOURCE_03(
      "A source offers no quiet but OPTIMISTIC and BARRIER: others are the controller's.",
      SourceRules::quiets),
  /** About {@code probe}, {@code contents} and {@code copyTo}. */
  SOURCE_04("Where there is no chroma.sqlite3, a look is NotChroma.", SourceRules::notChroma),
  /** About {@code contents}. */
  SOURCE_05(
      "What the database holds is told: its documents and its schema.", SourceRules::contents),
  /** About {@code contents}. */
  SOURCE_06(
      "A database that cannot be read is told as unknown, and is no error.",
      SourceRules::unreadable),
  /** About {@code copyTo}. */
  SOURCE_07(
      "Every file is handed on once, under its path from the data directory.", SourceRules::paths),
  /** About {@code copyTo}. */
  SOURCE_08("Files are handed on as they are, to the byte.", SourceRules::bytesOfFiles),
  /** About {@code copyTo}. */
  SOURCE_09("A directory is handed on before what is in it.", SourceRules::directoriesFirst),
  /** About {@code copyTo}. */
  SOURCE_10("The size of an entry is the length of its content.", SourceRules::sizes),
  /** About {@code copyTo}. */
  SOURCE_11(
      "What the sink throws is passed on unchanged, and nothing is handed on after it.",
      SourceRules::sinkThrows),
  /** About {@code copyTo}. */
  SOURCE_12("Files are handed on one at a time, on the calling thread.", SourceRules::thread),
  /** About {@code copyTo}. */
  SOURCE_13("A copy can be taken again, and changes nothing.", SourceRules::again),
  /** About {@code copyTo}. */
  SOURCE_14("Each kind of quiet that is offered gives a copy.", SourceRules::offeredQuiets),
  /** About {@code copyTo}. */
  SOURCE_15(
      "An interrupt ends a copy, or comes too late, and the thread's flag is set afterwards.",
      SourceRules::interrupted),
  /** About {@code copyAhead} and {@code HeldCopy}. */
  SOURCE_16(
      "With what is kept of a copy ahead, a copy is byte for byte what is there under the hold.",
      SourceRules::heldCopy),
  /** About {@code copyAhead} and {@code HeldCopy}. */
  SOURCE_17(
      "What was copied ahead and is gone under the hold is not named.", SourceRules::goneByThen),
  /** About {@code copyAhead} and {@code HeldCopy}. */
  SOURCE_18(
      "A copy ahead whose hold failed is closed, hands nothing on then, and can be begun again.",
      SourceRules::neverHeld);

  private final String sentence;

  @SuppressWarnings("ImmutableEnumChecker") // a reference to a method, without state
  private final Check check;

  /** Tries a rule. */
  @FunctionalInterface
  interface Check {
    void on(SourceRules rules) throws IOException;
  }

  SourceRule(String sentence, Check check) {
    this.sentence = sentence;
    this.check = check;
  }

  /**
   * What this rule is called.
   *
   * @return for example {@code SOURCE-07}
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
   * @param access gets at the source
   * @throws AssertionError if it is not kept, with what was seen
   * @throws org.opentest4j.TestAbortedException if it cannot be tried here
   * @throws IOException if the source fails
   */
  public void tryOn(SourceAccess access) throws IOException {
    try (SourceRules rules = new SourceRules(access)) {
      check.on(rules);
    }
  }

  /** The id and the sentence. */
  @Override
  public String toString() {
    return id() + ": " + sentence;
  }
}
