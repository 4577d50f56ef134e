package io.chromabackup.examples.benchmarks;

import java.util.Locale;
import java.util.stream.DoubleStream;

/** The median of some figures, the least and the most of them. */
record Spread(double median, double min, double max) {

  /** Of one figure or more. */
  static Spread of(DoubleStream figures) {
    double[] sorted = figures.sorted().toArray();
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** As {@code 1.5 (1.2–1.9)}. */
  @Override
  public String toString() {
    return min == max
        ? number(median)
        : number(median) + " (" + number(min) + "–" + number(max) + ")";
  }

  /** With as many digits as say something. */
  static String number(double figure) {
    return String.format(Locale.ROOT, figure < 1 ? "%.2f" : figure < 100 ? "%.1f" : "%.0f", figure);
  }
}
