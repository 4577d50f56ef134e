package io.chromabackup;

import static io.chromabackup.ArchiveStanding.DAMAGED;
import static io.chromabackup.ArchiveStanding.GOOD;
import static io.chromabackup.ArchiveStanding.LEGACY;
import static io.chromabackup.ArchiveStanding.MISDATED;
import static io.chromabackup.ArchiveStanding.SALVAGED;
import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.RetentionOracle.Rule;
import io.chromabackup.RetentionPlan.Candidate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores that live for years: a backup every few hours, and a prune after each. */
@Tag("slow")
class RetentionOverYearsTest {
  private static final int WINDOW_DAYS = 30;
  private static final List<Rule> WINDOW = List.of(new Rule("within", WINDOW_DAYS * 24 * 60));
  private static final List<Rule> THINNING_OUT =
      List.of(
          new Rule("within", 3 * 24 * 60),
          new Rule("daily", 14),
          new Rule("weekly", 8),
          new Rule("monthly", 12));

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void theWindowIsAlwaysCoveredAndNothingPilesUpBeforeIt(long seed) {
    Life life = new Life(seed, WINDOW);
    life.makeTheScriptsArchives(40);
    for (int day = 1; day <= 3 * 365; day++) {
      life.liveADay();

      if (day > WINDOW_DAYS + 1) {
        Instant edge = life.clock.minus(Duration.ofDays(WINDOW_DAYS));
        assertThat(life.stored(GOOD))
            .filteredOn(name -> name.createdAt().isBefore(edge))
            .hasSize(1);
        assertThat(life.stored(LEGACY)).isEmpty();
        for (ArchiveStanding doubtful : List.of(SALVAGED, DAMAGED)) {
          assertThat(life.stored(doubtful))
              .filteredOn(name -> name.createdAt().isBefore(edge))
              .hasSizeLessThan(2);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void pruningEveryFewHoursLeavesWhatPruningOnceInTheEndWould(long seed) {
    Life life = new Life(seed, THINNING_OUT);
    for (int day = 1; day <= 3 * 365; day++) {
      life.liveADay();
    }

    assertThat(life.stored(GOOD))
        .containsExactlyInAnyOrderElementsOf(life.policy.keep(life.goodOnesEverMade, life.clock));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void noClockHoweverWrongCostsTheProvenArchive(long seed) {
    Life life = new Life(seed, seed % 2 == 0 ? WINDOW : THINNING_OUT);
    life.makeTheScriptsArchives(40);
    for (int day = 1; day <= 365; day++) {
      switch (life.random.nextInt(20)) {
        case 0 -> life.setTheClockWrong();
        case 1, 2 -> life.setTheClockRight();
        default -> {}
      }
      life.liveADay();
    }
  }

  /** A store, its clock and its operator. Every prune is checked. */
  private static final class Life {
    final SplittableRandom random;
    final RetentionPolicy policy;
    final List<ArchiveName> goodOnesEverMade = new ArrayList<>();
    Instant clock = Instant.parse("2026-11-22T19:39:00Z");

    private final List<Rule> rules;
    private final Map<ArchiveName, ArchiveStanding> store = new HashMap<>();
    private Duration wrong = Duration.ZERO;
    private Optional<ArchiveName> lastProven = Optional.empty();

    Life(long seed, List<Rule> rules) {
      this.random = new SplittableRandom(seed);
      this.rules = rules;
      this.policy = rules.stream().map(Rule::policy).reduce(RetentionPolicy::or).orElseThrow();
    }

    void makeTheScriptsArchives(int days) {
      for (int day = 1; day <= days; day++) {
        Instant madeAt = clock.minus(day, ChronoUnit.DAYS);
        store.put(ArchiveName.of(madeAt, ArchiveFormat.TAR_GZ), LEGACY);
      }
    }

    void setTheClockWrong() {
      setTheClockRight();
      int minutes = 1 << random.nextInt(21); // up to two years
      wrong = Duration.ofMinutes(random.nextBoolean() ? minutes : -minutes);
      clock = clock.plus(wrong);
    }

    void setTheClockRight() {
      clock = clock.minus(wrong);
      wrong = Duration.ZERO;
    }

    /** Backs up every few hours. In the end, the newest good archive is found whole. */
    void liveADay() {
      Instant tomorrow = clock.plus(1, ChronoUnit.DAYS);
      while (clock.isBefore(tomorrow)) {
        clock = clock.plusMillis(random.nextLong(3 * 3_600_000L, 9 * 3_600_000L));
        ArchiveName made = backUp();
        boolean nothingProven = random.nextInt(10) == 0;
        prune(
            nothingProven
                ? Optional.empty()
                : store.get(made) == GOOD ? Optional.of(made) : newestGood());
      }
      prune(newestGood());
    }

    private ArchiveName backUp() {
      ArchiveName name = ArchiveName.of(clock, ArchiveFormat.TAR_GZ);
      while (store.containsKey(name)) {
        name = name.next();
      }
      ArchiveStanding standing =
          switch (random.nextInt(100)) {
            case 0 -> MISDATED;
            case 1, 2, 3 -> DAMAGED;
            case 4, 5, 6, 7, 8, 9 -> SALVAGED;
            default -> GOOD;
          };
      store.put(name, standing);
      if (standing == GOOD) {
        goodOnesEverMade.add(name);
      }
      return name;
    }

    private void prune(Optional<ArchiveName> proven) {
      List<Candidate> before =
          store.entrySet().stream().map(e -> new Candidate(e.getKey(), e.getValue())).toList();
      RetentionPlan plan = RetentionPlan.of(policy, before, proven, clock);
      if (random.nextInt(50) == 0) {
        assertThat(plan.kept()).isEqualTo(RetentionOracle.kept(before, rules, proven, clock));
      }
      for (ArchiveName name : plan.deleted()) {
        assertThat(proven).isPresent();
        assertThat(name.createdAt()).isBeforeOrEqualTo(clock);
        assertThat(store.remove(name)).isNotNull().isNotEqualTo(MISDATED);
      }
      lastProven = proven.or(() -> lastProven);
      lastProven.ifPresent(name -> assertThat(store).containsKey(name));
    }

    private Optional<ArchiveName> newestGood() {
      return stored(GOOD).stream().max(Comparator.naturalOrder());
    }

    List<ArchiveName> stored(ArchiveStanding standing) {
      return store.keySet().stream().filter(name -> store.get(name) == standing).toList();
    }
  }
}
