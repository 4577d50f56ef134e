package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;

/** Counts kills. */
final class KillTally {
  private final Map<String, Integer> places = new TreeMap<>();
  private int kills;
  private int marked;
  private int recoveries;

  /** An operation was killed there: at a marked moment, or where chance had it. */
  void add(String place, boolean atMark) {
    kills++;
    marked += atMark ? 1 : 0;
    places.merge(atMark ? "mark: " + place : "random: " + place, 1, Integer::sum);
  }

  /** What was to recover from a kill was killed. */
  void addRecovery() {
    recoveries++;
  }

  int kills() {
    return kills;
  }

  int recoveries() {
    return recoveries;
  }

  boolean hasAtLeast(int wantedKills, int wantedRecoveries) {
    return kills >= wantedKills && recoveries >= wantedRecoveries;
  }

  String inWords() {
    return "%d kills, %d of them at %d marked moments"
        .formatted(
            kills,
            marked,
            places.keySet().stream().filter(name -> name.startsWith("mark")).count());
  }

  void print() {
    places.forEach((place, times) -> System.out.printf("  %d x %s%n", times, place));
  }

  void requireAtLeast(int wantedKills, int wantedRecoveries) {
    assertThat(kills).isGreaterThanOrEqualTo(wantedKills);
    assertThat(marked).as("at marked moments").isGreaterThanOrEqualTo(wantedKills / 4);
    assertThat(recoveries).as("of recoveries").isGreaterThanOrEqualTo(wantedRecoveries);
  }
}
