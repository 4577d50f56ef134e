package io.chromabackup.localfs;

import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;

/** Tells whether a service runs. */
@FunctionalInterface
interface ServiceStatus {
  /** What a service may be. */
  enum State {
    /** It runs, or is frozen. */
    UP,
    /** It is being started or stopped. */
    CHANGING,
    /** It does not run. */
    DOWN
  }

  /** How long one look may take even when the time is up: it costs a command. */
  Duration LAST_LOOK = Duration.ofSeconds(5);

  /** How long to watch a service that somebody may have told to stop. */
  Duration AFTERMATH = Duration.ofSeconds(5);

  /** The longest between two looks at a state that should come about. */
  long LOOK_EVERY_MILLIS = 250;

  /**
   * What the service is now.
   *
   * @param deadline when the answer must be there
   * @return its state
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   * @throws IOException if it cannot be told
   */
  State now(Deadline deadline) throws IOException;

  /**
   * Waits for a state. A status that cannot be told (a pid file that is being written, say) is
   * asked for again.
   *
   * @param wanted the state
   * @param deadline how long to wait
   * @return false if the service is in another state to the end
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   * @throws IOException if it cannot be told to the end
   */
  default boolean await(State wanted, Deadline deadline) throws IOException {
    long pause = 10;
    while (told(deadline) != wanted) {
      if (deadline.passed()) {
        return false;
      }
      Interruption.sleep(deadline.millis(pause));
      pause = Math.min(LOOK_EVERY_MILLIS, pause * 2);
    }
    return true;
  }

  /**
   * What the service is, as soon as that can be told.
   *
   * @param deadline until when to ask again
   * @return its state
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   * @throws IOException if it cannot be told to the end
   */
  default State told(Deadline deadline) throws IOException {
    while (true) {
      try {
        return now(deadline.butAtLeast(LAST_LOOK));
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        if (deadline.passed()) {
          throw e;
        }
      }
      Interruption.sleep(deadline.millis(LOOK_EVERY_MILLIS));
    }
  }

  /**
   * Tells whether the service is down. One that is just being started or stopped gets the time for
   * it.
   *
   * @param patience how long it may be neither
   * @return false if it runs, or is still neither
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   * @throws IOException if it cannot be told
   */
  default boolean isDown(Duration patience) throws IOException {
    Interruption.check();
    Deadline deadline = Deadline.after(patience);
    State state = now(deadline);
    while (state == State.CHANGING && !deadline.passed()) {
      Interruption.sleep(deadline.millis(LOOK_EVERY_MILLIS));
      state = now(deadline);
    }
    return state == State.DOWN;
  }

  /**
   * Tells whether the service is down, or goes down shortly: whoever told it to stop is no more,
   * but his stop may yet take effect.
   *
   * @param patience how long one call may take
   * @param aftermath until when to watch it
   * @return false if it runs, and goes on running
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   * @throws IOException if it cannot be told
   */
  default boolean goesDown(Duration patience, Deadline aftermath) throws IOException {
    return isDown(patience) || await(State.DOWN, aftermath);
  }

  /** Until when to watch a service that somebody may have told to stop. */
  static Deadline aftermath(Duration patience) {
    return Deadline.after(patience.compareTo(AFTERMATH) < 0 ? patience : AFTERMATH);
  }
}
