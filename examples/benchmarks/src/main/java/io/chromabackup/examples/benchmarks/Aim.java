package io.chromabackup.examples.benchmarks;

import io.chromabackup.examples.benchmarks.Measurement.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What must hold of a ratio of two figures.
 *
 * @param least by how much it is to be faster; for a size, the least that theirs may be of ours
 */
record Aim(
    String ours,
    Operation operation,
    String theirs,
    Operation baseline,
    ToDoubleFunction<Measurement> figure,
    double least) {

  /** How much larger .tar.gz may be than what gzip -6 makes. */
  private static final double TAR_GZ_SIZE = 1.08;

  private static final double TAR_ZST_SIZE = 1.02;

  static List<Aim> all() {
    List<Aim> aims = new ArrayList<>();
    for (String slow : List.of(Competitor.GZIP, Competitor.SCRIPT)) {
      aims.add(time(Competitor.TAR_GZ, Operation.BACKUP, slow, 5));
      aims.add(time(Competitor.TAR_ZST, Operation.BACKUP, slow, 8));
    }
    aims.add(size(Competitor.TAR_GZ, TAR_GZ_SIZE));
    aims.add(size(Competitor.TAR_ZST, TAR_ZST_SIZE));
    for (String ours :
        List.of(
            Competitor.TAR_GZ,
            Competitor.TAR_ZST,
            Competitor.EMBEDDED_TAR_GZ,
            Competitor.EMBEDDED_TAR_ZST)) {
      for (Operation reading : List.of(Operation.VERIFY, Operation.RESTORE)) {
        aims.add(new Aim(ours, reading, Competitor.GZIP, Operation.RESTORE, Measurement::wall, 4));
      }
    }
    for (String ours : List.of(Competitor.TAR_ZST, Competitor.EMBEDDED_TAR_ZST)) {
      for (String other : List.of(Competitor.RESTIC, Competitor.BORG)) {
        aims.add(time(ours, Operation.BACKUP, other, 1));
        aims.add(time(ours, Operation.RESTORE, other, 1));
      }
    }
    return aims;
  }

  private static Aim time(String ours, Operation operation, String theirs, double times) {
    return new Aim(ours, operation, theirs, operation, Measurement::wall, times);
  }

  private static Aim size(String ours, double times) {
    return new Aim(
        ours, Operation.BACKUP, Competitor.GZIP, Operation.BACKUP, Measurement::stored, 1 / times);
  }

  /** A row of a table; empty if one of the two was not measured. */
  Optional<String> row(Comparison comparison) {
    return comparison
        .ratio(ours, operation, theirs, baseline, figure)
        .map(
            ratio ->
                "| %s | %s | %s |"
                    .formatted(
                        text(), ratio(ratio), ratio.median() >= least ? "met" : "**missed**"));
  }

  private boolean isSize() {
    return least < 1;
  }

  private String text() {
    return isSize()
        ? "%s: size at most %.2f × that of %s".formatted(ours, 1 / least, theirs)
        : "%s: %s at least %.0f × as fast as %s of %s"
            .formatted(ours, operation, least, baseline, theirs);
  }

  private String ratio(Spread ratio) {
    return isSize() ? "%.3f".formatted(1 / ratio.median()) : ratio.toString();
  }
}
