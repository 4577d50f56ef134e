package io.chromabackup;

/**
 * How a Chroma service is kept from changing its files while they are copied, from the least to the
 * most that it costs. A backup takes the least that yields a copy which passes inspection.
 */
public enum Quiet {
  /** Nothing is held: the copy counts only if nothing that matters changed while it was taken. */
  OPTIMISTIC,
  /** SQLite's write lock is held: reads go on, writes wait. */
  BARRIER,
  /** The process or container is frozen. */
  PAUSE,
  /** The service is stopped, and started afterwards. */
  STOP
}
