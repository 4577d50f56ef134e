package io.chromabackup;

/**
 * Is told how far an operation is, on the thread that runs it. What it throws is logged and
 * ignored.
 */
@FunctionalInterface
public interface ProgressListener {
  /**
   * Something was done. Called once at the beginning of each phase, and then every mebibyte or so;
   * of what a store reads back in a thread of its own, the beginning alone is told.
   *
   * @param phase what is going on
   * @param done bytes done in this phase; 0 at its beginning
   * @param total bytes to do in this phase, roughly; 0 if unknown. A copy that has to be taken
   *     again begins its phase again
   */
  void on(Phase phase, long done, long total);
}
