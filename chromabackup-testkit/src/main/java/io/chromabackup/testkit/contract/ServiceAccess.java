package io.chromabackup.testkit.contract;

import io.chromabackup.ServiceController;
import java.io.IOException;

/**
 * How the {@linkplain ServiceRule rules} get at a service controller: it is about a service that
 * they can bring into every state past the controller, and look at past it. It is down at first.
 */
public interface ServiceAccess {
  /** What a service is like. */
  enum State {
    /** It works. */
    RUNNING,
    /** It is there, and stands still. */
    FROZEN,
    /** It is not there. */
    DOWN
  }

  /**
   * Opens a controller of the service. Every call gives another one.
   *
   * @return the controller
   * @throws IOException if it cannot be opened
   */
  ServiceController open() throws IOException;

  /**
   * Brings the service into a state, not by the controller, and returns when it is so. {@link
   * State#FROZEN} is asked for only if the controller offers to pause.
   *
   * @param state the state
   * @throws IOException if that fails
   */
  void bring(State state) throws IOException;

  /**
   * Looks at the service, not by the controller, which may be at work on another thread meanwhile.
   *
   * @return what it is like
   * @throws IOException if that fails
   */
  State state() throws IOException;

  /**
   * Tells one run of the service from another, by its process number for example.
   *
   * @return the same as long as it was not started anew; anything while it is down
   * @throws IOException if that fails
   */
  String run() throws IOException;
}
