package io.chromabackup;

/** How much of the data is inspected. Vector indexes and the ids of all records always are. */
public enum Thoroughness {
  /**
   * All but what is inside the full-text index, which takes most of the time, and the list of free
   * pages. Damage in there loses no document and no vector; searches in documents may miss some, or
   * writes fail, until the index is made anew.
   */
  FAST,

  /** Everything. */
  THOROUGH
}
