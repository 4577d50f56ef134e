package io.chromabackup.examples.ops;

/**
 * What this process is connected to.
 *
 * @param answers whether somebody can answer a question
 * @param draws whether a line on stderr can be drawn over
 * @param columns how wide such a line may be
 * @param stderr where it is drawn
 */
record Terminal(boolean answers, boolean draws, int columns, StatusLine stderr) {

  /** By what the launcher found, since Java cannot tell; without it there is no terminal. */
  static Terminal detected(StatusLine stderr) {
    String term = System.getenv("TERM");
    boolean dumb = term == null || term.isEmpty() || term.equals("dumb");
    return new Terminal(
        told("answers"),
        told("draws") && !dumb,
        Integer.getInteger("chromabackup.terminal.columns", 80),
        stderr);
  }

  private static boolean told(String what) {
    return Boolean.getBoolean("chromabackup.terminal." + what);
  }
}
