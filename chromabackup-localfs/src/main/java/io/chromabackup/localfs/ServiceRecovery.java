package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException.ServiceNotResumed;
import io.chromabackup.localfs.ServiceStatus.State;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings back a service that somebody held who is no more, or who could not bring it back.
 *
 * @param name the service's name
 * @param status tells whether it runs
 * @param announced whether its status tells of a stop that is under way
 * @param startable what starts it; null if nobody says how
 * @param note the note of the service
 * @param timeout how long each call may take
 */
record ServiceRecovery(
    String name,
    ServiceStatus status,
    boolean announced,
    @Nullable StoppableService startable,
    HoldNote note,
    Duration timeout)
    implements HoldNote.Remedy {
  @Override
  public Optional<String> take(LeftHold left) throws IOException {
    return left.stopped() ? endStop(left) : left.thaw(timeout);
  }

  /** Whoever stops a server on purpose, long after, is not to have it started. */
  private Optional<String> endStop(LeftHold left) throws IOException {
    Optional<String> done = startAfter(left);
    if (done.isPresent() || !left.isOverdue(timeout)) {
      return done;
    }
    if (!isUp()) {
      throw new ServiceNotResumed(
          name,
          "it was %s, calls itself down, and is not started beside what is left of it: %s. End that, then call ChromaBackup.recover"
              .formatted(left.words(), left.ending()),
          null);
    }
    return Optional.of(
        "service %s was %s, has not ended, and is not expected to any more; it runs"
            .formatted(name, left.words()));
  }

  private boolean isUp() throws IOException {
    return status.now(Deadline.after(timeout)) == State.UP;
  }

  private Optional<String> startAfter(LeftHold left) throws IOException {
    if (startable == null) {
      requireUp(left);
      return Optional.empty();
    }
    return startable.startAfterDeath(note, aftermath(left))
        ? Optional.of(
            "service %s was %s, which did not bring it back; it was started"
                .formatted(name, left.words()))
        : Optional.empty();
  }

  private Deadline aftermath(LeftHold left) throws IOException {
    return announced ? ServiceStatus.aftermath(timeout) : left.aftermath(timeout);
  }

  /** Whoever stopped it was told how to start it, and this controller was not. */
  private void requireUp(LeftHold left) throws IOException {
    if (status.goesDown(timeout, aftermath(left))) {
      throw new ServiceNotResumed(
          name,
          ("it was %s, which did not bring it back, it is down, and nobody says here how to start"
                  + " it. Call ChromaBackup.recover, with its stop and start commands; or start it"
                  + " by hand, and then delete %s")
              .formatted(left.words(), note.files()),
          null);
    }
  }
}
