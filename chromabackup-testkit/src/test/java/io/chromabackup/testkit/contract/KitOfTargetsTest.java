package io.chromabackup.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.RestoreTarget;
import io.chromabackup.testkit.Figures;
import io.chromabackup.testkit.contract.InMemoryTarget.Place;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of targets: a good one keeps them, and each flawed one breaks the one meant for it. */
class KitOfTargetsTest {
  @Nested
  class AGoodOne implements RestoreTargetContract {
    @TempDir private Path workspace;

    private final Place place = new Place();

    @Override
    public RestoreTarget open() {
      return new InMemoryTarget(place) {
        @Override
        public Optional<Path> workspace() {
          return Optional.of(workspace);
        }
      };
    }

    @Override
    public void put(Map<String, String> files) {
      place.put(files);
    }

    @Override
    public Map<String, String> live() {
      return place.live;
    }

    @Override
    public OptionalInt mode(String path) {
      return place.mode(path);
    }

    @Override
    public Optional<Map<String, String>> replaced() {
      return Optional.ofNullable(place.replaced);
    }
  }

  static List<Mutant<TargetRule, TargetAccess>> mutants() {
    return FlawedTargets.all();
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void aFlawedTargetIsRejectedByTheRuleThatIsThereForIt(Mutant<TargetRule, TargetAccess> mutant) {
    Set<TargetRule> broken = EnumSet.noneOf(TargetRule.class);
    for (TargetRule rule : TargetRule.values()) {
      if (Mutant.isBroken(() -> rule.tryOn(mutant.make().get()))) {
        broken.add(rule);
      }
    }
    assertThat(broken).contains(mutant.rule());
    assertThat(mutant.foreseen()).containsAll(broken);
  }

  @Test
  void everyRuleHasAFlawedTargetThatItIsThereFor() {
    assertThat(mutants().stream().map(Mutant::rule).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(TargetRule.values());
    Figures.record(
        "kit-targets",
        "%d flawed targets, each rejected by its rule; %d rules"
            .formatted(mutants().size(), TargetRule.values().length));
    assertThat(mutants()).hasSizeGreaterThan(25);
  }
}
