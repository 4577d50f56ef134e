package io.chromabackup.examples.ops;

import io.chromabackup.ArchiveListing;
import io.chromabackup.Manifest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The archives of a store.
 *
 * @param store where they are
 * @param listings what their beginnings tell
 * @param verdicts what reading them told, by name; empty if they were not read
 * @param forecast what room they will need
 * @param usable what room there is
 * @param now what ages are counted to
 */
record ListResult(
    String store,
    List<ArchiveListing> listings,
    Map<String, Verdict> verdicts,
    Forecast forecast,
    OptionalLong usable,
    Instant now)
    implements Result {
  private static final String ROW = "%-42s %9s %8s %10s %12s  %s  %s";

  @Override
  public ExitCode exitCode() {
    return Verdict.exitCode(verdicts.values());
  }

  private long total() {
    return listings.stream().mapToLong(listing -> listing.info().size()).sum();
  }

  @Override
  public Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("store", store);
    document.put("archives", listings.stream().map(this::document).toList());
    document.put("totalSize", total());
    Map<String, Object> expected = new LinkedHashMap<>();
    expected.put("days", forecast.days());
    expected.put("backupsPerDay", forecast.perDay());
    expected.put("size", forecast.bytes());
    document.put("forecast", expected);
    usable.ifPresent(bytes -> document.put("usableSpace", bytes));
    document.put("exitCode", exitCode().code());
    return document;
  }

  private Map<String, Object> document(ArchiveListing listing) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("archive", listing.name().toString());
    document.put("createdAt", listing.name().createdAt().toString());
    document.put("size", listing.info().size());
    document.put("standing", standing(listing));
    listing
        .manifest()
        .ifPresent(
            manifest -> {
              document.put("source", manifest.source());
              document.put("documents", manifest.documents());
              document.put("collections", Contents.document(manifest.collections()));
              document.put("faults", manifest.faults());
            });
    listing.problem().ifPresent(problem -> document.put("problem", problem));
    Verdict verdict = verdicts.get(listing.name().toString());
    if (verdict != null) {
      document.put("verified", verdict.document());
    }
    return document;
  }

  private static String standing(ArchiveListing listing) {
    return listing.standing().name().toLowerCase(Locale.ROOT);
  }

  @Override
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (listings.isEmpty()) {
      lines.add("no archives in " + store);
    } else {
      lines.add(
          ROW.formatted(
              "ARCHIVE", "SIZE", "AGE", "DOCUMENTS", "COLLECTIONS", wide("SOURCE"), "STANDING"));
      listings.forEach(listing -> lines.add(row(listing)));
      listings.forEach(listing -> listing.problem().ifPresent(lines::add));
    }
    lines.add(summary());
    return lines;
  }

  private String row(ArchiveListing listing) {
    Manifest manifest = listing.manifest().orElse(null);
    return ROW.formatted(
        listing.name(),
        Figures.bytes(listing.info().size()),
        Figures.age(Duration.between(listing.name().createdAt(), now)),
        manifest == null ? "?" : "%,d".formatted(manifest.documents()),
        manifest == null ? "?" : manifest.collections().size(),
        wide(source(listing)),
        standing(listing) + verified(verdicts.get(listing.name().toString())));
  }

  private static String source(ArchiveListing listing) {
    return listing.manifest().map(Manifest::source).orElse("?");
  }

  /** As wide as the longest source. */
  private String wide(String source) {
    int width = listings.stream().mapToInt(listing -> source(listing).length()).max().orElse(0);
    return source + " ".repeat(Math.max(0, Math.max(width, "SOURCE".length()) - source.length()));
  }

  private static String verified(@Nullable Verdict verdict) {
    if (verdict == null) {
      return "";
    }
    return verdict.sound() ? ", verified" : ", " + verdict.text();
  }

  private String summary() {
    String have =
        "%s, %s"
            .formatted(
                Figures.count(listings.size(), "archive", "archives"), Figures.bytes(total()));
    String need =
        listings.isEmpty()
            ? ""
            : "; %d days of this (%s a day) need %s"
                .formatted(
                    forecast.days(),
                    String.format(Locale.ROOT, "%.1f", forecast.perDay()),
                    Figures.bytes(forecast.bytes()));
    String room = usable.isPresent() ? "; " + Figures.bytes(usable.getAsLong()) + " are free" : "";
    return have + need + room;
  }
}
