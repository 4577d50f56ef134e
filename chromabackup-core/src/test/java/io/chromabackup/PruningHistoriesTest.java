package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ShelfHistory.Item;
import io.chromabackup.ShelfHistory.Truth;
import io.chromabackup.testkit.Effort;
import io.chromabackup.testkit.Figures;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Prunes of stores in which archives really are truncated, rotten, empty or somebody else's. */
@Tag("slow")
class PruningHistoriesTest {
  private static final int HISTORIES = Effort.of(400, 20_000);

  private long prunes;
  private long deleted;

  @Test
  void noPruneDeletesTheLastThatCanBeRestoredNorWhatIsNotOurs() throws Exception {
    for (long seed = 0; seed < HISTORIES; seed++) {
      ShelfHistory history = ShelfHistory.random(seed);
      try {
        prune(history);
        pruneAfterABackup(history);
      } catch (AssertionError | RuntimeException failure) {
        throw new AssertionError("seed " + seed + ": " + history, failure);
      }
    }
    Figures.record(
        "retention-prunes",
        "%,d prunes of stores with damaged, empty and foreign files, %,d archives deleted"
            .formatted(prunes, deleted));
    assertThat(prunes).isEqualTo(2L * HISTORIES);
    assertThat(deleted).isGreaterThan(2L * HISTORIES);
  }

  private void prune(ShelfHistory history) throws IOException {
    Pruning pruning = new Pruning(history.shelf, history.policy(), history.now);
    RetentionPlan plan = pruning.plan(name -> verify(history.shelf, name));
    requireCareful(history, item -> isPast(item, history), pruning, plan);
  }

  private void pruneAfterABackup(ShelfHistory history) throws IOException {
    ArchiveName made = history.backUp();
    Manifest manifest;
    try (InputStream in = history.shelf.open(made)) {
      manifest = new ArchiveReader(made.toString(), in).manifest().orElseThrow();
    }
    Pruning pruning = new Pruning(history.shelf, history.policy(), history.now);
    RetentionPlan plan = pruning.planAfter(made, manifest, name -> verify(history.shelf, name));
    // its name is from the future if others had those before
    requireCareful(
        history, item -> item.name().equals(made) || isPast(item, history), pruning, plan);
    assertThat(history.shelf.has(made)).as("what was just made").isTrue();
  }

  /** Counting on no archive but those that {@code counts}. */
  private void requireCareful(
      ShelfHistory history, Predicate<Item> counts, Pruning pruning, RetentionPlan plan)
      throws IOException {
    Map<String, byte[]> foreign = history.shelf.foreign();
    List<Item> before =
        history.items.stream().filter(item -> history.shelf.has(item.name())).toList();

    pruning.delete(plan);
    Set<ArchiveName> gone = new HashSet<>(pruning.deleted());

    prunes++;
    deleted += gone.size();
    assertThat(history.shelf.foreign()).isEqualTo(foreign);
    for (Item item : before) {
      assertThat(history.shelf.has(item.name())).isEqualTo(!gone.contains(item.name()));
      if (item.truth().isUnknown() || !isPast(item, history)) {
        assertThat(gone).doesNotContain(item.name());
      }
    }
    requireTheLastOfEach(before.stream().filter(counts).toList(), gone);
  }

  private static void requireTheLastOfEach(List<Item> past, Set<ArchiveName> gone) {
    newest(past, item -> item.truth().isGood())
        .ifPresent(last -> assertThat(gone).as("the newest good one").doesNotContain(last.name()));
    for (String source : past.stream().map(Item::source).collect(Collectors.toSet())) {
      newest(past, item -> item.truth() == Truth.WHOLE && item.source().equals(source))
          .ifPresent(last -> assertThat(gone).as("of " + source).doesNotContain(last.name()));
    }
    if (past.stream().noneMatch(item -> isSound(item.truth()))) {
      assertThat(gone).as("deleted although none is good").isEmpty();
    }
  }

  private static Optional<Item> newest(List<Item> items, Predicate<Item> which) {
    return items.stream().filter(which).max(Comparator.comparing(Item::name));
  }

  private static boolean isSound(Truth truth) {
    return truth.isGood() || truth == Truth.WITHOUT_DOCUMENTS;
  }

  private static boolean isPast(Item item, ShelfHistory history) {
    return !item.name().createdAt().isAfter(history.now);
  }

  /** Reads all of it, as verification does; the scripts' archives have seven documents. */
  private static VerifyReport verify(ArchiveStore store, ArchiveName name) throws IOException {
    Optional<Manifest> manifest;
    try (InputStream in = store.open(name)) {
      manifest = new ArchiveReader(name.toString(), in).transferTo((entry, content) -> {});
    }
    List<CollectionSummary> collections =
        manifest
            .map(Manifest::collections)
            .orElse(
                List.of(new CollectionSummary("t", "d", "n", "id", OptionalInt.of(8), "l2", 7, 0)));
    List<String> faults = manifest.map(Manifest::faults).orElse(List.of());
    return new VerifyReport(
        name, 1, 1, Thoroughness.FAST, collections, faults, manifest.isEmpty(), Duration.ZERO);
  }
}
