package io.chromabackup.localfs;

import java.io.IOException;
import java.util.Optional;

/**
 * The process of a service, where others' processes may be hidden from this user. If he has seen
 * the service's, what he does not see any more is gone, though a pid file names it still.
 */
final class SeenProcess implements ProcessSource {
  private final ProcessSource source;
  private final HoldNote note;

  /** The number of the last that was seen. */
  private volatile long seen;

  /**
   * A process that was not seen yet.
   *
   * @param source where it is known from
   * @param note may name processes of the service that were seen when it was held
   */
  SeenProcess(ProcessSource source, HoldNote note) {
    this.source = source;
    this.note = note;
  }

  @Override
  public Optional<LocalProcess> find() throws IOException {
    try {
      Optional<LocalProcess> found = source.find();
      found.ifPresent(process -> seen = process.pid());
      return found;
    } catch (ProcessesHidden e) {
      if (e.pid() == seen || wasSeenWhenHeld(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private boolean wasSeenWhenHeld(ProcessesHidden hidden) throws ProcessesHidden {
    try {
      return note.namesProcesses();
    } catch (IOException e) {
      hidden.addSuppressed(e);
      throw hidden;
    }
  }
}
