package io.chromabackup.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ArchiveName;
import io.chromabackup.testkit.Figures;
import io.chromabackup.testkit.contract.InMemoryArchiveStore.Shelf;
import io.chromabackup.trial.ArchiveStores;
import io.chromabackup.trial.StoreAccess;
import io.chromabackup.trial.StoreReport;
import io.chromabackup.trial.StoreReport.Verdict;
import io.chromabackup.trial.StoreRule;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/**
 * The rules of stores: a good one keeps them all, and each flawed one breaks the one meant for it.
 */
class KitOfStoresTest {
  static List<Mutant<StoreRule, StoreAccess>> mutants() {
    return FlawedStores.all();
  }

  private static Set<StoreRule> broken(StoreAccess access) throws IOException {
    return ArchiveStores.analyze(access).findings().stream()
        .filter(finding -> finding.verdict() == Verdict.NOT_KEPT)
        .map(StoreReport.Finding::rule)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(StoreRule.class)));
  }

  @ParameterizedTest
  @EnumSource
  void aGoodStoreKeepsEveryRule(StoreRule rule) throws IOException {
    StoreReport.Finding finding = rule.tryOn(MemoryAccess.to(InMemoryArchiveStore::new));
    assertThat(finding).isEqualTo(new StoreReport.Finding(rule, Verdict.KEPT, ""));
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void aFlawedStoreIsRejectedByTheRuleThatIsThereForIt(Mutant<StoreRule, StoreAccess> mutant)
      throws IOException {
    Set<StoreRule> broken = EnumSet.noneOf(StoreRule.class);
    for (StoreRule rule : StoreRule.values()) {
      if (rule.tryOn(mutant.make().get()).verdict() == Verdict.NOT_KEPT) {
        broken.add(rule);
      }
    }
    assertThat(broken).contains(mutant.rule());
    assertThat(mutant.foreseen()).containsAll(broken);
  }

  @Test
  void everyRuleHasAFlawedStoreThatOnlyItIsThereFor() {
    assertThat(mutants().stream().map(Mutant::rule).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(StoreRule.values());
    Figures.record(
        "kit-stores",
        "%d flawed stores, each rejected by its rule; %d rules"
            .formatted(mutants().size(), StoreRule.values().length));
    assertThat(mutants()).hasSizeGreaterThan(60);
  }

  @Test
  void aStoreIsAnalyzedThroughOneInstanceAndStaysOpenAndAsItWas() throws IOException {
    Shelf shelf = new Shelf();
    ArchiveName mine = ArchiveName.parse("chromadb_backup_19700101_000001.tar.gz").orElseThrow();
    InMemoryArchiveStore store = new InMemoryArchiveStore(shelf);
    store.write(mine, out -> out.write(42), in -> {});

    StoreReport report = ArchiveStores.analyze(store);

    assertThat(report.isKept()).isTrue();
    assertThat(report.store()).isEqualTo("memory");
    assertThat(report.leftBehind()).isEmpty();
    assertThat(report.findings()).hasSize(StoreRule.values().length);
    assertThat(verdicts(report, Verdict.NOT_APPLICABLE))
        .containsExactly(
            StoreRule.STORE_13,
            StoreRule.STORE_14,
            StoreRule.STORE_15,
            StoreRule.STORE_19,
            StoreRule.STORE_20,
            StoreRule.STORE_23,
            StoreRule.STORE_24,
            StoreRule.STORE_30,
            StoreRule.STORE_32);
    assertThat(shelf.archives).containsOnlyKeys(mine.toString());
    assertThat(shelf.readers).isEmpty();
    store.lock("after").close();
  }

  private static Stream<StoreRule> verdicts(StoreReport report, Verdict verdict) {
    return report.findings().stream()
        .filter(finding -> finding.verdict() == verdict)
        .map(StoreReport.Finding::rule);
  }

  @Test
  void whatAStoreDoesNotDeleteIsReported() throws IOException {
    StoreAccess undeleting = flawed("delete does nothing and says true");
    StoreReport report = ArchiveStores.analyze(undeleting);
    assertThat(report.isKept()).isFalse();
    assertThat(report.leftBehind())
        .isNotEmpty()
        .allSatisfy(name -> assertThat(name.toString()).startsWith("chromadb_backup_19700101_"));
    assertThat(broken(undeleting)).contains(StoreRule.STORE_25);
  }

  @Test
  void afterARuleThatDoesNotEndNoOtherIsTriedAndTheStoreIsFree() throws IOException {
    StoreAccess endless = flawed("a list waits for the end of what is being written");

    StoreReport report = ArchiveStores.analyze(endless);

    assertThat(verdicts(report, Verdict.NOT_KEPT)).containsExactly(StoreRule.STORE_07);
    assertThat(report.findings())
        .contains(
            new StoreReport.Finding(
                StoreRule.STORE_07, Verdict.NOT_KEPT, "it did not end within 10 s"),
            new StoreReport.Finding(
                StoreRule.STORE_08, Verdict.NOT_APPLICABLE, "STORE-07 did not end"),
            new StoreReport.Finding(
                StoreRule.STORE_36, Verdict.NOT_APPLICABLE, "STORE-07 did not end"))
        .hasSize(StoreRule.values().length);
    assertThat(report.leftBehind()).isEmpty();
    endless.open().lock("after").close();
  }

  private static StoreAccess flawed(String what) {
    return FlawedStores.all().stream()
        .filter(mutant -> mutant.what().equals(what))
        .findFirst()
        .orElseThrow()
        .make()
        .get();
  }

  @Test
  void aStoreThatIsTakenIsNotAnalyzed() throws IOException {
    InMemoryArchiveStore store = new InMemoryArchiveStore(new Shelf());
    try (var lock = store.lock("backup")) {
      assertThatThrownBy(() -> ArchiveStores.analyze(store)).hasMessageContaining("backup");
    }
  }

  @Test
  void inATestABrokenRuleFailsAndOneThatCannotBeTriedIsSkipped() {
    ArchiveStoreContract lossy =
        () ->
            new ForwardingStore(new Shelf()) {
              @Override
              public boolean delete(ArchiveName name) {
                return true;
              }
            };
    assertThatThrownBy(() -> lossy.keeps(StoreRule.STORE_26))
        .isInstanceOf(AssertionError.class)
        .hasMessage("STORE-26: Deleting an archive that is not there says false. But it said true");
    assertThatThrownBy(() -> lossy.keeps(StoreRule.STORE_24))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("a place whose content cannot be told");
  }
}
