package io.chromabackup;

import io.chromabackup.RetentionPlan.Candidate;
import io.chromabackup.RetentionPlan.Decision;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Makes one {@link RetentionPlan}, which tells the rules. */
final class RetentionPlanner {
  /** Standings that rest on sound data as soon as an archive is proven to be whole. */
  private static final Set<ArchiveStanding> PROVABLE =
      EnumSet.of(ArchiveStanding.GOOD, ArchiveStanding.LEGACY);

  /** Stay whatever the policy says, which does not see them. */
  private static final Set<ArchiveStanding> EXEMPT =
      EnumSet.of(ArchiveStanding.MISDATED, ArchiveStanding.UNREAD);

  private final RetentionPolicy policy;
  private final Map<ArchiveName, ArchiveStanding> standings =
      new TreeMap<>(Comparator.reverseOrder());
  private final Optional<ArchiveName> proven;
  private final Instant now;

  RetentionPlanner(
      RetentionPolicy policy,
      Collection<Candidate> candidates,
      Optional<ArchiveName> proven,
      Instant now) {
    this.policy = policy;
    this.proven = proven;
    this.now = now;
    for (Candidate candidate : candidates) {
      if (standings.put(candidate.name(), candidate.standing()) != null) {
        throw new IllegalArgumentException(candidate.name() + " is among the candidates twice");
      }
    }
  }

  RetentionPlan plan() {
    Map<ArchiveName, String> wanted = new HashMap<>();
    for (ArchiveStanding standing : ArchiveStanding.values()) {
      if (!EXEMPT.contains(standing)) {
        wanted.putAll(wantedOf(standing));
      }
    }
    return new RetentionPlan(
        standings.entrySet().stream()
            .map(candidate -> decide(candidate.getKey(), candidate.getValue(), wanted))
            .toList());
  }

  /** What the policy keeps of one standing, and why. */
  private Map<ArchiveName, String> wantedOf(ArchiveStanding standing) {
    Set<ArchiveName> alike = aged(EnumSet.of(standing));
    if (alike.isEmpty()) {
      return Map.of();
    }
    Set<ArchiveName> rivals = aged(EnumSet.of(standing, ArchiveStanding.GOOD));
    Map<ArchiveName, String> wanted = RetentionRules.reasons(policy, rivals, now);
    wanted.keySet().retainAll(alike);
    return wanted;
  }

  /** The archives of some standings, without those from the future. */
  private Set<ArchiveName> aged(Set<ArchiveStanding> some) {
    return standings.entrySet().stream()
        .filter(candidate -> some.contains(candidate.getValue()))
        .map(Map.Entry::getKey)
        .filter(name -> !isFromTheFuture(name))
        .collect(Collectors.toUnmodifiableSet());
  }

  private Decision decide(
      ArchiveName name, ArchiveStanding standing, Map<ArchiveName, String> wanted) {
    Optional<String> reason = reasonToKeep(name, standing, wanted);
    return new Decision(
        name, standing, reason.isPresent(), reason.orElse("the policy is to " + policy));
  }

  private Optional<String> reasonToKeep(
      ArchiveName name, ArchiveStanding standing, Map<ArchiveName, String> wanted) {
    if (isFromTheFuture(name)) {
      return Optional.of("from the future: it is " + now + " now");
    }
    if (standing == ArchiveStanding.MISDATED) {
      return Optional.of("of unknown age: its manifest tells another time than its name");
    }
    if (standing == ArchiveStanding.UNREAD) {
      return Optional.of("it could not be read, and may be good");
    }
    if (proven.equals(Optional.of(name))) {
      return Optional.of("the newest that is proven to be sound");
    }
    if (wanted.containsKey(name)) {
      return Optional.ofNullable(wanted.get(name));
    }
    return mayDelete()
        ? Optional.empty()
        : Optional.of("would go, but no good archive is proven to be sound");
  }

  private boolean isFromTheFuture(ArchiveName name) {
    return name.createdAt().isAfter(now);
  }

  private boolean mayDelete() {
    return proven.map(standings::get).filter(PROVABLE::contains).isPresent();
  }
}
