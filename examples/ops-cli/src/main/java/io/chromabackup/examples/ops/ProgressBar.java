package io.chromabackup.examples.ops;

import io.chromabackup.Phase;
import io.chromabackup.ProgressListener;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Draws how far it is, in place, at most ten times a second. */
final class ProgressBar implements ProgressListener {
  private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();
  private static final int CELLS = 24;

  private final Terminal terminal;
  private final LongSupplier nanoTime;
  private Pace pace;
  private long drawnAt;

  ProgressBar(Terminal terminal, LongSupplier nanoTime) {
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    this.pace = Pace.from(Phase.COPY, 0);
  }

  @Override
  public void on(Phase phase, long done, long total) {
    long now = nanoTime.getAsLong();
    if (done == 0) {
      pace = Pace.from(phase, now);
    } else if (now - drawnAt < REDRAW_NANOS) {
      return;
    }
    drawnAt = now;
    String line =
        "%-32s %s".formatted(pace.doing(), bar(done, total) + pace.text(done, total, now));
    int width = Math.max(1, terminal.columns() - 1);
    terminal.stderr().show(line.length() <= width ? line : line.substring(0, width));
  }

  private static String bar(long done, long total) {
    if (total <= 0) {
      return "";
    }
    int full = (int) Math.min(CELLS, CELLS * done / total);
    return "[" + "#".repeat(full) + "-".repeat(CELLS - full) + "] ";
  }
}
