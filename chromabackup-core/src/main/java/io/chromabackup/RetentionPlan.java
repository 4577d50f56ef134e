package io.chromabackup;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which archives of a store would stay and which would go, and why. Making a plan deletes nothing.
 *
 * <p>These rules decide, the first that applies:
 *
 * <ol>
 *   <li>An archive from the future stays: the clock was set back, or was wrong then or is now.
 *   <li>A {@link Standing#MISDATED} archive stays: nobody knows how old it is.
 *   <li>The proven archive stays.
 *   <li>A {@link Standing#GOOD} archive stays if the policy keeps it when asked about the good
 *       archives alone.
 *   <li>Any other stays if the policy keeps it when asked about the good archives and those of the
 *       same standing: as long, therefore, as if it were good. It grows old as they do, but never
 *       takes the place of a good one.
 *   <li>Nothing is deleted unless the proven archive is good: whatever would go stays.
 * </ol>
 *
 * <p>Archives from the future and misdated ones take no part in the fourth and fifth rule; the
 * policy never sees them. What it throws is passed on unchanged, and there is no plan.
 *
 * @param decisions one for each archive, newest first
 */
public record RetentionPlan(List<Decision> decisions) {
  /** Copies the decisions. */
  public RetentionPlan {
    decisions = List.copyOf(decisions);
  }

  /**
   * Applies a policy.
   *
   * @param policy the policy
   * @param candidates all archives there are, in any order, each named once
   * @param proven the newest archive that was read from end to end and found whole, usually the one
   *     just made; empty if there is none. One that is not among the candidates proves nothing
   * @param now the time that ages are counted to
   * @return the plan
   * @throws IllegalArgumentException if two candidates have the same name
   */
  public static RetentionPlan of(
      RetentionPolicy policy,
      Collection<Candidate> candidates,
      Optional<ArchiveName> proven,
      Instant now) {
    return new RetentionPlanner(policy, candidates, proven, now).plan();
  }

  /**
   * The archives that stay.
   *
   * @return their names, newest first
   */
  public List<ArchiveName> kept() {
    return names(Decision::keep);
  }

  /**
   * The archives that go.
   *
   * @return their names, newest first
   */
  public List<ArchiveName> deleted() {
    return names(decision -> !decision.keep());
  }

  private List<ArchiveName> names(Predicate<Decision> which) {
    return decisions.stream().filter(which).map(Decision::name).toList();
  }

  /** What is known of an archive without reading all of it. */
  public enum Standing {
    /** Inspected and sound when it was made. */
    GOOD,
    /** Made, at the caller's request, from data known to be damaged. */
    SALVAGED,
    /** Made by the shell scripts: without a manifest, and never inspected. */
    LEGACY,
    /** Damaged: its manifest cannot be read, or what was read of it is not what it should be. */
    UNREADABLE,
    /** Its manifest tells another time than its name. */
    MISDATED
  }

  /**
   * An archive to decide on.
   *
   * @param name its name
   * @param standing what is known of it
   */
  public record Candidate(ArchiveName name, Standing standing) {}

  /**
   * What becomes of an archive.
   *
   * @param name its name
   * @param standing what is known of it
   * @param keep whether it stays
   * @param reason why, in words
   */
  public record Decision(ArchiveName name, Standing standing, boolean keep, String reason) {
    /** In words, on one line. */
    @Override
    public String toString() {
      return (keep ? "keep " : "delete ") + name + ": " + reason;
    }
  }
}
