package io.chromabackup;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Tells whether a running Chroma serves the data it should. Chroma's heartbeat and a collection's
 * count say nothing about vectors: both are right on a server whose vectors are gone. Called on the
 * thread that restores; an interrupt ends it early, with {@link java.io.InterruptedIOException}.
 */
@FunctionalInterface
public interface HealthCheck {
  /**
   * Waits until the server answers, then holds its answers against what it should have.
   *
   * @param expected the collections that must be served, with their documents
   * @param patience how long the server may take until it answers
   * @return what was asked and by which way, in words, for the report; empty if nothing was asked
   * @throws ChromaBackupException.Unhealthy if it does not answer, or answers otherwise
   * @throws IOException if it cannot be told
   */
  String check(List<CollectionSummary> expected, Duration patience) throws IOException;

  /**
   * Asks nothing.
   *
   * @return a check that always passes
   */
  static HealthCheck none() {
    return (expected, patience) -> "";
  }
}
