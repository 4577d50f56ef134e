package io.chromabackup.examples.rag;

import io.chromabackup.ArchiveListing;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.BackupReport;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException.ArchiveDamaged;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.ProgressListener;
import io.chromabackup.RestoreOptions;
import io.chromabackup.RestoreReport;
import io.chromabackup.RetentionPolicy;
import io.chromabackup.VerifyReport;
import io.chromabackup.examples.rag.Operation.Result;
import io.chromabackup.examples.rag.Operation.State;
import io.chromabackup.examples.rag.Operation.Status;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Backups, verifications and restores, one at a time, on a thread of their own. */
@Component
final class Backups {
  private static final Logger log = LoggerFactory.getLogger(Backups.class);
  private static final String BACKUP = "backup";
  private static final int REMEMBERED = 50;

  private final ArchiveStore store;
  private final ChromaDeployment chroma;
  private final RetentionPolicy retention;
  private final LastVerified lastVerified;
  private final BackupMetrics metrics;
  private final InstantSource clock;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(work -> new Thread(work, "backups"));

  /** The newest first. */
  private final Deque<Operation> operations = new ArrayDeque<>();

  Backups(
      ArchiveStore store,
      ChromaDeployment chroma,
      RagProperties properties,
      LastVerified lastVerified,
      BackupMetrics metrics,
      InstantSource clock) {
    this.store = store;
    this.chroma = chroma;
    this.retention = RetentionPolicy.keepWithin(properties.backup().keep());
    this.lastVerified = lastVerified;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Another operation is running, or about to. */
  static final class Busy extends Exception {
    Busy(Status other) {
      super("%s %s is running, or waits for its turn".formatted(other.kind(), other.id()));
    }
  }

  /** Backs up, and reads the new archive once more from the store. */
  synchronized Operation backUp() throws Busy {
    requireIdle();
    return start(BACKUP, this::backUpAndVerify);
  }

  /**
   * The same as soon as what runs is through: it is not for a verification to take a night's backup
   * away. Empty if a backup runs, or waits already.
   */
  synchronized Optional<Operation> backUpInTurn() {
    return unfinished().anyMatch(status -> status.kind().equals(BACKUP))
        ? Optional.empty()
        : Optional.of(start(BACKUP, this::backUpAndVerify));
  }

  private Result backUpAndVerify(ChromaBackup backups) throws IOException {
    BackupReport report = backups.backup(chroma);
    verified(backups, report.archive().name());
    metrics.done(report); // only now, or it would be counted as a failure too
    return new Result(report.archive().name().toString(), report.documents(), report.warnings());
  }

  synchronized Operation verify(ArchiveName name) throws Busy {
    requireIdle();
    return start(
        "verify",
        backups -> {
          VerifyReport report = verified(backups, name);
          return new Result(name.toString(), report.documents(), report.faults());
        });
  }

  /** Replaces the data that is there. */
  synchronized Operation restore(ArchiveName name) throws Busy {
    requireIdle();
    return start(
        "restore",
        backups -> {
          RestoreReport report = backups.restore(name, chroma, RestoreOptions.defaults().replace());
          metrics.done(report);
          List<String> notes = new ArrayList<>(report.warnings());
          notes.add("asked of the server: " + report.health());
          return new Result(name.toString(), report.documents(), notes);
        });
  }

  /** The archives, the newest first. */
  List<ArchiveListing> list() throws IOException {
    return ChromaBackup.using(store).list();
  }

  synchronized Optional<Operation> find(String id) {
    return operations.stream().filter(known -> known.status().id().equals(id)).findFirst();
  }

  private VerifyReport verified(ChromaBackup backups, ArchiveName name) throws IOException {
    try {
      VerifyReport report = backups.verify(name);
      lastVerified.found(report);
      metrics.done(report);
      return report;
    } catch (ArchiveDamaged e) {
      lastVerified.foundDamaged(name);
      throw e;
    }
  }

  @FunctionalInterface
  private interface Work {
    Result run(ChromaBackup backups) throws IOException;
  }

  private void requireIdle() throws Busy {
    Optional<Status> other = unfinished().findFirst();
    if (other.isPresent()) {
      throw new Busy(other.get());
    }
  }

  private Stream<Status> unfinished() {
    return operations.stream()
        .map(Operation::status)
        .filter(status -> status.state() == State.RUNNING);
  }

  private Operation start(String kind, Work work) {
    Operation operation = new Operation(kind, clock.instant());
    thread.execute(() -> run(operation, work));
    operations.addFirst(operation);
    if (operations.size() > REMEMBERED) {
      operations.removeLast();
    }
    return operation;
  }

  private void run(Operation operation, Work work) {
    long start = System.nanoTime();
    String kind = operation.status().kind();
    try {
      operation.done(work.run(backups(operation)));
    } catch (IOException | RuntimeException | Error e) {
      log.error("{} {} failed", kind, operation.status().id(), e);
      metrics.failed(kind, Duration.ofNanos(System.nanoTime() - start), e);
      operation.failed(String.valueOf(e.getMessage()));
    }
  }

  private ChromaBackup backups(ProgressListener progress) {
    return ChromaBackup.builder(store).retention(retention).progress(progress).build();
  }

  /** What runs is broken off, as an interrupt breaks it off: everything is brought back first. */
  @PreDestroy
  void close() throws InterruptedException {
    thread.shutdownNow();
    if (!thread.awaitTermination(10, TimeUnit.MINUTES)) {
      log.error("an operation does not end; what it holds is brought back by the next one");
    }
  }
}
