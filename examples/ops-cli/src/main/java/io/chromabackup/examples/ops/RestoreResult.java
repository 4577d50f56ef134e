package io.chromabackup.examples.ops;

import io.chromabackup.RestoreReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A restore that was done.
 *
 * @param store where the archive is
 * @param report what was done
 */
record RestoreResult(String store, RestoreReport report) implements Result {
  @Override
  public Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("archive", report.archive().toString());
    document.put("store", store);
    document.put("target", report.target());
    document.put("documents", report.documents());
    document.put("collections", Contents.document(report.collections()));
    document.put("health", report.health());
    document.put("downtimeMillis", report.downtime().toMillis());
    document.put("elapsedMillis", report.elapsed().toMillis());
    document.put("warnings", warnings());
    document.put("exitCode", exitCode().code());
    return document;
  }

  @Override
  public List<String> lines() {
    return new Lines()
        .add("restored", "%s, from %s".formatted(report.archive(), store))
        .add("to", report.target())
        .add("contents", Contents.of(report.collections()))
        .add("checked", report.health().isEmpty() ? "by inspection alone" : report.health())
        .add(
            "down",
            "for %s; all in all it took %s"
                .formatted(Figures.duration(report.downtime()), Figures.duration(report.elapsed())))
        .addAll("WARNING", warnings())
        .toList();
  }

  private List<String> warnings() {
    return report.warnings().stream().map(Wording::forOperators).toList();
  }
}
