package io.chromabackup;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which archives of a store would stay and which would go, and why. Making a plan deletes nothing.
 * Each source has a plan of its own; put together, what one of them keeps stays.
 *
 * <p>These rules decide on each archive, the first that applies:
 *
 * <ol>
 *   <li>One from the future stays. Some clock is or was wrong, and nothing follows from that.
 *   <li>A {@linkplain ArchiveStanding#MISDATED misdated} one stays: its age is unknown. So does
 *       {@linkplain ArchiveStanding#UNREAD one that could not be read}: it may be the last good
 *       one.
 *   <li>The proven one stays, whatever the policy says.
 *   <li>A {@linkplain ArchiveStanding#GOOD good} one stays if the policy keeps it, asked about the
 *       good ones alone. So nothing but a good archive ever takes a good one's place.
 *   <li>Any other stays if the policy keeps it, asked about the good ones and those of its own
 *       standing. So it expires when a good one of its age would, even if no more like it are made.
 *   <li>What the policy does not keep goes, but only if the proven archive is good, or {@linkplain
 *       ArchiveStanding#LEGACY legacy}: that was never inspected when it was made, but proving it
 *       has just done so. Otherwise nothing at all is deleted: whatever seems superfluous may be
 *       all that can be restored.
 * </ol>
 *
 * <p>Archives from the future, misdated and unread ones are never counted: the policy does not see
 * them. If the policy throws, so does the planning, and there is no plan.
 *
 * @param decisions one for each archive, newest first
 */
public record RetentionPlan(List<Decision> decisions) {
  /**
   * Copies the decisions.
   *
   * @param decisions one for each archive, newest first
   */
  public RetentionPlan {
    decisions = List.copyOf(decisions);
  }

  /**
   * Applies a policy.
   *
   * @param policy the policy
   * @param candidates all archives of the store, in any order, each named once
   * @param proven the newest good or legacy archive that has been read from end to end and found
   *     sound, usually the one just made; empty if there is none. One that is not among the
   *     candidates proves nothing
   * @param now the time that ages are counted to
   * @return the plan
   * @throws IllegalArgumentException if two candidates have the same name
   */
  static RetentionPlan of(
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

  /**
   * An archive to decide on.
   *
   * @param name its name
   * @param standing what is known of it
   */
  record Candidate(ArchiveName name, ArchiveStanding standing) {}

  /**
   * What becomes of an archive.
   *
   * @param name its name
   * @param standing what is known of it
   * @param keep whether it stays
   * @param reason why, in words
   */
  public record Decision(ArchiveName name, ArchiveStanding standing, boolean keep, String reason) {
    /** In words, on one line. */
    @Override
    public String toString() {
      return (keep ? "keep " : "delete ") + name + ": " + reason;
    }
  }
}
