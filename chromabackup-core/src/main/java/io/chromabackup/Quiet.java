package io.chromabackup;

/**
 * How a Chroma service is kept from changing its files while they are copied, from the least to the
 * most that it costs. A backup takes the least that yields a copy which passes inspection.
 */
public enum Quiet {
  /**
   * The service is not held: the copy counts only if nothing that matters changed while it was
   * taken. Where SQLite copies the database, reads go on, and what is to be written just then waits
   * for as long as the copy of the database takes.
   */
  OPTIMISTIC,
  /**
   * SQLite's write lock is held: reads go on, writes wait, for some seconds. A copy that is likely
   * to take longer is given up.
   */
  BARRIER,
  /** The process or container is frozen. */
  PAUSE,
  /** The service is stopped, and started afterwards. */
  STOP
}
