package io.chromabackup.examples.ops;

import io.chromabackup.ArchiveListing;
import io.chromabackup.Manifest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What room backups will take, if they go on in size and rhythm as the last of each source did.
 *
 * @param perDay how many backups a day, over all sources
 * @param bytesPerDay how much they come to
 * @param days how long they are kept
 */
record Forecast(double perDay, double bytesPerDay, int days) {
  private static final int RECENT = 10;
  private static final double HOURS_PER_DAY = 24;

  /**
   * The listings come newest first. Those from the future tell of a wrong clock, not of a rhythm.
   */
  static Forecast of(List<ArchiveListing> listings, int days, Instant now) {
    Map<String, List<ArchiveListing>> sources =
        listings.stream()
            .filter(listing -> !listing.name().isFromTheFuture(now))
            .collect(
                Collectors.groupingBy(
                    listing -> listing.manifest().map(Manifest::source).orElse("")));
    double perDay = 0;
    double bytesPerDay = 0;
    for (List<ArchiveListing> source : sources.values()) {
      List<ArchiveListing> recent = source.subList(0, Math.min(RECENT, source.size()));
      double rhythm = perDay(recent);
      perDay += rhythm;
      bytesPerDay +=
          rhythm * recent.stream().mapToLong(one -> one.info().size()).average().orElse(0);
    }
    return new Forecast(perDay, bytesPerDay, days);
  }

  /** A single one is taken for a daily one; a few by hand within an hour are not the rhythm. */
  private static double perDay(List<ArchiveListing> recent) {
    if (recent.size() < 2) {
      return 1;
    }
    Duration span =
        Duration.between(
            recent.get(recent.size() - 1).name().createdAt(), recent.get(0).name().createdAt());
    double hours = span.toMinutes() / 60.0;
    return hours < 1 ? 1 : (recent.size() - 1) * HOURS_PER_DAY / hours;
  }

  /** With the one older archive that a restore to the first day needs. */
  long bytes() {
    double average = perDay == 0 ? 0 : bytesPerDay / perDay;
    return Math.round(bytesPerDay * days + average);
  }
}
