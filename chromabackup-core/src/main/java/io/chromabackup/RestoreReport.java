package io.chromabackup;

import java.time.Duration;
import java.util.List;

/**
 * What a restore did. Made by the library alone: components may be added.
 *
 * @param archive the archive that was restored
 * @param target where it was restored to
 * @param collections what is there now
 * @param health what was asked of the server after it was started, and by which way; empty if
 *     nothing was
 * @param downtime how long Chroma was down, from its stop until it passed the health check; zero if
 *     no service ran
 * @param elapsed how long it took, all in all
 * @param warnings what an operator should know
 */
public record RestoreReport(
    ArchiveName archive,
    String target,
    List<CollectionSummary> collections,
    String health,
    Duration downtime,
    Duration elapsed,
    List<String> warnings) {
  /**
   * Copies the lists.
   *
   * @param archive the archive that was restored
   * @param target where it was restored to
   * @param collections what is there now
   * @param health what was asked of the server after it was started, and by which way; empty if
   *     nothing was
   * @param downtime how long Chroma was down, from its stop until it passed the health check; zero
   *     if no service ran
   * @param elapsed how long it took, all in all
   * @param warnings what an operator should know
   */
  public RestoreReport {
    collections = List.copyOf(collections);
    warnings = List.copyOf(warnings);
  }

  /**
   * How many documents are there now.
   *
   * @return the sum over all collections
   */
  public long documents() {
    return collections.stream().mapToLong(CollectionSummary::documents).sum();
  }
}
