package io.chromabackup;

import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Applies the retention policy to a store. */
final class Pruning {

  /** No source describes itself as nothing. */
  private static final String UNKNOWN = "";

  private final ArchiveStore store;
  private final RetentionPolicy policy;
  private final Instant now;

  /** What was read so far and is good. */
  private final Map<ArchiveName, VerifyReport> verified = new HashMap<>();

  /** What was read so far and proved nothing, and what it is instead of good. */
  private final Map<ArchiveName, ArchiveStanding> doubted = new HashMap<>();

  private final List<ArchiveName> deleted = new ArrayList<>();
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
   * What should go now that an archive was stored and read back: among those of the same source
   * only, as it proves nothing for another. An empty one does not stand for what was there before:
   * then the newest with documents is read to prove it.
   */
  RetentionPlan planAfter(ArchiveName stored, Manifest manifest, Proof proof) throws IOException {
    Map<String, List<Outline>> sources = bySource(new Archives(store).outlines());
    List<Outline> own = sources.getOrDefault(manifest.source(), List.of());
    boolean alone = sources.keySet().equals(Set.of(manifest.source(), UNKNOWN));
    List<Outline> unknown = alone ? sources.getOrDefault(UNKNOWN, List.of()) : List.of();
    return manifest.documents() > 0
        ? plan(joined(own, unknown), Optional.of(stored))
        : plan(own, unknown, proof);
  }

  /**
   * What should go, source by source; the newest good archive of each is read to prove that it is
   * one. What does not tell its source goes only if it would for every source.
   */
  RetentionPlan plan(Proof proof) throws IOException {
    Map<String, List<Outline>> sources = bySource(new Archives(store).outlines());
    List<Outline> unknown = sources.getOrDefault(UNKNOWN, List.of());
    List<RetentionPlan> plans = new ArrayList<>();
    for (Map.Entry<String, List<Outline>> source : sources.entrySet()) {
      if (!source.getKey().equals(UNKNOWN)) {
        plans.add(plan(source.getValue(), unknown, proof));
      }
    }
    return plans.isEmpty() ? plan(unknown, List.of(), proof) : careful(plans);
  }

  /**
   * What tells no source may prove to be the newest good one, and so may be all that there is; but
   * it does not stand for the newest good one of this source, which is proven as well.
   */
  private RetentionPlan plan(List<Outline> own, List<Outline> unknown, Proof proof)
      throws IOException {
    List<Outline> candidates = joined(own, unknown);
    Optional<ArchiveName> newest = prove(candidates, proof);
    Optional<ArchiveName> newestOwn = unknown.isEmpty() ? newest : prove(own, proof);
    RetentionPlan plan = plan(candidates, newest);
    return newestOwn.isEmpty() || newestOwn.equals(newest)
        ? plan
        : careful(List.of(plan, plan(candidates, newestOwn)));
  }

  private static List<Outline> joined(List<Outline> own, List<Outline> unknown) {
    return Stream.concat(own.stream(), unknown.stream()).toList();
  }

  /** What one of them keeps stays. */
  private static RetentionPlan careful(List<RetentionPlan> plans) {
    Map<ArchiveName, RetentionPlan.Decision> decisions = new TreeMap<>(Collections.reverseOrder());
    for (RetentionPlan plan : plans) {
      for (RetentionPlan.Decision decision : plan.decisions()) {
        decisions.merge(decision.name(), decision, (one, other) -> one.keep() ? one : other);
      }
    }
    return new RetentionPlan(List.copyOf(decisions.values()));
  }

  /** Newest first within each; the scripts' archives, and unreadable ones, tell no source. */
  private static Map<String, List<Outline>> bySource(List<Outline> outlines) {
    Map<String, List<Outline>> sources = new TreeMap<>();
    sources.put(UNKNOWN, new ArrayList<>());
    for (Outline outline : outlines) {
      String source = outline.source().orElse(UNKNOWN);
      sources.computeIfAbsent(source, key -> new ArrayList<>()).add(outline);
    }
    return sources;
  }

