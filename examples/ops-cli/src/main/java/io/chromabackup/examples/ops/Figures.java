package io.chromabackup.examples.ops;

import java.time.Duration;
import java.util.Locale;

/** Sizes and times as people read them. */
final class Figures {
  private static final String[] UNITS = {"bytes", "kB", "MB", "GB", "TB", "PB"};

  private Figures() {}

  /** {@code 1.2 GB}; the units are powers of a thousand, as disks are sold. */
  static String bytes(long bytes) {
    double value = (double) bytes;
    int unit = 0;
    while (value >= 999.5 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    String digits = unit == 0 || value >= 99.95 ? "%.0f %s" : "%.1f %s";
    return String.format(Locale.ROOT, digits, value, UNITS[unit]);
  }

  static String count(long count, String one, String many) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? one : many);
  }

  /** {@code 340 ms}, {@code 12.5 s}, {@code 3 min 20 s}, {@code 2 h 5 min}. */
  static String duration(Duration duration) {
    if (duration.toMillis() < 1000) {
      return duration.toMillis() + " ms";
    }
    if (duration.toSeconds() < 60) {
      return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
    if (duration.toMinutes() < 60) {
      return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
    }
    return duration.toHours() + " h " + duration.toMinutesPart() + " min";
  }

  /** {@code 5 min}, {@code 3 h}, {@code 12 days}: the largest unit alone. */
  static String age(Duration age) {
    if (age.isNegative()) {
      return "in the future";
    }
    if (age.toMinutes() < 1) {
      return "now";
    }
    if (age.toHours() < 1) {
      return age.toMinutes() + " min";
    }
    return age.toHours() < 48 ? age.toHours() + " h" : age.toDays() + " days";
  }
}
