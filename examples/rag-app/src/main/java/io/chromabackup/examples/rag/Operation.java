package io.chromabackup.examples.rag;

import io.chromabackup.Phase;
import io.chromabackup.ProgressListener;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A backup, a verification or a restore: how far it is, or what came of it. */
final class Operation implements ProgressListener {

  /** Where it stands. */
  enum State {
    RUNNING,
    DONE,
    FAILED
  }

  /**
   * What a caller is told.
   *
   * @param phase what is going on, or was last; null before the first
   * @param bytes done in this phase
   * @param totalBytes to do in this phase, roughly; 0 if unknown
   * @param result what was done; null until it is
   * @param error why it failed, and what to do; null if it did not
   */
  record Status(
      String id,
      String kind,
      State state,
      Instant startedAt,
      @Nullable Phase phase,
      long bytes,
      long totalBytes,
      @Nullable Result result,
      @Nullable String error) {}

  /** What was done. */
  record Result(String archive, long documents, List<String> warnings) {}

  /** Written by the thread that runs the operation alone. */
  private volatile Status status;

  Operation(String kind, Instant startedAt) {
    String id = UUID.randomUUID().toString();
    status = new Status(id, kind, State.RUNNING, startedAt, null, 0, 0, null, null);
  }

  Status status() {
    return status;
  }

  @Override
  public void on(Phase phase, long done, long total) {
    status = next(State.RUNNING, phase, done, total, null, null);
  }

  void done(Result result) {
    status = next(State.DONE, status.phase, status.bytes, status.totalBytes, result, null);
  }

  void failed(String error) {
    status = next(State.FAILED, status.phase, status.bytes, status.totalBytes, null, error);
  }

  private Status next(
      State state,
      @Nullable Phase phase,
      long bytes,
      long totalBytes,
      @Nullable Result result,
      @Nullable String error) {
    return new Status(
        status.id, status.kind, state, status.startedAt, phase, bytes, totalBytes, result, error);
  }
}
