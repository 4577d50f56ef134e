package io.chromabackup;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** When the backups of a store were made, by the clock that their machine had then. */
final class BackupTimes {
  private static final Duration[] STEPS = {
    Duration.ofSeconds(1),
    Duration.ofMinutes(20),
    Duration.ofHours(5),
    Duration.ofDays(1),
    Duration.ofDays(5),
    Duration.ofDays(25),
    Duration.ofDays(200)
  };

  /** Where clocks are turned by one hour, by half of one, by two, and where a day was left out. */
  private static final List<ZoneId> ZONES =
      List.of(
          ZoneId.of("Europe/Berlin"),
          ZoneId.of("America/New_York"),
          ZoneId.of("Australia/Lord_Howe"),
          ZoneId.of("Antarctica/Troll"),
          ZoneId.of("Africa/Casablanca"),
          ZoneId.of("Pacific/Apia"));

  private static final int MOST = 25;

  private final SplittableRandom random;
  private final Instant now;

  private BackupTimes(SplittableRandom random, Instant now) {
    this.random = random;
    this.now = now;
  }

  /** Up to 24 times, and some of them later than now. */
  static List<Instant> random(SplittableRandom random, Instant now) {
    BackupTimes times = new BackupTimes(random, now);
    return switch (random.nextInt(4)) {
      case 0 -> times.everyNight();
      case 1 -> times.jumping(times.stepping());
      default -> times.stepping();
    };
  }

  /** About as long as a policy may look back, in minutes. */
  static int window(SplittableRandom random) {
    return 1 + (int) STEPS[1 + random.nextInt(STEPS.length - 1)].toMinutes();
  }

  private List<Instant> stepping() {
    List<Instant> times = new ArrayList<>();
    Duration step = STEPS[random.nextInt(STEPS.length)];
    Instant time = now.plus(step.multipliedBy(random.nextInt(4)));
    for (int size = random.nextInt(MOST); size > 0; size--) {
      time = time.minusMillis(random.nextLong(step.toMillis() * 2));
      times.add(time);
    }
    return times;
  }

  /** As cron does: at a time of the day that now and then comes twice, or not at all. */
  private List<Instant> everyNight() {
    ZoneId zone = ZONES.get(random.nextInt(ZONES.size()));
    LocalTime at = LocalTime.of(random.nextInt(4), 10 * random.nextInt(6));
    LocalDate day = LocalDate.ofInstant(now, zone).plusDays(random.nextInt(3));
    List<Instant> times = new ArrayList<>();
    for (int size = random.nextInt(MOST); size > 0; size--) {
      ZonedDateTime time = ZonedDateTime.of(day, at, zone);
      times.add(time.withLaterOffsetAtOverlap().toInstant());
      if (random.nextBoolean()) {
        times.add(time.withEarlierOffsetAtOverlap().toInstant());
      }
      day = day.minusDays(1);
    }
    return times;
  }

  /** A clock that was wrong for a while, once or twice. */
  private List<Instant> jumping(List<Instant> right) {
    List<Instant> times = new ArrayList<>();
    Duration wrong = Duration.ZERO;
    for (Instant time : right) {
      switch (random.nextInt(6)) {
        case 0 -> wrong = Duration.ofMinutes(1L << random.nextInt(21)); // up to two years
        case 1 -> wrong = Duration.ofMinutes(-(1L << random.nextInt(21)));
        case 2, 3 -> wrong = Duration.ZERO;
        default -> {}
      }
      times.add(time.plus(wrong));
    }
    return times;
  }
}
