package io.chromabackup;

import static io.chromabackup.ArchiveFormat.TAR_GZ;
import static io.chromabackup.ArchiveFormat.TAR_ZST;
import static io.chromabackup.RetentionPolicy.keepAll;
import static io.chromabackup.RetentionPolicy.keepDaily;
import static io.chromabackup.RetentionPolicy.keepLast;
import static io.chromabackup.RetentionPolicy.keepMonthly;
import static io.chromabackup.RetentionPolicy.keepWeekly;
import static io.chromabackup.RetentionPolicy.keepWithin;
import static io.chromabackup.RetentionPolicy.keepYearly;
import static io.chromabackup.RetentionPolicy.ofDefaults;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionPolicyTest {
  private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

  @Nested
  class KeepWithin {
    @Test
    void keepsAllInTheWindowAndTheNewestBeforeIt() {
      assertKept(
          keepWithin(Duration.ofDays(10)),
          "+ 2026-11-29T12:00:00Z",
          "+ 2026-11-22T12:00:00Z",
          "+ 2026-11-15T12:00:00Z", // what a restore to 20 November needs
          "- 2026-11-08T12:00:00Z",
          "- 2026-11-01T12:00:00Z");
    }

    @Test
    void theWindowBeginsExactlySoLongAgo() {
      assertKept(
          keepWithin(Duration.ofDays(1)),
          "+ 2026-11-29T12:00:01Z",
          "+ 2026-11-29T12:00:00Z",
          "+ 2026-11-29T11:59:59Z",
          "- 2026-11-29T11:59:58Z");
    }

    @Test
    void keepsTheLastOneThatSucceededHoweverLongAgo() {
      assertKept(
          keepWithin(Duration.ofHours(1)), "+ 2019-01-01T00:00:00Z", "- 2018-12-31T00:00:00Z");
    }

    @Test
    void keepsOneOfTwoMadeInTheSecondBeforeTheWindow() {
      Instant before = NOW.minus(Duration.ofDays(30)).minusSeconds(1);

      assertThat(ofDefaults().keep(List.of(name(before, TAR_GZ), name(before, TAR_ZST)), NOW))
          .containsExactly(name(before, TAR_ZST));
    }

    @Test
    void aWindowLongerThanTimeItselfKeepsAll() {
      assertKept(
          keepWithin(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999)),
          "+ 2026-11-29T12:00:01Z",
          "+ 0000-01-01T00:00:00Z");
    }

    @Test
    void theDefaultIs30Days() {
      assertThat(ofDefaults()).isEqualTo(keepWithin(Duration.ofDays(30)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "P-30D"})
    void refusesAWindowWithoutLength(Duration age) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> keepWithin(age))
          .withMessage(
              "keepWithin(%s) would keep nothing for any time: the age must be more than 0", age);
    }
  }

  @Nested
  class KeepLast {
    @Test
    void keepsTheNewestHoweverOld() {
      assertKept(
          keepLast(2),
          "+ 2020-01-01T00:00:00Z",
          "+ 2019-12-31T23:59:59Z",
          "- 2019-12-31T23:59:58Z");
    }

    @Test
    void countsTwoFormatsOfTheSameSecondAsTwo() {
      assertThat(keepLast(1).keep(List.of(name(NOW, TAR_ZST), name(NOW, TAR_GZ)), NOW))
          .containsExactly(name(NOW, TAR_ZST));
      assertThat(keepLast(2).keep(List.of(name(NOW, TAR_ZST), name(NOW, TAR_GZ)), NOW))
          .containsExactlyInAnyOrder(name(NOW, TAR_GZ), name(NOW, TAR_ZST));
    }
  }

  @Nested
  class KeepTheNewestOfCalendarPeriods {
    @Test
    void daysBeginAtMidnightUtc() {
      assertKept(
          keepDaily(2),
          "+ 2026-11-30T00:00:00Z",
          "+ 2026-11-29T23:59:59Z",
          "- 2026-11-29T00:00:00Z",
          "- 2026-11-28T23:59:59Z");
    }

    @Test
    void daysWithoutAnArchiveDoNotCount() {
      assertKept(
          keepDaily(3),
          "+ 2026-11-01T03:00:00Z",
          "- 2026-11-01T02:00:00Z",
          "+ 2026-07-01T03:00:00Z",
          "+ 2025-11-30T03:00:00Z",
          "- 2025-11-29T03:00:00Z");
    }

    @Test
    void theHourThatSummerTimeRepeatsIsNothingSpecial() {
      // 25 October 2026, 2 to 3 o'clock twice in central Europe
      assertKept(
          keepDaily(1),
          "+ 2026-10-25T01:30:00Z",
          "- 2026-10-25T00:30:00Z",
          "- 2026-10-24T23:30:00Z");
    }

    @Test
    void weeksBeginOnMonday() {
      assertKept(
          keepWeekly(2),
          "+ 2026-11-30T00:00:00Z", // Monday
          "+ 2026-11-29T23:59:59Z", // Sunday
          "- 2026-11-23T00:00:00Z", // Monday
          "- 2026-11-22T23:59:59Z"); // Sunday
    }

    @Test
    void aWeekThatSpansNewYearIsOneWeek() {
      assertKept(
          keepWeekly(2),
          "+ 2026-01-04T12:00:00Z", // Sunday of week 1 of 2026
          "- 2026-01-01T12:00:00Z",
          "- 2025-12-29T00:00:00Z", // its Monday
          "+ 2025-12-28T23:59:59Z");
    }

    @Test
    void monthsBeginOnTheFirst() {
      assertKept(
          keepMonthly(3),
          "+ 2026-11-01T00:00:00Z",
          "+ 2026-10-31T23:59:59Z",
          "- 2026-10-01T00:00:00Z",
          "+ 2025-10-31T23:59:59Z", // not the same month
          "- 2025-09-30T23:59:59Z");
    }

    @Test
    void yearsBeginInJanuary() {
      assertKept(
          keepYearly(3),
          "+ 2026-01-01T00:00:00Z",
          "+ 2025-12-31T23:59:59Z",
          "- 2025-01-01T00:00:00Z",
          "+ 2024-12-31T23:59:59Z",
          "- 2023-12-31T23:59:59Z");
    }
  }

  @Test
  void keepAllKeepsAll() {
    assertKept(keepAll(), "+ 2026-11-30T12:00:00Z", "+ 0000-01-01T00:00:00Z");
  }

  @Test
  void orKeepsWhatEitherKeeps() {
    assertKept(
        keepLast(2).or(keepDaily(2)).or(keepYearly(2)),
        "+ 2026-11-30T03:00:00Z", // all three
        "+ 2026-11-30T02:00:00Z", // the last two
        "- 2026-11-30T01:00:00Z",
        "+ 2026-11-29T03:00:00Z", // two days
        "- 2026-11-29T02:00:00Z",
        "- 2026-11-28T03:00:00Z",
        "+ 2025-06-01T00:00:00Z"); // two years
  }

  @Test
  void orTakesAPolicyOfOnesOwn() {
    RetentionPolicy oldest =
        (archives, now) -> Set.of(archives.stream().min(ArchiveName::compareTo).orElseThrow());

    List.of(oldest.or(keepLast(1)), keepLast(1).or(oldest))
        .forEach(
            policy ->
                assertKept(
                    policy,
                    "+ 2026-11-30T03:00:00Z",
                    "- 2026-11-29T03:00:00Z",
                    "+ 2026-11-28T03:00:00Z"));
  }

  @Test
  void nothingToKeepIsNothingKept() {
    allKinds().forEach(policy -> assertThat(policy.keep(List.of(), NOW)).isEmpty());
  }

  @Test
  void aCountLessThanOneIsASlipAndRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> keepLast(0))
        .withMessage("keepLast(0) would keep nothing: the count must be at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> keepDaily(-1))
        .withMessageStartingWith("keepDaily(-1)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> keepWeekly(0))
        .withMessageStartingWith("keepWeekly(0)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> keepMonthly(Integer.MIN_VALUE))
        .withMessageStartingWith("keepMonthly(-2147483648)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> keepYearly(0))
        .withMessageStartingWith("keepYearly(0)");
  }

  @Test
  void saysInWordsWhatItKeeps() {
    assertThat(keepAll()).hasToString("keep all");
    assertThat(ofDefaults()).hasToString("keep all within 30 days");
    assertThat(keepWithin(Duration.ofDays(1))).hasToString("keep all within 1 day");
    assertThat(keepWithin(Duration.ofHours(36))).hasToString("keep all within 36 hours");
    assertThat(keepWithin(Duration.ofMinutes(90))).hasToString("keep all within 90 minutes");
    assertThat(keepWithin(Duration.ofSeconds(90))).hasToString("keep all within PT1M30S");
    assertThat(keepWithin(Duration.ofDays(1).plusNanos(1)))
        .hasToString("keep all within PT24H0.000000001S");
    assertThat(keepLast(1)).hasToString("keep the last archive");
    assertThat(keepLast(3)).hasToString("keep the last 3 archives");
    assertThat(keepDaily(1)).hasToString("keep the newest of the last day");
    assertThat(keepDaily(7)).hasToString("keep the newest of each of the last 7 days");
    assertThat(keepWeekly(4)).hasToString("keep the newest of each of the last 4 weeks");
    assertThat(keepMonthly(12)).hasToString("keep the newest of each of the last 12 months");
    assertThat(keepYearly(10)).hasToString("keep the newest of each of the last 10 years");
    assertThat(ofDefaults().or(keepLast(3)).or(keepMonthly(12)))
        .hasToString(
            "keep all within 30 days or the last 3 archives"
                + " or the newest of each of the last 12 months");
  }

  @Test
  void policiesMadeAlikeAreEqual() {
    assertThat(allKinds()).isEqualTo(allKinds()).doesNotHaveDuplicates();
    assertThat(keepLast(1).or(keepDaily(1).or(keepAll())))
        .isEqualTo(keepLast(1).or(keepDaily(1)).or(keepAll()));
  }

  private static List<RetentionPolicy> allKinds() {
    return List.of(
        keepAll(),
        keepWithin(Duration.ofDays(1)),
        keepLast(1),
        keepDaily(1),
        keepWeekly(1),
        keepMonthly(1),
        keepYearly(1),
        keepLast(1).or(keepDaily(1)));
  }

  /**
   * Each line is {@code +} for an archive that stays or {@code -} for one that goes, and its time.
   */
  private static void assertKept(RetentionPolicy policy, String... lines) {
    Collection<ArchiveName> all = names(Arrays.stream(lines));
    Collection<ArchiveName> kept = names(Arrays.stream(lines).filter(line -> line.startsWith("+")));

    assertThat(policy.keep(all, NOW)).containsExactlyInAnyOrderElementsOf(kept);
  }

  private static List<ArchiveName> names(Stream<String> lines) {
    return lines.map(line -> name(Instant.parse(line.substring(2)), TAR_GZ)).toList();
  }

  private static ArchiveName name(Instant time, ArchiveFormat format) {
    return ArchiveName.of(time, format);
  }
}
