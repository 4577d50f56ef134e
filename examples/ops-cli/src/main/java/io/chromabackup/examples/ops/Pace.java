package io.chromabackup.examples.ops;

import io.chromabackup.Phase;

/**
 * How fast a phase goes.
 *
 * @param phase the phase
 * @param startedAt when it began, in nanoseconds
 */
record Pace(Phase phase, long startedAt) {
  static Pace from(Phase phase, long now) {
    return new Pace(phase, now);
  }

  String doing() {
    return switch (phase) {
      case COPY -> "copying";
      case INSPECT -> "inspecting the copy";
      case ARCHIVE -> "writing the archive";
      case READ_BACK -> "reading the archive back";
      case UNPACK -> "reading the archive";
      case SWAP -> "replacing the data";
    };
  }

  /** {@code 45%, 1.2 GB of 2.7 GB, 85 MB/s}; the total is rough, and may be exceeded. */
  String text(long done, long total, long now) {
    if (done == 0) {
      return "";
    }
    double seconds = (now - startedAt) / 1e9;
    String rate = seconds > 0 ? ", " + Figures.bytes(Math.round(done / seconds)) + "/s" : "";
    return total > 0
        ? "%3d%%, %s of %s%s"
            .formatted(
                Math.min(100, 100 * done / total), Figures.bytes(done), Figures.bytes(total), rate)
        : Figures.bytes(done) + rate;
  }
}
