package io.chromabackup.examples.ops;

import io.chromabackup.ArchiveName;
import io.chromabackup.PruneReport;
import io.chromabackup.RetentionPlan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What retention did, or would do.
 *
 * @param store where
 * @param dryRun whether it was only a plan
 * @param plan what stays and what goes
 * @param deleted what went
 * @param warnings what an operator should know
 */
record PruneResult(
    String store,
    boolean dryRun,
    RetentionPlan plan,
    List<ArchiveName> deleted,
    List<String> warnings)
    implements Result {

  static PruneResult planned(String store, PruneReport report) {
    return new PruneResult(store, true, report.plan(), List.of(), report.warnings());
  }

  static PruneResult done(String store, PruneReport report) {
    return new PruneResult(store, false, report.plan(), report.deleted(), report.warnings());
  }

  @Override
  public Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("store", store);
    document.put("dryRun", dryRun);
    document.put("deleted", deleted.stream().map(ArchiveName::toString).toList());
    document.put("decisions", plan.decisions().stream().map(PruneResult::document).toList());
    document.put("warnings", warnings);
    document.put("exitCode", exitCode().code());
    return document;
  }

  private static Map<String, Object> document(RetentionPlan.Decision decision) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("archive", decision.name().toString());
    document.put("standing", decision.standing().name().toLowerCase(Locale.ROOT));
    document.put("keep", decision.keep());
    document.put("reason", decision.reason());
    return document;
  }

  @Override
  public List<String> lines() {
    Lines lines = new Lines();
    for (RetentionPlan.Decision decision : plan.decisions()) {
      lines.add(verb(decision), "%s: %s".formatted(decision.name(), decision.reason()));
    }
    return lines
        .addAll("WARNING", warnings)
        .add(
            dryRun ? "would go" : "pruned",
            "%s of %d in %s"
                .formatted(
                    Figures.count(
                        dryRun ? plan.deleted().size() : deleted.size(), "archive", "archives"),
                    plan.decisions().size(),
                    store))
        .toList();
  }

  private String verb(RetentionPlan.Decision decision) {
    if (decision.keep()) {
      return "keep";
    }
    if (dryRun) {
      return "would go";
    }
    return deleted.contains(decision.name()) ? "deleted" : "NOT deleted";
  }
}
