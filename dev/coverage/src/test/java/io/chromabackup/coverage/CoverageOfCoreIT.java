package io.chromabackup.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.testkit.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Reads the report that the build has just made. The floors are below what was measured last, and
 * go up with it. Where no Chroma server is, the tests that need one cover nothing: a machine that
 * need not have one is held to lower floors.
 */
class CoverageOfCoreIT {
  private static final Path REPORT = Path.of("target", "site", "jacoco-aggregate", "jacoco.csv");
  private static final boolean ALL_TESTS_RAN = Boolean.getBoolean("chromabackup.requireRealChroma");

  @Test
  void theTestsRunThroughNearlyEveryLine() throws IOException {
    double lines = covered("LINE");
    Figures.record("coverage-of-core-lines", percent(lines));
    assertThat(lines).isGreaterThanOrEqualTo(ALL_TESTS_RAN ? 95 : 80);
  }

  @Test
  void theTestsTakeNearlyEveryBranch() throws IOException {
    double branches = covered("BRANCH");
    Figures.record("coverage-of-core-branches", percent(branches));
    assertThat(branches).isGreaterThanOrEqualTo(ALL_TESTS_RAN ? 90 : 70);
  }

  private static double covered(String counter) throws IOException {
    List<String> rows = Files.readAllLines(REPORT);
    List<String> heads = cells(rows.get(0));
    int missedAt = heads.indexOf(counter + "_MISSED");
    int coveredAt = heads.indexOf(counter + "_COVERED");
    long missed = 0;
    long covered = 0;
    for (String row : rows.subList(1, rows.size())) {
      missed += Long.parseLong(cells(row).get(missedAt));
      covered += Long.parseLong(cells(row).get(coveredAt));
    }
    return 100.0 * covered / (missed + covered);
  }

  private static List<String> cells(String row) {
    return List.of(row.split(",", -1));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", share);
  }
}
