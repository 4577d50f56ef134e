package io.chromabackup.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ServiceController;
import io.chromabackup.testkit.Figures;
import io.chromabackup.testkit.contract.InMemoryService.Server;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of controllers: a good one keeps them, and each flawed one breaks the one for it. */
class KitOfServicesTest {
  /** In memory all is over at once, but for what never is. */
  private static final Duration LIMIT = Duration.ofSeconds(4);

  @Nested
  class AGoodOne implements ServiceControllerContract {
    private final ServiceAccess service =
        new FlawedServices.Access(new Server(), InMemoryService::new);

    @Override
    public ServiceController open() throws IOException {
      return service.open();
    }

    @Override
    public void bring(State state) throws IOException {
      service.bring(state);
    }

    @Override
    public State state() throws IOException {
      return service.state();
    }

    @Override
    public String run() throws IOException {
      return service.run();
    }
  }

  static List<Mutant<ServiceRule, ServiceAccess>> mutants() {
    return FlawedServices.all();
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void aFlawedControllerIsRejectedByTheRuleThatIsThereForIt(
      Mutant<ServiceRule, ServiceAccess> mutant) {
    Set<ServiceRule> broken = EnumSet.noneOf(ServiceRule.class);
    for (ServiceRule rule : ServiceRule.values()) {
      if (Mutant.isBroken(() -> rule.tryOn(mutant.make().get(), LIMIT))) {
        broken.add(rule);
      }
    }
    assertThat(broken).contains(mutant.rule());
    assertThat(mutant.foreseen()).containsAll(broken);
  }

  @Test
  void everyRuleHasAFlawedControllerThatItIsThereFor() {
    assertThat(mutants().stream().map(Mutant::rule).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(ServiceRule.values());
    Figures.record(
        "kit-services",
        "%d flawed controllers, each rejected by its rule; %d rules"
            .formatted(mutants().size(), ServiceRule.values().length));
    assertThat(mutants()).hasSizeGreaterThan(25);
  }
}
