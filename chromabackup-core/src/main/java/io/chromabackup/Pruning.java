package io.chromabackup;

import io.chromabackup.RetentionPlan.Standing;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies the retention policy to a store. */
final class Pruning {
  private static final Logger log = LoggerFactory.getLogger(Pruning.class);

  private final ArchiveStore store;
  private final RetentionPolicy policy;
  private final Instant now;
  private final Set<ArchiveName> disproved = new HashSet<>();
  private final List<String> warnings = new ArrayList<>();

  Pruning(ArchiveStore store, RetentionPolicy policy, Instant now) {
    this.store = store;
    this.policy = policy;
    this.now = now;
  }

  /** Tells whether an archive is good, by reading all of it. */
  @FunctionalInterface
  interface Proof {
    VerifyReport verify(ArchiveName name) throws IOException;
  }

  /**
   * What should go now that an archive was stored and read back. An empty one does not stand for
   * what was there before: then the newest with documents is read to prove it.
   */
  RetentionPlan planAfter(ArchiveName stored, Manifest manifest, Proof proof) throws IOException {
    List<ArchiveListing> listings = new Archives(store).list();
    return plan(listings, manifest.documents() > 0 ? Optional.of(stored) : prove(listings, proof));
  }

  /** What should go; the newest good archive is read to prove that it is one. */
  RetentionPlan plan(Proof proof) throws IOException {
    List<ArchiveListing> listings = new Archives(store).list();
    return plan(listings, prove(listings, proof));
  }

  private RetentionPlan plan(List<ArchiveListing> listings, Optional<ArchiveName> proven) {
    List<RetentionPlan.Candidate> candidates =
        listings.stream()
            .map(listing -> new RetentionPlan.Candidate(listing.name(), standing(listing)))
            .toList();
    return RetentionPlan.of(policy, candidates, proven, now);
  }

  /** An archive that does not hold what it says takes no good one's place. */
  private Standing standing(ArchiveListing listing) {
    return disproved.contains(listing.name()) ? Standing.UNREADABLE : listing.standing();
  }

  /**
   * The newest archive that is good and has documents, or, if none has, the newest that is good;
   * found by reading from the newest on.
   */
  private Optional<ArchiveName> prove(List<ArchiveListing> listings, Proof proof)
      throws IOException {
    Optional<ArchiveName> empty = Optional.empty();
    for (ArchiveListing listing : listings) {
      if (mayBeGood(listing)) {
        Optional<VerifyReport> good = verify(listing.name(), proof);
        if (good.isPresent() && good.get().documents() > 0) {
          return Optional.of(listing.name());
        }
        empty = empty.or(() -> good.map(VerifyReport::archive));
      }
    }
    return empty;
  }

  private Optional<VerifyReport> verify(ArchiveName name, Proof proof) throws IOException {
    try {
      Optional<VerifyReport> sound = Optional.of(proof.verify(name)).filter(VerifyReport::isSound);
      if (sound.isEmpty()) {
        disproved.add(name);
      }
      return sound;
    } catch (ChromaBackupException.ArchiveDamaged | ChromaBackupException.ArchiveNotFound e) {
      log.warn("retention does not count {}: {}", name, e.getMessage());
      warnings.add(e.getMessage());
      disproved.add(name);
      return Optional.empty();
    }
  }

  private boolean mayBeGood(ArchiveListing listing) {
    return (listing.standing() == Standing.GOOD || listing.standing() == Standing.LEGACY)
        && !listing.name().createdAt().isAfter(now);
  }

  /** Deletes what the plan says. One that is being read stays until the next time. */
  List<ArchiveName> delete(RetentionPlan plan) throws IOException {
    List<ArchiveName> deleted = new ArrayList<>();
    for (ArchiveName name : plan.deleted()) {
      try {
        if (store.delete(name)) {
          deleted.add(name);
          log.info("pruned {} from {}", name, store.describe());
        }
      } catch (ChromaBackupException.ArchiveInUse e) {
        warnings.add(e.getMessage());
      }
    }
    return deleted;
  }

  List<String> warnings() {
    return warnings;
  }
}
