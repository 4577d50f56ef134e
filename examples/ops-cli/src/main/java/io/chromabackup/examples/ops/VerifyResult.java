package io.chromabackup.examples.ops;

import io.chromabackup.examples.ops.Verdict.Finding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Archives that were read.
 *
 * @param store where they are
 * @param verdicts one for each
 */
record VerifyResult(String store, List<Verdict> verdicts) implements Result {
  @Override
  public ExitCode exitCode() {
    return Verdict.exitCode(verdicts);
  }

  private long count(Finding finding) {
    return Verdict.count(finding, verdicts);
  }

  @Override
  public Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("store", store);
    document.put("archives", verdicts.stream().map(Verdict::document).toList());
    document.put("damaged", count(Finding.DAMAGED));
    document.put("salvaged", count(Finding.SALVAGED));
    document.put("unread", count(Finding.UNREAD));
    document.put("exitCode", exitCode().code());
    return document;
  }

  @Override
  public List<String> lines() {
    Lines lines = new Lines();
    verdicts.forEach(
        verdict -> lines.add("verified", "%s: %s".formatted(verdict.archive(), verdict.text())));
    if (verdicts.size() > 1) {
      lines.add(
          "all",
          "%d archives, %d damaged%s%s"
              .formatted(
                  verdicts.size(),
                  count(Finding.DAMAGED),
                  ifAny(Finding.SALVAGED, "salvaged"),
                  ifAny(Finding.UNREAD, "not read")));
    }
    return lines.toList();
  }

  private String ifAny(Finding finding, String words) {
    long count = count(finding);
    return count > 0 ? ", %d %s".formatted(count, words) : "";
  }
}
