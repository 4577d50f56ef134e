package io.chromabackup.testkit;

/**
 * How much of a long test is done: a bounded part in every build, all of it with {@code
 * -Dchromabackup.effort=long}, which the Maven profile {@code long} sets.
 */
public final class Effort {
  private static final String PROPERTY = "chromabackup.effort";
  private static final String LONG = "long";

  private Effort() {}

  /**
   * Tells whether this is the long run.
   *
   * @return true if it is
   */
  public static boolean isLong() {
    return LONG.equals(System.getProperty(PROPERTY));
  }

  /**
   * How often something is done.
   *
   * @param bounded in every build
   * @param full in the long run
   * @return the one that holds now
   */
  public static int of(int bounded, int full) {
    return isLong() ? full : bounded;
  }
}
