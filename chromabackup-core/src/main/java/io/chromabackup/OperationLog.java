package io.chromabackup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One operation in the log, from its begin to its end. */
final class OperationLog {
  private final Event failed;
  private final List<Object> subject;
  private final long start = System.nanoTime();

  private OperationLog(Event started, Event failed, Object... subject) {
    this.failed = failed;
    this.subject = List.of(subject);
    started.log(subject);
  }

  static OperationLog ofBackup(ChromaDeployment deployment, ArchiveStore store) {
    return new OperationLog(
        Event.BACKUP_STARTED,
        Event.BACKUP_FAILED,
        "source",
        deployment.source().describe(),
        "store",
        store.describe());
  }

  static OperationLog ofVerify(ArchiveName archive, ArchiveStore store) {
    return new OperationLog(
        Event.VERIFY_STARTED, Event.VERIFY_FAILED, "archive", archive, "store", store.describe());
  }

  static OperationLog ofRestore(ArchiveName archive, ChromaDeployment deployment) {
    return new OperationLog(
        Event.RESTORE_STARTED,
        Event.RESTORE_FAILED,
        "archive",
        archive,
        "target",
        deployment.target().describe());
  }

  static OperationLog ofPrune(ArchiveStore store) {
    return new OperationLog(Event.PRUNE_STARTED, Event.PRUNE_FAILED, "store", store.describe());
  }

  static OperationLog ofRecover(ChromaDeployment deployment) {
    return new OperationLog(
        Event.RECOVER_STARTED, Event.RECOVER_FAILED, "target", deployment.target().describe());
  }

  void done(BackupReport report) {
    done(
        Event.BACKUP_DONE,
        "archive",
        report.archive().name(),
        "documents",
        report.documents(),
        "collections",
        report.collections().size(),
        "bytes",
        report.archive().size(),
        "quiet",
        report.manifest().quiet(),
        "held_ms",
        report.held().toMillis(),
        "switching_ms",
        report.switching().toMillis(),
        "copied_ahead_bytes",
        report.copiedAhead(),
        "copied_held_bytes",
        report.copiedHeld(),
        "attempts",
        report.attempts(),
        "pruned",
        report.pruned().size());
    warn(Event.BACKUP_WARNING, report.warnings());
  }

  void done(VerifyReport report) {
    done(
        Event.VERIFY_DONE,
        "documents",
        report.documents(),
        "collections",
        report.collections().size(),
        "bytes",
        report.size(),
        "faults",
        report.faults().size());
    warn(Event.VERIFY_WARNING, report.faults());
  }

  void done(RestoreReport report) {
    done(
        Event.RESTORE_DONE,
        "documents",
        report.documents(),
        "collections",
        report.collections().size(),
        "downtime_ms",
        report.downtime().toMillis(),
        "health",
        report.health());
    warn(Event.RESTORE_WARNING, report.warnings());
  }

  void done(PruneReport report) {
    done(Event.PRUNE_DONE, "kept", report.plan().kept().size(), "deleted", report.deleted().size());
    warn(Event.PRUNE_WARNING, report.warnings());
  }

  /** What was settled was said when it was. */
  void done(Optional<String> recovered) {
    done(Event.RECOVER_DONE, "settled", recovered.isPresent());
  }

  /** It is thrown as well: here it is one line, without a stack trace. */
  void failed(Throwable failure) {
    log(
        failed,
        "error",
        failure.getClass().getSimpleName(),
        "elapsed_ms",
        elapsedMillis(),
        "text",
        String.valueOf(failure.getMessage()));
  }

  private void done(Event event, Object... figures) {
    List<Object> pairs = new ArrayList<>(Arrays.asList(figures));
    pairs.add("elapsed_ms");
    pairs.add(elapsedMillis());
    log(event, pairs.toArray());
  }

  private void warn(Event event, List<String> warnings) {
    warnings.forEach(warning -> log(event, "text", warning));
  }

  private void log(Event event, Object... pairs) {
    List<Object> all = new ArrayList<>(subject);
    all.addAll(Arrays.asList(pairs));
    event.log(all.toArray());
  }

  private long elapsedMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }
}
