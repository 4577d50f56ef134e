package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chromabackup.ArchiveListing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ForecastTest {
  private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");

  private static List<ArchiveListing> every(Duration rhythm, int count, long size) {
    return IntStream.range(0, count)
        .mapToObj(i -> Samples.legacy(NOW.minus(rhythm.multipliedBy(i)), size))
        .toList();
  }

  @Test
  void nothingNeedsNothing() {
    assertThat(Forecast.of(List.of(), 30, NOW).bytes()).isZero();
  }

  @Test
  void aSingleOneIsTakenForADailyOne() {
    assertThat(Forecast.of(every(Duration.ofDays(1), 1, 100), 30, NOW).bytes()).isEqualTo(3100);
  }

  @Test
  void dailyAndHourly() {
    assertThat(Forecast.of(every(Duration.ofDays(1), 8, 100), 30, NOW).bytes()).isEqualTo(3100);
    Forecast sixHourly = Forecast.of(every(Duration.ofHours(6), 40, 100), 10, NOW);
    assertThat(sixHourly.perDay()).isCloseTo(4, within(0.001));
    assertThat(sixHourly.bytes()).isEqualTo(4100);
  }

  @Test
  void aFewByHandAreNotTheRhythm() {
    assertThat(Forecast.of(every(Duration.ofSeconds(5), 6, 100), 30, NOW).perDay()).isEqualTo(1);
  }

  @Test
  void onlyTheLastTenCount() {
    List<ArchiveListing> grown =
        IntStream.range(0, 30)
            .mapToObj(i -> Samples.legacy(NOW.minus(Duration.ofDays(i)), i < 10 ? 200 : 1))
            .toList();
    assertThat(Forecast.of(grown, 30, NOW).bytes()).isEqualTo(6200);
  }

  @Test
  void oneFromTheFutureIsNotTheRhythm() {
    List<ArchiveListing> listings = new ArrayList<>(every(Duration.ofDays(1), 8, 100));
    listings.add(0, Samples.legacy(NOW.plus(Duration.ofDays(3000)), 100));

    assertThat(Forecast.of(listings, 30, NOW).bytes()).isEqualTo(3100);
  }
}
