package io.chromabackup.testkit.contract;

import java.io.IOException;
import java.time.Duration;

/**
 * What a {@link io.chromabackup.ServiceController} must keep, one sentence each, with the code that
 * tries it. Each stands in the Javadoc of the method that it belongs to.
 */
public enum ServiceRule {
  /** About {@code describe}. */
  SERVICE_01("A service has the same name every time, in every controller.", ServiceRules::name),
  /** About {@code offers}. */
  SERVICE_02(
      "A controller offers PAUSE, STOP, both or none, and the same every time.",
      ServiceRules::offers),
  /** About {@code isRunning}. */
  SERVICE_03(
      "A service that works or is frozen runs, one that is down does not.", ServiceRules::running),
  /** About {@code pause}. */
  SERVICE_04("Pausing freezes the service, and closing the hold thaws it.", ServiceRules::paused),
  /** About {@code pause}. */
  SERVICE_05("Pausing a service that is down leaves it down.", ServiceRules::pausedWhileDown),
  /** About {@code pause}. */
  SERVICE_06("Pausing a service that is frozen leaves it frozen.", ServiceRules::pausedWhileFrozen),
  /** About {@code stop}. */
  SERVICE_07(
      "When stop returns, the service is down; when the hold is closed, it runs.",
      ServiceRules::stopped),
  /** About {@code stop}. */
  SERVICE_08("Stopping a service that is down leaves it down.", ServiceRules::stoppedWhileDown),
  /** About {@code Hold.close}. */
  SERVICE_09("Closing a hold again does nothing.", ServiceRules::closedTwice),
  /** About {@code Hold.close}. */
  SERVICE_10(
      "Closing a hold works on an interrupted thread, whose flag stays set.",
      ServiceRules::closedInterrupted),
  /** About {@code start}. */
  SERVICE_11("When start returns, a service that was down runs.", ServiceRules::started),
  /** About {@code start}. */
  SERVICE_12("Starting a service that runs does nothing to it.", ServiceRules::startedWhileRunning),
  /** About {@code start}. */
  SERVICE_13(
      "Starting works on an interrupted thread, whose flag stays set.",
      ServiceRules::startedInterrupted),
  /** About {@code start} and {@code Hold.close}. */
  SERVICE_14(
      "A hold that is closed after the service was started does nothing to it.",
      ServiceRules::startedThenClosed),
  /** About {@code awaitHealthy}. */
  SERVICE_15(
      "A service that works is waited for; one that is down is Unhealthy, or has no measure.",
      ServiceRules::health),
  /** About {@code recover}. */
  SERVICE_16(
      "Recovery does nothing if nothing was held, and leaves alone what a living process holds.",
      ServiceRules::recovery),
  /** About {@code Hold.held}. */
  SERVICE_17("How long a service was held, if it is told, is not negative.", ServiceRules::held),
  /** About {@code Hold.leave} and {@code recover}. */
  SERVICE_18(
      "A stop that is left leaves the service down; recovery starts it and says so, or neither.",
      ServiceRules::left),
  /** About {@code pause} and {@code stop}. */
  SERVICE_19(
      "A hold whose thread is interrupted comes about, or the service stays as it was found; the"
          + " flag is set afterwards.",
      ServiceRules::interrupted),
  /** About {@code awaitHealthy}. */
  SERVICE_20(
      "Waiting for a service that does not work ends when the patience does, or soon after.",
      ServiceRules::patience),
  /** About {@code pause} and {@code Hold.close}. */
  SERVICE_21(
      "A service that was found frozen and is thawed while it is held runs on when the hold is"
          + " closed.",
      ServiceRules::thawedMeanwhile);

  /** How long a wait may take that should be over at once. */
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final String sentence;

  @SuppressWarnings("ImmutableEnumChecker") // a reference to a method, without state
  private final Check check;

  /** Tries a rule. */
  @FunctionalInterface
  interface Check {
    void on(ServiceRules rules) throws IOException;
  }

  ServiceRule(String sentence, Check check) {
    this.sentence = sentence;
    this.check = check;
  }

  /**
   * What this rule is called.
   *
   * @return for example {@code SERVICE-07}
   */
  public String id() {
    return name().replace('_', '-');
  }

  /**
   * What this rule says.
   *
   * @return one sentence
   */
  public String sentence() {
    return sentence;
  }

  /**
   * Tries this rule.
   *
   * @param access gets at the service
   * @throws AssertionError if it is not kept, with what was seen
   * @throws org.opentest4j.TestAbortedException if it cannot be tried here
   * @throws IOException if the controller fails
   */
  public void tryOn(ServiceAccess access) throws IOException {
    tryOn(access, LIMIT);
  }

  /** The same with another limit of what should be over at once. */
  void tryOn(ServiceAccess access, Duration limit) throws IOException {
    check.on(new ServiceRules(access, limit));
  }

  /** The id and the sentence. */
  @Override
  public String toString() {
    return id() + ": " + sentence;
  }
}
