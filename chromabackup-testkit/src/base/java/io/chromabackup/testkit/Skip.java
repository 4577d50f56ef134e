package io.chromabackup.testkit;

import org.junit.jupiter.api.Assumptions;

/**
 * Tests that a machine cannot run are skipped there, and say so. On a machine that is to have all
 * they need, as CI's, they fail: otherwise nobody would miss them.
 */
public final class Skip {
  private static final String COMPLETE = "chromabackup.requireRealChroma";

  private Skip() {}

  /**
   * Skips the running test unless it can run here, or fails it where a real Chroma server is
   * required too.
   *
   * @param possible whether it can
   * @param needed what it needs for that
   */
  public static void unless(boolean possible, String needed) {
    if (!possible) {
      orFail(COMPLETE, needed);
    }
  }

  /**
   * Skips the running test, or fails it if a system property is true.
   *
   * @param required the property
   * @param missing what is missing
   */
  public static void orFail(String required, String missing) {
    if (Boolean.getBoolean(required)) {
      throw new AssertionError(missing);
    }
    System.err.println("SKIPPED, NOT TESTED: " + missing);
    Assumptions.abort(missing);
  }
}
