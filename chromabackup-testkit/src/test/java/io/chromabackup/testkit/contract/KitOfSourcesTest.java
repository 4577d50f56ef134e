package io.chromabackup.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.BackupSource;
import io.chromabackup.testkit.Figures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of sources: a good one keeps them, and each flawed one breaks the one meant for it. */
class KitOfSourcesTest {
  @Nested
  class AGoodOne implements BackupSourceContract {
    private final SourceAccess source =
        new FlawedSources.Access(new TreeMap<>(), InMemorySource::new);

    @Override
    public BackupSource open() throws IOException {
      return source.open();
    }

    @Override
    public void put(Path directory) throws IOException {
      source.put(directory);
    }
  }

  static List<Mutant<SourceRule, SourceAccess>> mutants() {
    return FlawedSources.all();
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void aFlawedSourceIsRejectedByTheRuleThatIsThereForIt(Mutant<SourceRule, SourceAccess> mutant) {
    Set<SourceRule> broken = EnumSet.noneOf(SourceRule.class);
    for (SourceRule rule : SourceRule.values()) {
      if (Mutant.isBroken(() -> rule.tryOn(mutant.make().get()))) {
        broken.add(rule);
      }
    }
    assertThat(broken).contains(mutant.rule());
    assertThat(mutant.foreseen()).containsAll(broken);
  }

  @Test
  void everyRuleHasAFlawedSourceThatItIsThereFor() {
    assertThat(mutants().stream().map(Mutant::rule).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(SourceRule.values());
    Figures.record(
        "kit-sources",
        "%d flawed sources, each rejected by its rule; %d rules"
            .formatted(mutants().size(), SourceRule.values().length));
    assertThat(mutants()).hasSizeGreaterThan(20);
  }
}
