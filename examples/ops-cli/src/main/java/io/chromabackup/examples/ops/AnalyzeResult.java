package io.chromabackup.examples.ops;

import io.chromabackup.ArchiveName;
import io.chromabackup.trial.StoreReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a store keeps.
 *
 * @param report what was found
 */
record AnalyzeResult(StoreReport report) implements Result {
  @Override
  public ExitCode exitCode() {
    return report.isKept() ? ExitCode.DONE : ExitCode.NO_ROOM;
  }

  private List<String> left() {
    return report.leftBehind().stream().map(ArchiveName::toString).toList();
  }

  private long count(StoreReport.Verdict verdict) {
    return report.findings().stream().filter(finding -> finding.verdict() == verdict).count();
  }

  @Override
  public Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("store", report.store());
    document.put("rules", report.findings().stream().map(AnalyzeResult::document).toList());
    document.put("kept", report.isKept());
    document.put("leftBehind", left());
    document.put("exitCode", exitCode().code());
    return document;
  }

  private static Map<String, Object> document(StoreReport.Finding finding) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("rule", finding.rule().id());
    document.put("says", finding.rule().sentence());
    document.put("verdict", finding.verdict().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    if (!finding.seen().isEmpty()) {
      document.put("seen", finding.seen());
    }
    return document;
  }

  @Override
  public List<String> lines() {
    Lines lines = new Lines();
    for (StoreReport.Finding finding : report.findings()) {
      lines.add(finding.rule().id(), text(finding));
    }
    left().forEach(name -> lines.add("left", name + " could not be deleted again: delete it"));
    lines.add(
        "store",
        "%s: %d rules kept, %d not kept, %d not tried"
            .formatted(
                report.store(),
                count(StoreReport.Verdict.KEPT),
                count(StoreReport.Verdict.NOT_KEPT),
                count(StoreReport.Verdict.NOT_APPLICABLE)));
    return lines.toList();
  }

  private static String text(StoreReport.Finding finding) {
    String sentence = finding.rule().sentence();
    return switch (finding.verdict()) {
      case KEPT -> "kept        " + sentence;
      case NOT_KEPT -> "NOT KEPT    " + sentence + " But " + finding.seen();
      case NOT_APPLICABLE -> "not tried   " + sentence + " For " + finding.seen();
    };
  }
}
