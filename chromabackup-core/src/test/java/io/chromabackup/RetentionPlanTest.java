package io.chromabackup;

import static io.chromabackup.ArchiveFormat.TAR_GZ;
import static io.chromabackup.ArchiveFormat.TAR_ZST;
import static io.chromabackup.ArchiveStanding.DAMAGED;
import static io.chromabackup.ArchiveStanding.GOOD;
import static io.chromabackup.ArchiveStanding.LEGACY;
import static io.chromabackup.ArchiveStanding.MISDATED;
import static io.chromabackup.ArchiveStanding.SALVAGED;
import static io.chromabackup.ArchiveStanding.UNREAD;
import static io.chromabackup.RetentionPolicy.keepAll;
import static io.chromabackup.RetentionPolicy.keepDaily;
import static io.chromabackup.RetentionPolicy.keepLast;
import static io.chromabackup.RetentionPolicy.keepWithin;
import static io.chromabackup.RetentionPolicy.ofDefaults;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.RetentionPlan.Candidate;
import io.chromabackup.RetentionPlan.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetentionPlanTest {
  private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
  private static final RetentionPolicy KEEP_NOTHING = (archives, now) -> Set.of();

  @Nested
  class GoodArchives {
    @Test
    void thePolicyDecides() {
      RetentionPlan plan =
          plan(keepLast(2), good(daysAgo(0)), good(daysAgo(1)), good(daysAgo(2)), good(daysAgo(3)));

      assertThat(plan.kept()).containsExactly(daysAgo(0), daysAgo(1));
      assertThat(plan.deleted()).containsExactly(daysAgo(2), daysAgo(3));
    }

    @Test
    void theNewestProvenArchiveStaysEvenIfThePolicyKeepsNothing() {
      RetentionPlan plan = plan(KEEP_NOTHING, good(daysAgo(1)), good(daysAgo(2)));

      assertThat(plan.kept()).containsExactly(daysAgo(1));
    }

    @Test
    void anOldOneStaysIfItIsTheOneProven() {
      RetentionPlan plan =
          RetentionPlan.of(
              keepLast(1),
              List.of(good(daysAgo(1)), good(daysAgo(2)), good(daysAgo(100))),
              Optional.of(daysAgo(100)),
              NOW);

      assertThat(plan.kept()).containsExactly(daysAgo(1), daysAgo(100));
    }

    @Test
    void theProvenOneTakesItsOwnSlotAndNoMore() {
      RetentionPlan plan = plan(keepLast(2), good(daysAgo(1)), good(daysAgo(2)), good(daysAgo(3)));

      assertThat(plan.kept()).containsExactly(daysAgo(1), daysAgo(2));
    }

    @Test
    void twoFormatsOfTheSameSecondAreTwoArchives() {
      ArchiveName zstandard = ArchiveName.of(daysAgo(1).createdAt(), TAR_ZST);
      RetentionPlan plan = plan(keepLast(1), good(zstandard), good(daysAgo(1)));

      assertThat(plan.kept()).containsExactly(zstandard);
      assertThat(plan.deleted()).containsExactly(daysAgo(1));
    }
  }

  @Nested
  class WithoutProof {
    @ParameterizedTest
    @EnumSource(ArchiveStanding.class)
    void nothingIsDeleted(ArchiveStanding standing) {
      RetentionPlan plan =
          RetentionPlan.of(
              KEEP_NOTHING,
              List.of(good(daysAgo(50)), new Candidate(daysAgo(400), standing)),
              Optional.empty(),
              NOW);

      assertThat(plan.deleted()).isEmpty();
      assertThat(plan.decisions().get(0).reason())
          .isEqualTo("would go, but no good archive is proven to be sound");
    }

    @Test
    void anArchiveThatIsNoLongerThereProvesNothing() {
      RetentionPlan plan =
          RetentionPlan.of(KEEP_NOTHING, List.of(good(daysAgo(50))), Optional.of(daysAgo(1)), NOW);

      assertThat(plan.kept()).containsExactly(daysAgo(50));
    }

    @ParameterizedTest
    @EnumSource(names = {"SALVAGED", "DAMAGED", "MISDATED", "UNREAD"})
    void aWholeCopyOfDoubtfulDataProvesNothing(ArchiveStanding standing) {
      RetentionPlan plan =
          RetentionPlan.of(
              KEEP_NOTHING,
              List.of(new Candidate(daysAgo(0), standing), good(daysAgo(1)), good(daysAgo(2))),
              Optional.of(daysAgo(0)),
              NOW);

      assertThat(plan.deleted()).isEmpty();
    }
  }

  @Test
  void aLegacyArchiveThatWasFoundSoundIsProofToo() {
    RetentionPlan plan =
        plan(
            keepLast(1),
            new Candidate(daysAgo(0), LEGACY),
            new Candidate(daysAgo(1), LEGACY),
            good(daysAgo(2)),
            good(daysAgo(3)));

    assertThat(plan.kept()).containsExactly(daysAgo(0), daysAgo(2));
  }

  @Nested
  class FromTheFuture {
    private final ArchiveName tomorrow = daysAgo(-1);

    @ParameterizedTest
    @EnumSource(ArchiveStanding.class)
    void itStays(ArchiveStanding standing) {
      RetentionPlan plan = plan(KEEP_NOTHING, good(daysAgo(0)), new Candidate(tomorrow, standing));

      assertThat(plan.kept()).contains(tomorrow);
      assertThat(reason(plan, tomorrow)).isEqualTo("from the future: it is " + NOW + " now");
    }

    @Test
    void itIsNotCounted() {
      RetentionPlan plan = plan(keepLast(1), good(daysAgo(0)), good(tomorrow), good(daysAgo(1)));

      assertThat(plan.kept()).containsExactly(tomorrow, daysAgo(0));
    }

    @Test
    void itCanBeTheProof() {
      RetentionPlan plan =
          RetentionPlan.of(
              keepLast(1),
              List.of(good(tomorrow), good(daysAgo(1)), good(daysAgo(2))),
              Optional.of(tomorrow),
              NOW);

      assertThat(plan.deleted()).containsExactly(daysAgo(2));
    }

    @Test
    void thePresentIsNotTheFuture() {
      ArchiveName now = daysAgo(0);
      Collection<Candidate> candidates = List.of(good(now), good(daysAgo(1)));
      Optional<ArchiveName> proven = Optional.of(daysAgo(1));

      assertThat(RetentionPlan.of(KEEP_NOTHING, candidates, proven, NOW).deleted())
          .containsExactly(now);
      assertThat(RetentionPlan.of(KEEP_NOTHING, candidates, proven, NOW.minusNanos(1)).deleted())
          .isEmpty();
    }

    @Test
    void aClockSetBackDeletesNothingThatWasMadeSince() {
      Candidate[] aYearOfDays =
          IntStream.range(0, 365).mapToObj(days -> good(daysAgo(days))).toArray(Candidate[]::new);

      RetentionPlan plan =
          RetentionPlan.of(
              keepDaily(7),
              List.of(aYearOfDays),
              Optional.of(daysAgo(0)),
              NOW.minus(Duration.ofDays(100)));

      assertThat(plan.kept())
          .containsExactlyElementsOf(IntStream.range(0, 107).mapToObj(d -> daysAgo(d)).toList());
    }
  }

  @Nested
  class UnderAClockThatIsFarAhead {
    private final ArchiveName madeNow = daysAgo(-3650);
    private final List<Candidate> daily =
        Stream.concat(Stream.of(madeNow), IntStream.range(1, 40).mapToObj(d -> daysAgo(d)))
            .map(RetentionPlanTest::good)
            .toList();

    @Test
    void aWindowKeepsNoMoreThanTheNewestFromBeforeIt() {
      assertThat(plan(ofDefaults()).kept()).containsExactly(madeNow, daysAgo(1));
    }

    @Test
    void aNumberOfArchivesStays() {
      assertThat(plan(ofDefaults().or(keepLast(4))).kept())
          .containsExactly(madeNow, daysAgo(1), daysAgo(2), daysAgo(3));
    }

    private RetentionPlan plan(RetentionPolicy policy) {
      return RetentionPlan.of(policy, daily, Optional.of(madeNow), madeNow.createdAt());
    }
  }

  @Nested
  class Misdated {
    @Test
    void itStays() {
      ArchiveName old = daysAgo(1000);
      RetentionPlan plan = plan(KEEP_NOTHING, good(daysAgo(0)), new Candidate(old, MISDATED));

      assertThat(plan.kept()).contains(old);
      assertThat(reason(plan, old))
          .isEqualTo("of unknown age: its manifest tells another time than its name");
    }

    @Test
    void itIsNotCounted() {
      RetentionPlan plan =
          plan(
              keepLast(1), good(daysAgo(1)), new Candidate(daysAgo(0), MISDATED), good(daysAgo(2)));

      assertThat(plan.kept()).containsExactly(daysAgo(0), daysAgo(1));
    }
  }

  @Nested
  class Unread {
    @Test
    void itStaysForItMayBeTheLastGoodOne() {
      ArchiveName old = daysAgo(1000);
      RetentionPlan plan = plan(KEEP_NOTHING, good(daysAgo(0)), new Candidate(old, UNREAD));

      assertThat(plan.kept()).contains(old);
      assertThat(reason(plan, old)).isEqualTo("it could not be read, and may be good");
    }

    @Test
    void itIsNotCounted() {
      RetentionPlan plan =
          plan(keepLast(1), good(daysAgo(1)), new Candidate(daysAgo(0), UNREAD), good(daysAgo(2)));

      assertThat(plan.kept()).containsExactly(daysAgo(0), daysAgo(1));
    }
  }

  @Nested
  class LesserArchives {
    @ParameterizedTest
    @EnumSource(names = {"SALVAGED", "LEGACY", "DAMAGED"})
    void theyNeverTakeTheSlotOfAGoodOne(ArchiveStanding standing) {
      RetentionPlan plan =
          plan(
              keepLast(2),
              good(daysAgo(3)),
              good(daysAgo(4)),
              new Candidate(daysAgo(0), standing),
              new Candidate(daysAgo(1), standing),
              new Candidate(daysAgo(2), standing));

      assertThat(plan.kept()).containsExactly(daysAgo(0), daysAgo(1), daysAgo(3), daysAgo(4));
    }

    @ParameterizedTest
    @EnumSource(names = {"SALVAGED", "LEGACY", "DAMAGED"})
    void theyStayForAsLongAsTheyWouldIfTheyWereGood(ArchiveStanding standing) {
      RetentionPlan plan =
          plan(
              ofDefaults(),
              good(daysAgo(0)),
              new Candidate(daysAgo(30), standing),
              new Candidate(daysAgo(31), standing),
              new Candidate(daysAgo(32), standing));

      assertThat(plan.deleted()).containsExactly(daysAgo(32));
      assertThat(reason(plan, daysAgo(31))).isEqualTo("the newest from before the last 30 days");
    }

    @ParameterizedTest
    @EnumSource(names = {"SALVAGED", "LEGACY", "DAMAGED"})
    void theyGoOnceGoodOnesHaveTakenTheirPlace(ArchiveStanding standing) {
      Candidate lesser = new Candidate(daysAgo(40), standing);

      assertThat(plan(ofDefaults(), good(daysAgo(0)), good(daysAgo(35)), lesser).deleted())
          .containsExactly(daysAgo(40));
      assertThat(plan(keepLast(2), good(daysAgo(0)), lesser).deleted()).isEmpty();
      assertThat(plan(keepLast(2), good(daysAgo(0)), good(daysAgo(1)), lesser).deleted())
          .containsExactly(daysAgo(40));
    }

    @Test
    void theyDoNotTakeEachOthersPlace() {
      RetentionPlan plan =
          plan(
              keepLast(2),
              good(daysAgo(0)),
              new Candidate(daysAgo(1), DAMAGED),
              new Candidate(daysAgo(2), DAMAGED),
              new Candidate(daysAgo(3), SALVAGED),
              new Candidate(daysAgo(4), SALVAGED),
              new Candidate(daysAgo(5), LEGACY),
              new Candidate(daysAgo(6), LEGACY));

      assertThat(plan.kept()).containsExactly(daysAgo(0), daysAgo(1), daysAgo(3), daysAgo(5));
    }

    @Test
    void theScriptsArchivesLeaveOneADayAsTheyDidBefore() {
      List<Candidate> store = new ArrayList<>();
      IntStream.rangeClosed(1, 30).forEach(day -> store.add(new Candidate(daysAgo(day), LEGACY)));
      for (int day = 0; day <= 31; day++) {
        Instant now = NOW.plus(Duration.ofDays(day));
        ArchiveName made = ArchiveName.of(now, TAR_GZ);
        store.add(good(made));
        List<ArchiveName> deleted =
            RetentionPlan.of(ofDefaults(), store, Optional.of(made), now).deleted();
        store.removeIf(candidate -> deleted.contains(candidate.name()));

        assertThat(store.stream().filter(candidate -> candidate.standing() == LEGACY))
            .hasSize(Math.min(30, 31 - day));
      }
    }
  }

  @Nested
  class PoliciesOfOnesOwn {
    @Test
    void namesThatWereNotAskedForAreIgnored() {
      RetentionPolicy foreign = (archives, now) -> Set.of(daysAgo(7), daysAgo(1));

      assertThat(plan(foreign, good(daysAgo(0)), good(daysAgo(1)), good(daysAgo(2))).decisions())
          .extracting(Decision::name)
          .containsExactly(daysAgo(0), daysAgo(1), daysAgo(2));
      assertThat(plan(foreign, good(daysAgo(0)), good(daysAgo(1)), good(daysAgo(2))).kept())
          .containsExactly(daysAgo(0), daysAgo(1));
    }

    @Test
    void namesOfArchivesItWasNotShownDoNotHelpThem() {
      RetentionPolicy goodOnly =
          (archives, now) ->
              archives.contains(daysAgo(9)) ? Set.of(daysAgo(0), daysAgo(1)) : Set.of(daysAgo(9));

      assertThat(
              plan(goodOnly, good(daysAgo(0)), good(daysAgo(1)), new Candidate(daysAgo(9), LEGACY))
                  .kept())
          .containsExactly(daysAgo(0));
    }

    @Test
    void whatTheyThrowIsPassedOn() {
      RuntimeException bug = new IllegalStateException("a bug");
      RetentionPolicy broken =
          (archives, now) -> {
            throw bug;
          };

      assertThatThrownBy(() -> plan(broken, good(daysAgo(0)))).isSameAs(bug);
      assertThatThrownBy(() -> plan(keepAll().or(broken), good(daysAgo(0)))).isSameAs(bug);
    }

    @Test
    void theyCannotChangeWhatTheyAreShown() {
      RetentionPolicy vandal =
          (archives, now) -> {
            archives.clear();
            return Set.of();
          };

      assertThatThrownBy(() -> plan(vandal, good(daysAgo(0))))
          .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void theySeeOnlyArchivesThatHaveAnAgeAndTheTimeOfThePlan() {
      List<Collection<ArchiveName>> seen = new ArrayList<>();
      RetentionPolicy spy =
          (archives, now) -> {
            assertThat(now).isEqualTo(NOW);
            seen.add(archives);
            return Set.of();
          };

      plan(
          spy,
          good(daysAgo(0)),
          good(daysAgo(-1)),
          new Candidate(daysAgo(1), MISDATED),
          new Candidate(daysAgo(2), LEGACY),
          new Candidate(daysAgo(3), DAMAGED));

      assertThat(seen)
          .containsExactlyInAnyOrder(
              Set.of(daysAgo(0)), Set.of(daysAgo(0), daysAgo(2)), Set.of(daysAgo(0), daysAgo(3)));
    }
  }

  @Nested
  class Report {
    @Test
    void decisionsComeNewestFirst() {
      ArchiveName zstandard = ArchiveName.of(daysAgo(1).createdAt(), TAR_ZST);
      RetentionPlan plan =
          plan(
              keepLast(2),
              good(daysAgo(0)),
              good(daysAgo(2)),
              good(daysAgo(1)),
              good(zstandard),
              good(daysAgo(-1)));

      assertThat(plan.decisions())
          .extracting(Decision::name)
          .containsExactly(daysAgo(-1), daysAgo(0), zstandard, daysAgo(1), daysAgo(2));
    }

    @Test
    void everyDecisionHasItsReasonInWords() {
      RetentionPlan plan =
          plan(
              ofDefaults().or(keepLast(2)),
              good(daysAgo(0)),
              good(daysAgo(1)),
              good(daysAgo(2)),
              good(daysAgo(31)),
              good(daysAgo(32)),
              new Candidate(daysAgo(3), SALVAGED),
              new Candidate(daysAgo(4), MISDATED));

      assertThat(plan.decisions().stream().map(Decision::toString))
          .containsExactly(
              "keep chromadb_backup_20261130_120000.tar.gz: the newest that is proven to be sound",
              "keep chromadb_backup_20261129_120000.tar.gz:"
                  + " within 30 days, one of the last 2 archives",
              "keep chromadb_backup_20261128_120000.tar.gz: within 30 days",
              "keep chromadb_backup_20261127_120000.tar.gz: within 30 days",
              "keep chromadb_backup_20261126_120000.tar.gz:"
                  + " of unknown age: its manifest tells another time than its name",
              "keep chromadb_backup_20261030_120000.tar.gz:"
                  + " the newest from before the last 30 days",
              "delete chromadb_backup_20261029_120000.tar.gz:"
                  + " the policy is to keep all within 30 days or the last 2 archives");
    }

    @Test
    void aPolicyOfOnesOwnIsNamedAsItNamesItself() {
      RetentionPolicy own =
          new RetentionPolicy() {
            @Override
            public Set<ArchiveName> keep(Collection<ArchiveName> archives, Instant now) {
              return Set.of(daysAgo(1));
            }

            @Override
            public String toString() {
              return "keep what the auditors asked for";
            }
          };
      RetentionPlan plan =
          plan(own.or(keepLast(2)), good(daysAgo(0)), good(daysAgo(1)), good(daysAgo(2)));

      assertThat(reason(plan, daysAgo(1)))
          .isEqualTo("what the auditors asked for, one of the last 2 archives");
      assertThat(reason(plan, daysAgo(2)))
          .isEqualTo("the policy is to keep what the auditors asked for or the last 2 archives");
    }

    @Test
    void everyReadyMadePolicyNamesItsReason() {
      assertThat(reasonOf(keepAll())).isEqualTo("all are kept");
      assertThat(reasonOf(keepLast(2))).isEqualTo("one of the last 2 archives");
      assertThat(reasonOf(keepDaily(2))).isEqualTo("the newest of one of the last 2 days");
      assertThat(reasonOf(keepWithin(Duration.ofHours(36)))).isEqualTo("within 36 hours");
    }

    private String reasonOf(RetentionPolicy policy) {
      return reason(plan(policy, good(daysAgo(0)), good(daysAgo(1))), daysAgo(1));
    }

    @Test
    void anEmptyStoreHasAnEmptyPlan() {
      assertThat(RetentionPlan.of(ofDefaults(), List.of(), Optional.empty(), NOW).decisions())
          .isEmpty();
    }
  }

  @Test
  void aNameIsDecidedOnOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan(keepAll(), good(daysAgo(0)), new Candidate(daysAgo(0), LEGACY)))
        .withMessage("chromadb_backup_20261130_120000.tar.gz is among the candidates twice");
  }

  /** A plan for which the first candidate is the proven one. */
  private static RetentionPlan plan(RetentionPolicy policy, Candidate... candidates) {
    return RetentionPlan.of(
        policy, Arrays.asList(candidates), Optional.of(candidates[0].name()), NOW);
  }

  private static String reason(RetentionPlan plan, ArchiveName name) {
    return plan.decisions().stream()
        .filter(decision -> decision.name().equals(name))
        .findAny()
        .orElseThrow()
        .reason();
  }

  private static Candidate good(ArchiveName name) {
    return new Candidate(name, GOOD);
  }

  private static ArchiveName daysAgo(int days) {
    return ArchiveName.of(NOW.minus(Duration.ofDays(days)), TAR_GZ);
  }
}
