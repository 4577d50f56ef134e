package io.chromabackup;

import java.time.Duration;
import java.util.List;

/**
 * What a backup did. Made by the library alone: components may be added.
 *
 * @param archive the new archive, read back and found right
 * @param manifest what is in it
 * @param attempts how many copies were taken until one was good
 * @param held how long the service was held, over all attempts: its writers alone under {@link
 *     Quiet#BARRIER}. Commits that wait while SQLite copies the database under {@link
 *     Quiet#OPTIMISTIC} are not counted
 * @param switching how much of that went into freezing and thawing it, or stopping and starting it,
 *     as such
 * @param copiedAhead how many bytes were copied before it was held, over all attempts
 * @param copiedHeld how many bytes were copied while it was held, over all attempts: what had
 *     changed since
 * @param elapsed how long it took, all in all
 * @param pruned the archives that retention deleted afterwards
 * @param warnings what an operator should know
 */
public record BackupReport(
    ArchiveInfo archive,
    Manifest manifest,
    int attempts,
    Duration held,
    Duration switching,
    long copiedAhead,
    long copiedHeld,
    Duration elapsed,
    List<ArchiveName> pruned,
    List<String> warnings) {
  /**
   * Copies the lists.
   *
   * @param archive the new archive, read back and found right
   * @param manifest what is in it
   * @param attempts how many copies were taken until one was good
   * @param held how long the service was held, over all attempts: its writers alone under {@link
   *     Quiet#BARRIER}. Commits that wait while SQLite copies the database under {@link
   *     Quiet#OPTIMISTIC} are not counted
   * @param switching how much of that went into freezing and thawing it, or stopping and starting
   *     it, as such
   * @param copiedAhead how many bytes were copied before it was held, over all attempts
   * @param copiedHeld how many bytes were copied while it was held, over all attempts: what had
   *     changed since
   * @param elapsed how long it took, all in all
   * @param pruned the archives that retention deleted afterwards
   * @param warnings what an operator should know
   */
  public BackupReport {
    pruned = List.copyOf(pruned);
    warnings = List.copyOf(warnings);
  }

  /**
   * How many documents are in the archive.
   *
   * @return the sum over all collections
   */
  public long documents() {
    return manifest.documents();
  }

  /**
   * What is in the archive.
   *
   * @return the collections
   */
  public List<CollectionSummary> collections() {
    return manifest.collections();
  }
}
