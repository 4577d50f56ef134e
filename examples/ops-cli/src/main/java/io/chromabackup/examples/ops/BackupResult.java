package io.chromabackup.examples.ops;

import io.chromabackup.ArchiveName;
import io.chromabackup.BackupReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A backup that was made.
 *
 * @param store where it is
 * @param report what was done
 */
record BackupResult(String store, BackupReport report) implements Result {
  @Override
  public Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("archive", report.archive().name().toString());
    document.put("store", store);
    document.put("source", report.manifest().source());
    document.put("size", report.archive().size());
    document.put("bytes", report.manifest().bytes());
    document.put("allocated", report.manifest().allocated());
    document.put("documents", report.documents());
    document.put("collections", Contents.document(report.collections()));
    document.put("inspection", inspection());
    document.put("quiet", quiet());
    document.put("heldMillis", report.held().toMillis());
    document.put("switchingMillis", report.switching().toMillis());
    document.put("copiedAhead", report.copiedAhead());
    document.put("copiedHeld", report.copiedHeld());
    document.put("attempts", report.attempts());
    document.put("elapsedMillis", report.elapsed().toMillis());
    document.put("pruned", report.pruned().stream().map(ArchiveName::toString).toList());
    document.put("sound", report.manifest().isSound());
    document.put("warnings", warnings());
    document.put("exitCode", exitCode().code());
    return document;
  }

  @Override
  public List<String> lines() {
    return new Lines()
        .add("backed up", report.manifest().source())
        .add(
            "archive",
            "%s, %s, in %s"
                .formatted(report.archive().name(), Figures.bytes(report.archive().size()), store))
        .add("contents", Contents.of(report.collections()))
        .add(
            "held",
            "%s (%s), %s; all in all it took %s"
                .formatted(
                    held(),
                    quiet(),
                    Figures.count(report.attempts(), "attempt", "attempts"),
                    Figures.duration(report.elapsed())))
        .addAll("pruned", report.pruned().stream().map(ArchiveName::toString).toList())
        .addAll("WARNING", warnings())
        .toList();
  }

  private String held() {
    return report.held().isZero()
        ? "nothing"
        : "the service for %s, of which %s to hold it and let it go, and for %s of the data"
            .formatted(
                Figures.duration(report.held()),
                Figures.duration(report.switching()),
                Figures.bytes(report.copiedHeld()));
  }

  private String inspection() {
    return report.manifest().inspection().name().toLowerCase(Locale.ROOT);
  }

  private String quiet() {
    return report.manifest().quiet().name().toLowerCase(Locale.ROOT);
  }

  private List<String> warnings() {
    return report.warnings().stream().map(Wording::forOperators).toList();
  }
}