  private RetentionPlan plan(List<Outline> outlines, Optional<ArchiveName> proven) {
    List<RetentionPlan.Candidate> candidates =
        outlines.stream()
            .map(outline -> new RetentionPlan.Candidate(outline.name(), standing(outline)))
            .toList();
    return RetentionPlan.of(policy, candidates, proven, now);
  }

  /** An archive that does not hold what it says takes no good one's place. */
  private ArchiveStanding standing(Outline outline) {
    return doubted.getOrDefault(outline.name(), outline.standing());
  }

  /**
   * The newest archive that is good and has documents, or, if none has, the newest that is good;
   * found by reading from the newest on. Those that say they are empty are read last.
   */
  private Optional<ArchiveName> prove(List<Outline> outlines, Proof proof) throws IOException {
    Optional<ArchiveName> empty = Optional.empty();
    for (Outline outline : likeliestFirst(outlines)) {
      if (empty.isPresent() && outline.saysEmpty()) {
        break;
      }
      Optional<VerifyReport> good = verify(outline.name(), proof);
      if (good.isPresent() && good.get().documents() > 0) {
        return Optional.of(outline.name());
      }
      empty = empty.or(() -> good.map(VerifyReport::archive));
    }
    return empty;
  }

  private List<Outline> likeliestFirst(List<Outline> outlines) {
    return outlines.stream()
        .filter(this::mayBeGood)
        .sorted(
            Comparator.comparing(Outline::saysEmpty)
                .thenComparing(Outline::name, Comparator.reverseOrder()))
        .toList();
  }

  private Optional<VerifyReport> verify(ArchiveName name, Proof proof) throws IOException {
    if (!verified.containsKey(name) && !doubted.containsKey(name)) {
      read(name, proof);
    }
    return Optional.ofNullable(verified.get(name));
  }

  private void read(ArchiveName name, Proof proof) throws IOException {
    try {
      VerifyReport report = proof.verify(name);
      if (report.isSound()) {
        verified.put(name, report);
      } else {
        warnings.add(
            "%s does not hold sound data, and proves nothing: %s"
                .formatted(name, String.join("; ", report.faults())));
        doubted.put(name, ArchiveStanding.SALVAGED);
      }
    } catch (ChromaBackupException.ArchiveDamaged | ChromaBackupException.ArchiveNotFound e) {
      warnings.add(e.getMessage());
      doubted.put(name, ArchiveStanding.DAMAGED);
    } catch (IOException e) { // it says nothing of the archive, which may be the last good one
      if (Interruption.isOf(e)) {
        throw e;
      }
      warnings.add(name + " could not be read, and proves nothing: " + e.getMessage());
      doubted.put(name, ArchiveStanding.UNREAD);
    }
  }

  private boolean mayBeGood(Outline outline) {
    return (outline.standing() == ArchiveStanding.GOOD
            || outline.standing() == ArchiveStanding.LEGACY)
        && !outline.name().createdAt().isAfter(now);
  }

  /** Deletes what the plan says. One that cannot be deleted, or is being read, stays. */
  void delete(RetentionPlan plan) throws IOException {
    for (ArchiveName name : plan.deleted()) {
      try {
        if (store.delete(name)) {
          deleted.add(name);
          Event.PRUNE_DELETED.log("archive", name, "store", store.describe());
        }
      } catch (ChromaBackupException.ArchiveInUse e) {
        warnings.add(e.getMessage());
      } catch (AccessDeniedException e) {
        warnings.add(name + " could not be deleted: access is denied");
      } catch (IOException e) {
        if (Interruption.isOf(e)) {
          throw e;
        }
        warnings.add(name + " could not be deleted: " + e.getMessage());
      }
    }
  }

  /** What was deleted, also if the rest was not come to. */
  List<ArchiveName> deleted() {
    return deleted;
  }

  List<String> warnings() {
    return warnings;
  }
}
