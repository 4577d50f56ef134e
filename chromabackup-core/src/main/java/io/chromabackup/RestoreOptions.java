package io.chromabackup;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;

/** How an archive is restored. Immutable; each method returns a variation. */
public final class RestoreOptions {
  private static final RestoreOptions DEFAULTS =
      new RestoreOptions(
          plan -> {
            throw new IllegalStateException("nobody was asked");
          },
          false,
          false,
          false,
          Duration.ofMinutes(5));

  private final Predicate<RestorePlan> confirmation;
  private final boolean asks;
  private final boolean allowDamaged;
  private final boolean allowNewerSchema;
  private final Duration patience;

  private RestoreOptions(
      Predicate<RestorePlan> confirmation,
      boolean asks,
      boolean allowDamaged,
      boolean allowNewerSchema,
      Duration patience) {
    this.confirmation = confirmation;
    this.asks = asks;
    this.allowDamaged = allowDamaged;
    this.allowNewerSchema = allowNewerSchema;
    this.patience = patience;
  }

  /**
   * Restores sound archives into empty places only, and gives services five minutes to come up.
   *
   * @return the options
   */
  public static RestoreOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Replaces what is there, without asking.
   *
   * @return the options
   */
  public RestoreOptions replace() {
    return confirm(plan -> true);
  }

  /**
   * Asks before anything is replaced.
   *
   * @param question gets what is replaced and what comes instead; false refuses. Not asked if there
   *     is nothing to replace
   * @return the options
   */
  public RestoreOptions confirm(Predicate<RestorePlan> question) {
    return new RestoreOptions(
        Objects.requireNonNull(question), true, allowDamaged, allowNewerSchema, patience);
  }

  /**
   * Restores an archive even if its data is damaged, such as one that was salvaged. A server that
   * answers, and does not serve all of it, is a warning of the report then; one that does not
   * answer, or ends on it, has the restore undone.
   *
   * @return the options
   */
  public RestoreOptions allowDamaged() {
    return new RestoreOptions(confirmation, asks, true, allowNewerSchema, patience);
  }

  /**
   * Restores an archive even if a newer Chroma made it than the one whose data is there.
   *
   * @return the options
   */
  public RestoreOptions allowNewerSchema() {
    return new RestoreOptions(confirmation, asks, allowDamaged, true, patience);
  }

  /**
   * How long each service may take to come up.
   *
   * @param duration positive
   * @return the options
   * @throws IllegalArgumentException if it is not positive
   */
  public RestoreOptions patience(Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("patience " + duration + " is not positive");
    }
    return new RestoreOptions(confirmation, asks, allowDamaged, allowNewerSchema, duration);
  }

  boolean mayReplace() {
    return asks;
  }

  boolean confirms(RestorePlan plan) {
    return confirmation.test(plan);
  }

  boolean allowsDamaged() {
    return allowDamaged;
  }

  boolean allowsNewerSchema() {
    return allowNewerSchema;
  }

  Duration patience() {
    return patience;
  }

  @Override
  public String toString() {
    return "RestoreOptions[asks=%s, allowDamaged=%s, allowNewerSchema=%s, patience=%s]"
        .formatted(asks, allowDamaged, allowNewerSchema, patience);
  }
}
