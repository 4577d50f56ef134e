package io.chromabackup.examples.benchmarks;

import io.chromabackup.examples.benchmarks.Measurement.Operation;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The measurements on data of one size. */
record Comparison(String size, List<Measurement> measurements) {

  long dataBytes() {
    return measurements.get(0).data();
  }

  /** Who was measured, in order. */
  Set<String> competitors() {
    return measurements.stream()
        .map(Measurement::competitor)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Of all runs; empty if it never came to that. */
  Optional<Spread> of(
      String competitor, Operation operation, ToDoubleFunction<Measurement> figure) {
    List<Measurement> found = find(competitor, operation);
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(Spread.of(found.stream().mapToDouble(figure)));
  }

  /**
   * How many times another's figure is one's own, each run by itself, so that a machine that is
   * slower in one run than in another does not matter.
   */
  Optional<Spread> ratio(
      String ours,
      Operation operation,
      String theirs,
      Operation baseline,
      ToDoubleFunction<Measurement> figure) {
    double[] ratios =
        find(ours, operation).stream()
            .flatMap(
                own ->
                    find(theirs, baseline).stream()
                        .filter(other -> other.run() == own.run())
                        .map(other -> figure.applyAsDouble(other) / figure.applyAsDouble(own)))
            .mapToDouble(ratio -> ratio)
            .toArray();
    return ratios.length == 0 ? Optional.empty() : Optional.of(Spread.of(Arrays.stream(ratios)));
  }

  private List<Measurement> find(String competitor, Operation operation) {
    return measurements.stream()
        .filter(m -> m.competitor().equals(competitor) && m.operation() == operation)
        .toList();
  }
}
