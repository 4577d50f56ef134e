package io.chromabackup;

import java.util.List;

/**
 * What pruning did, or would do. Made by the library alone: components may be added.
 *
 * @param plan what stays and what goes, with the reasons
 * @param deleted what was deleted; nothing if it was only planned
 * @param warnings what an operator should know, such as archives that do not verify
 */
public record PruneReport(RetentionPlan plan, List<ArchiveName> deleted, List<String> warnings) {
  /**
   * Copies the lists.
   *
   * @param plan what stays and what goes, with the reasons
   * @param deleted what was deleted
   * @param warnings what an operator should know, such as archives that do not verify
   */
  public PruneReport {
    deleted = List.copyOf(deleted);
    warnings = List.copyOf(warnings);
  }
}
