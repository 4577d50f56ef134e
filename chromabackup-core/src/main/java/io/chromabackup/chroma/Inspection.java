package io.chromabackup.chroma;

import java.util.List;

/**
 * What an {@link Inspector} found.
 *
 * @param schema how new the database is; {@link SchemaFingerprint#UNKNOWN} if it cannot be read
 * @param collections the collections, by tenant, database and name; those that could be read
 * @param faults all that is wrong, nothing if the directory is sound
 * @param orphanSegments names of directories that no collection refers to. Chroma leaves them when
 *     a collection is deleted; they are no fault, and nobody misses them
 */
public record Inspection(
    SchemaFingerprint schema,
    List<CollectionState> collections,
    List<Fault> faults,
    List<String> orphanSegments) {
  /** Copies the lists. */
  public Inspection {
    collections = List.copyOf(collections);
    faults = List.copyOf(faults);
    orphanSegments = List.copyOf(orphanSegments);
  }

  /**
   * Tells whether a server can be expected to serve every record.
   *
   * @return true if nothing is wrong
   */
  public boolean isSound() {
    return faults.isEmpty();
  }

  /**
   * The records of all collections.
   *
   * @return how many
   */
  public long documents() {
    return collections.stream().mapToLong(CollectionState::documents).sum();
  }
}
