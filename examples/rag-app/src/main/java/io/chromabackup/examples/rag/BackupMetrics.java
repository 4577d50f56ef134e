package io.chromabackup.examples.rag;

import io.chromabackup.BackupReport;
import io.chromabackup.RestoreReport;
import io.chromabackup.VerifyReport;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/**
 * What the library's reports say, as metrics. To have it elsewhere, copy this class: it needs
 * micrometer-core, and to be handed each report, and each failure.
 */
@Component
final class BackupMetrics {
  private static final String OPERATIONS = "chromabackup.operations";

  private final MeterRegistry registry;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong documents = new AtomicLong();

  BackupMetrics(MeterRegistry registry, LastVerified lastVerified, InstantSource clock) {
    this.registry = registry;
    registry.gauge("chromabackup.archive.bytes", bytes);
    registry.gauge("chromabackup.archive.documents", documents);
    TimeGauge.builder("chromabackup.verified.age", () -> age(lastVerified, clock), TimeUnit.SECONDS)
        .description("How old the newest archive is that was read and found sound")
        .register(registry);
  }

  void done(BackupReport report) {
    succeeded("backup", report.elapsed());
    registry.timer("chromabackup.held").record(report.held());
    registry.counter("chromabackup.pruned").increment(report.pruned().size());
    registry.counter("chromabackup.warnings").increment(report.warnings().size());
    bytes.set(report.archive().size());
    documents.set(report.documents());
  }

  void done(VerifyReport report) {
    succeeded("verify", report.elapsed());
  }

  void done(RestoreReport report) {
    succeeded("restore", report.elapsed());
    registry.timer("chromabackup.downtime").record(report.downtime());
    registry.counter("chromabackup.warnings").increment(report.warnings().size());
  }

  /**
   * An operation failed.
   *
   * @param operation backup, verify or restore
   * @param failure its class is the tag: there are a few of them, and what they say may be anything
   */
  void failed(String operation, Duration elapsed, Throwable failure) {
    String error = failure.getClass().getSimpleName();
    registry.timer(OPERATIONS, "operation", operation, "error", error).record(elapsed);
  }

  private void succeeded(String operation, Duration elapsed) {
    registry.timer(OPERATIONS, "operation", operation, "error", "none").record(elapsed);
  }

  /** Not a number if there is none: it has no age then, and an alert on a missing value is due. */
  private static double age(LastVerified lastVerified, InstantSource clock) {
    try {
      return lastVerified
          .archive()
          .map(name -> Duration.between(name.createdAt(), clock.instant()))
          .map(age -> age.toMillis() / 1000.0)
          .orElse(Double.NaN);
    } catch (IOException e) {
      return Double.NaN;
    }
  }
}
