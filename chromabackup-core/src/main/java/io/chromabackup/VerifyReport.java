package io.chromabackup;

import java.time.Duration;
import java.util.List;

/**
 * What verifying an archive found. Made by the library alone: components may be added.
 *
 * @param archive the archive, every byte of which was read
 * @param size its length in bytes, compressed
 * @param bytes how many bytes its files have, uncompressed
 * @param inspection how thoroughly its data was inspected
 * @param collections what was found in it by inspecting its data
 * @param faults what is wrong with that data; empty for a sound archive. An archive that is itself
 *     damaged has no report, but {@link ChromaBackupException.ArchiveDamaged}
 * @param legacy true if it has no manifest, as those of the shell scripts
 * @param elapsed how long it took
 */
public record VerifyReport(
    ArchiveName archive,
    long size,
    long bytes,
    Thoroughness inspection,
    List<CollectionSummary> collections,
    List<String> faults,
    boolean legacy,
    Duration elapsed) {
  /**
   * Copies the lists.
   *
   * @param archive the archive, every byte of which was read
   * @param size its length in bytes, compressed
   * @param bytes how many bytes its files have, uncompressed
   * @param inspection how thoroughly its data was inspected
   * @param collections what was found in it by inspecting its data
   * @param faults each fault, naming the collection
   * @param legacy true if it has no manifest, as those of the shell scripts
   * @param elapsed how long it took
   */
  public VerifyReport {
    collections = List.copyOf(collections);
    faults = List.copyOf(faults);
  }

  /**
   * Tells whether the data in it is sound.
   *
   * @return true if it is
   */
  public boolean isSound() {
    return faults.isEmpty();
  }

  /**
   * How many documents are in it.
   *
   * @return the sum over all collections
   */
  public long documents() {
    return collections.stream().mapToLong(CollectionSummary::documents).sum();
  }
}
