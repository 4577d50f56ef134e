package io.chromabackup;

/** What is known of an archive without reading all of it. */
public enum ArchiveStanding {
  /** Inspected and sound when it was made. */
  GOOD,
  /** Made, at the caller's request, from data known to be damaged. */
  SALVAGED,
  /** Made by the shell scripts: without a manifest, and never inspected. */
  LEGACY,
  /** Damaged: its manifest cannot be read, or what was read of it is not what it should be. */
  DAMAGED,
  /** Its manifest tells another time than its name. */
  MISDATED,
  /**
   * Neither good nor bad: the disk, or who may read it, kept it from being read, or it takes a
   * newer chromabackup or more memory.
   */
  UNREAD
}
