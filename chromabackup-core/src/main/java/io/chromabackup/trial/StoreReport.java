package io.chromabackup.trial;

import io.chromabackup.ArchiveName;
import java.util.List;

/**
 * What an archive store keeps of what it must.
 *
 * @param store the store's name
 * @param findings one for each rule, in their order
 * @param leftBehind what the analysis wrote and could not delete again: trial archives of the year
 *     1970
 */
public record StoreReport(String store, List<Finding> findings, List<ArchiveName> leftBehind) {
  /**
   * Copies the lists.
   *
   * @param store the store's name
   * @param findings one for each rule, in their order
   * @param leftBehind what the analysis wrote and could not delete again: trial archives of the
   *     year 1970
   */
  public StoreReport {
    findings = List.copyOf(findings);
    leftBehind = List.copyOf(leftBehind);
  }

  /**
   * Tells whether the store can be trusted, as far as it could be tried.
   *
   * @return true if no rule is broken
   */
  public boolean isKept() {
    return findings.stream().noneMatch(finding -> finding.verdict() == Verdict.NOT_KEPT);
  }

  /** What became of a rule. */
  public enum Verdict {
    /** The store keeps it. */
    KEPT,
    /** The store does not keep it. */
    NOT_KEPT,
    /** It could not be tried here. */
    NOT_APPLICABLE
  }

  /**
   * What became of one rule.
   *
   * @param rule the rule
   * @param verdict whether it is kept
   * @param seen what was seen instead, or why it could not be tried; empty if it is kept
   */
  public record Finding(StoreRule rule, Verdict verdict, String seen) {}
}
