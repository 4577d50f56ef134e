package io.chromabackup;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Holds a service still, and brings it back to the state it was found in. Every call ends within a
 * deadline of the implementation's own. Used by one thread at a time, not always by the same: what
 * brings a service back is called on one that no interrupt reaches. An interrupt ends every call
 * early, with {@link java.io.InterruptedIOException}, the flag set and the service as it was found;
 * but not what brings it back.
 *
 * <p>What in the following has a number, such as SERVICE-07, is a rule of the test kit, where
 * {@code ServiceControllerContract} makes a test of each.
 */
public interface ServiceController {
  /**
   * Names the service in reports and logs: the same name every time (SERVICE-01). Never a secret.
   *
   * @return the name
   */
  String describe();

  /**
   * Which kinds of quiet this controller can bring about: {@link Quiet#PAUSE}, {@link Quiet#STOP},
   * both, or none; always the same (SERVICE-02).
   *
   * @return the kinds; {@link #pause()} and {@link #stop()} are only called if named here
   */
  Set<Quiet> offers();

  /**
   * Tells whether the service runs. A paused service does (SERVICE-03), and one that another holder
   * has stopped, who lives and will start it, counts as running, as far as the controller can see
   * that.
   *
   * @return true if it runs
   * @throws IOException if it cannot be told
   */
  boolean isRunning() throws IOException;

  /**
   * Freezes the service (SERVICE-04). If it is down (SERVICE-05) or frozen already (SERVICE-06),
   * nothing is done, and closing the hold does nothing either.
   *
   * @return closing it thaws the service, if it was this call that froze it
   * @throws ChromaBackupException.ServiceNotHeld if it cannot be frozen; it runs on then
   * @throws java.io.InterruptedIOException if interrupted, unless that comes too late; it is as it
   *     was found then, and the flag set (SERVICE-19)
   * @throws IOException if it cannot be told
   */
  Hold pause() throws IOException;

  /**
   * Stops the service, and returns when it is down (SERVICE-07). A service that is down stays so,
   * and so it is left (SERVICE-08).
   *
   * @return closing it starts the service, if it was this call that stopped it. A restore starts it
   *     by {@link #start()}, and closes this afterwards
   * @throws ChromaBackupException.ServiceNotHeld if it does not stop in time; it runs on then
   * @throws java.io.InterruptedIOException if interrupted, unless that comes too late; it is as it
   *     was found then, and the flag set (SERVICE-19)
   * @throws IOException if it cannot be told
   */
  Hold stop() throws IOException;

  /**
   * Starts the service, and returns when it runs (SERVICE-11). Does nothing if it runs already
   * (SERVICE-12). Only called if {@link Quiet#STOP} is offered, after a restore. Closing the hold
   * would not do: if the server came up and died, the hold cannot tell that it should be running.
   * Works on an interrupted thread (SERVICE-13).
   *
   * @throws ChromaBackupException.ServiceNotResumed if it does not come up in time
   * @throws IOException if it cannot be told
   */
  void start() throws IOException;

  /**
   * Waits until the service does its work, by the controller's own measure. At once for one that
   * knows no measure (SERVICE-15).
   *
   * @param patience how long to wait; a last look may take a little longer, but not for ever
   *     (SERVICE-20)
   * @throws ChromaBackupException.Unhealthy if it does not in time
   * @throws IOException if it cannot be told
   */
  void awaitHealthy(Duration patience) throws IOException;

  /**
   * Brings back what an earlier process held when it died, as far as that was written down where
   * this controller finds it. Leaves alone what a living process holds (SERVICE-16). Only called
   * when the data is settled.
   *
   * @return what was done, in words; empty if there was nothing to do
   * @throws ChromaBackupException.ServiceNotResumed if it cannot be brought back
   * @throws IOException if it cannot be told
   */
  default Optional<String> recover() throws IOException {
    return Optional.empty();
  }

  /** A service that is held still. */
  interface Hold extends AutoCloseable {
    /**
     * Brings the service back to the state it was found in; one that runs already is left alone
     * (SERVICE-14), also if it was found frozen and somebody has thawed it since (SERVICE-21).
     * Calling it again does nothing (SERVICE-09). Works on an interrupted thread (SERVICE-10).
     *
     * @throws ChromaBackupException.ServiceNotResumed if it cannot be brought back
     * @throws IOException if it cannot be told
     */
    @Override
    void close() throws IOException;

    /**
     * Ends the hold, in place of {@link #close()}, and leaves the service down, even if it was
     * started and stopped again meanwhile: its data must not be served. Whoever calls {@link
     * ServiceController#recover()} next, in this process or another, starts it, as if this process
     * had died (SERVICE-18). A controller that recovers nothing need not do anything here, which is
     * the default.
     */
    default void leave() {}

    /**
     * How long the service was held, where this knows it better than a clock around the calls.
     *
     * @return from the moment it was still until it was brought back, or until now, not negative
     *     (SERVICE-17); empty if not known
     */
    default Optional<Duration> held() {
      return Optional.empty();
    }

    /**
     * How much of that time went into holding the service and bringing it back, as such: what no
     * copy can make shorter.
     *
     * @return known to the full when this is closed; empty if not known
     */
    default Optional<Duration> switching() {
      return Optional.empty();
    }
  }

  /**
   * A service that nobody controls: it can neither be paused nor stopped.
   *
   * @return the controller
   */
  static ServiceController unmanaged() {
    return Unmanaged.INSTANCE;
  }
}
