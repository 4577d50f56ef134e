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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Backups, verifications and restores, one at a time, on a thread of their own. */
@Component
final class Backups {
  private static final Logger log = LoggerFactory.getLogger(Backups.class);
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

  private boolean busy;

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

  /** Another operation is running. */
  static final class Busy extends Exception {
    Busy(Operation running) {
      super("%s %s is running".formatted(running.status().kind(), running.status().id()));
    }
  }

  /** Backs up, and reads the new archive once more from the store. */
  Operation backUp() throws Busy {
    return start(
        "backup",
        backups -> {
          BackupReport report = backups.backup(chroma);
          verified(backups, report.archive().name());
          metrics.done(report); // only now, or it would be counted as a failure too
          return new Result(
              report.archive().name().toString(), report.documents(), report.warnings());
        });
  }

  Operation verify(ArchiveName name) throws Busy {
    return start(
        "verify",
        backups -> {
          VerifyReport report = verified(backups, name);
          return new Result(name.toString(), report.documents(), report.faults());
        });
  }

  /** Replaces the data that is there. */
  Operation restore(ArchiveName name) throws Busy {
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

  private synchronized Operation start(String kind, Work work) throws Busy {
    if (busy) {
      throw new Busy(operations.getFirst());
    }
    Operation operation = new Operation(kind, clock.instant());
    thread.execute(() -> run(operation, work));
    busy = true;
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
      Result result = work.run(backups(operation));
      free();
      operation.done(result);
    } catch (IOException | RuntimeException | Error e) {
      log.error("{} {} failed", kind, operation.status().id(), e);
      metrics.failed(kind, Duration.ofNanos(System.nanoTime() - start), e);
      free();
      operation.failed(String.valueOf(e.getMessage()));
    }
  }

  /** Before the outcome is told: who has seen it may start the next. */
  private synchronized void free() {
    busy = false;
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
