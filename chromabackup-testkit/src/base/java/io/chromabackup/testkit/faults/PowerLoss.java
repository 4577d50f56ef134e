package io.chromabackup.testkit.faults;

/** What a disk still has of what was never synced, when the power is back. */
public enum PowerLoss {
  /** All of it, as after a process was killed. */
  UNSYNCED_KEPT,
  /** Nothing: contents, names and renames are as they were last synced. */
  UNSYNCED_DROPPED,
  /**
   * Some of it, by chance: of each directory the first so many changes, of each file some of its
   * sectors of 512 bytes, the old size or the new.
   */
  UNSYNCED_TORN
}
