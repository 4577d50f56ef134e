package io.chromabackup;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a restore is about to do.
 *
 * @param archive the archive that is restored; its name tells when it was made
 * @param source what was backed up, as the archive says; empty for an archive of the old scripts
 * @param target what is replaced
 * @param documentsNow how many documents are there; empty if they cannot be counted
 * @param collections what comes instead
 * @param faults what is wrong with the data in the archive; empty for a sound one
 * @param services what is stopped meanwhile, if it runs
 */
public record RestorePlan(
    ArchiveName archive,
    Optional<String> source,
    String target,
    OptionalLong documentsNow,
    List<CollectionSummary> collections,
    List<String> faults,
    List<String> services) {
  /**
   * Copies the lists.
   *
   * @param archive the archive that is restored; its name tells when it was made
   * @param source what was backed up, as the archive says; empty for an archive of the old scripts
   * @param target what is replaced
   * @param documentsNow how many documents are there; empty if they cannot be counted
   * @param collections what comes instead
   * @param faults what is wrong with the data in the archive; empty for a sound one
   * @param services what is stopped meanwhile, if it runs
   */
  public RestorePlan {
    collections = List.copyOf(collections);
    faults = List.copyOf(faults);
    services = List.copyOf(services);
  }

  /**
   * How many documents come.
   *
   * @return the sum over all collections
   */
  public long documents() {
    return collections.stream().mapToLong(CollectionSummary::documents).sum();
  }
}
