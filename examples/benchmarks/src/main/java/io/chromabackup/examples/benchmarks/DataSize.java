package io.chromabackup.examples.benchmarks;

import java.util.Locale;

/** How large a data directory is. */
enum DataSize {
  M100("100m", 100_000_000L, 1_000),
  G1("1g", 1_000_000_000L, 5_000),
  G5("5g", 5_000_000_000L, 10_000);

  private final String label;
  private final long bytes;
  private final int recordsEach;

  DataSize(String label, long bytes, int recordsEach) {
    this.label = label;
    this.bytes = bytes;
    this.recordsEach = recordsEach;
  }

  /** As it is named on the command line and in the cache. */
  String label() {
    return label;
  }

  /** At least so many. */
  long bytes() {
    return bytes;
  }

  /** How many records a collection has. */
  int recordsEach() {
    return recordsEach;
  }

  static DataSize of(String label) {
    for (DataSize size : values()) {
      if (size.label.equals(label.toLowerCase(Locale.ROOT))) {
        return size;
      }
    }
    throw new IllegalArgumentException("no size " + label + "; there are 100m, 1g and 5g");
  }
}
