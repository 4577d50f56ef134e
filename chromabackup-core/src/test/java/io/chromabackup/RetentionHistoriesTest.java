package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.RetentionOracle.Rule;
import io.chromabackup.RetentionPlan.Candidate;
import io.chromabackup.RetentionPlan.Decision;
import io.chromabackup.testkit.Effort;
import io.chromabackup.testkit.Figures;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What holds for every store and every ready-made policy.
 *
 * <p>{@code -Dchromabackup.retention.histories=1000000} tries more, {@code
 * -Dchromabackup.retention.seed=…} begins elsewhere.
 */
@Tag("slow")
class RetentionHistoriesTest {
  private static final int HISTORIES =
      Integer.getInteger("chromabackup.retention.histories", Effort.of(50_000, 1_000_000));
  private static final long SEED = Long.getLong("chromabackup.retention.seed", 0);

  @Test
  void everyDecisionIsTheOneThatCountingByHandGives() {
    LongAdder decisions = new LongAdder();
    LongAdder deletions = new LongAdder();
    forHistories(
        HISTORIES,
        history -> {
          RetentionPlan plan = history.plan();
          decisions.add(plan.decisions().size());
          deletions.add(plan.deleted().size());
          assertThat(plan.kept())
              .isEqualTo(
                  RetentionOracle.kept(
                      history.store(), history.rules(), history.proven(), history.now()));
        });
    Figures.record(
        "retention-histories",
        "%,d random histories, %,d decisions as an oracle makes them, %,d of them to delete"
            .formatted(HISTORIES, decisions.sum(), deletions.sum()));
    assertThat(decisions.sum()).as("archives decided on").isGreaterThan(10L * HISTORIES);
    assertThat(deletions.sum()).as("archives to delete").isGreaterThan(2L * HISTORIES);
  }

  @Test
  void everyArchiveIsDecidedOnOnceNewestFirst() {
    forManyHistories(
        history -> {
          List<ArchiveName> newestFirst =
              history.store().stream()
                  .map(Candidate::name)
                  .sorted(Comparator.reverseOrder())
                  .toList();
          assertThat(history.plan().decisions().stream().map(Decision::name).toList())
              .isEqualTo(newestFirst);
        });
  }

  @Test
  void neitherTheProvenNorFutureNorMisdatedNorUnreadArchivesAreEverDeleted() {
    forManyHistories(
        history -> {
          for (Decision decision : deletions(history.plan())) {
            assertThat(history.proven()).isPresent().get().isNotEqualTo(decision.name());
            assertThat(decision.name().createdAt()).isBeforeOrEqualTo(history.now());
            assertThat(decision.standing())
                .isNotIn(ArchiveStanding.MISDATED, ArchiveStanding.UNREAD);
          }
        });
  }

  @Test
  void nothingIsDeletedUnlessAGoodOrLegacyArchiveIsProven() {
    forManyHistories(
        history -> {
          if (!history.plan().deleted().isEmpty()) {
            assertThat(history.provenStanding())
                .get()
                .isIn(ArchiveStanding.GOOD, ArchiveStanding.LEGACY);
          }
        });
  }

  @Test
  void theFirstMomentOfTheWindowCanStillBeRestored() {
    forManyHistories(
        history -> {
          List<ArchiveName> kept = history.plan().kept();
          for (Rule rule : history.rules()) {
            if (rule.kind().equals("within")) {
              Instant edge = history.now().minusSeconds(60L * rule.count());
              List<ArchiveName> old = namesUpTo(edge, history.good());
              if (!old.isEmpty()) {
                assertThat(old).containsAnyElementsOf(kept);
              }
            }
          }
        });
  }

  @Test
  void archivesThatAreNotGoodChangeNothingForThoseThatAre() {
    forManyHistories(
        history -> {
          if (history.provenStanding().equals(Optional.of(ArchiveStanding.GOOD))) {
            RetentionHistory without = history.withStore(history.good());
            assertThat(decisionsOnGood(history)).isEqualTo(without.plan().decisions());
          }
        });
  }

  @Test
  void aStoreThatWasPrunedHasNothingMoreToPrune() {
    forManyHistories(
        history -> {
          Set<ArchiveName> kept = new HashSet<>(history.plan().kept());
          RetentionHistory pruned =
              history.withStore(
                  history.store().stream()
                      .filter(archive -> kept.contains(archive.name()))
                      .toList());
          assertThat(pruned.plan().deleted()).isEmpty();
        });
  }

  private static List<ArchiveName> namesUpTo(Instant edge, List<Candidate> archives) {
    return archives.stream()
        .map(Candidate::name)
        .filter(name -> !name.createdAt().isAfter(edge))
        .toList();
  }

  private static List<Decision> deletions(RetentionPlan plan) {
    return plan.decisions().stream().filter(decision -> !decision.keep()).toList();
  }

  private static List<Decision> decisionsOnGood(RetentionHistory history) {
    return history.plan().decisions().stream()
        .filter(decision -> decision.standing() == ArchiveStanding.GOOD)
        .toList();
  }

  private static void forManyHistories(Consumer<RetentionHistory> property) {
    forHistories(HISTORIES / 5, property);
  }

  private static void forHistories(int number, Consumer<RetentionHistory> property) {
    LongStream.range(SEED, SEED + number)
        .parallel()
        .mapToObj(seed -> failure(seed, property))
        .flatMap(Optional::stream)
        .findFirst()
        .ifPresent(
            failure -> {
              throw failure;
            });
  }

  private static Optional<AssertionError> failure(long seed, Consumer<RetentionHistory> property) {
    RetentionHistory history = RetentionHistory.random(seed);
    try {
      property.accept(history);
      return Optional.empty();
    } catch (AssertionError | RuntimeException failure) {
      return Optional.of(new AssertionError("seed " + seed + ": " + history, failure));
    }
  }
}
