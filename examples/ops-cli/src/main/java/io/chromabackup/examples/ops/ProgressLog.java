package io.chromabackup.examples.ops;

import io.chromabackup.Phase;
import io.chromabackup.ProgressListener;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs each phase, and then how far it is, at most every ten seconds. */
final class ProgressLog implements ProgressListener {
  private static final Logger log = LoggerFactory.getLogger(ProgressLog.class);
  private static final long EVERY_NANOS = Duration.ofSeconds(10).toNanos();

  private final LongSupplier nanoTime;
  private Pace pace = Pace.from(Phase.COPY, 0);
  private long loggedAt;

  ProgressLog(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  @Override
  public void on(Phase phase, long done, long total) {
    long now = nanoTime.getAsLong();
    if (done == 0) {
      pace = Pace.from(phase, now);
      loggedAt = now;
      log.info("{}{}", pace.doing(), total > 0 ? ", " + Figures.bytes(total) : "");
    } else if (now - loggedAt >= EVERY_NANOS) {
      loggedAt = now;
      log.info("{}: {}", pace.doing(), pace.text(done, total, now));
    }
  }
}
