package io.chromabackup.examples.ops;

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

  private long damaged() {
    return verdicts.stream().filter(Verdict::damaged).count();
  }

  private long unread() {
    return verdicts.stream().filter(Verdict::unread).count();
  }

  @Override
  public Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("store", store);
    document.put("archives", verdicts.stream().map(Verdict::document).toList());
    document.put("damaged", damaged());
    document.put("unread", unread());
    document.put("exitCode", exitCode().code());
    return document;
  }

  @Override
  public List<String> lines() {
    Lines lines = new Lines();
    verdicts.forEach(
        verdict -> lines.add("verified", "%s: %s".formatted(verdict.archive(), verdict.text())));
    if (verdicts.size() > 1) {
      String unread = unread() > 0 ? ", %d not read".formatted(unread()) : "";
      lines.add("all", "%d archives, %d damaged%s".formatted(verdicts.size(), damaged(), unread));
    }
    return lines.toList();
  }
}
