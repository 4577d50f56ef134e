package io.chromabackup;

import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a copy under the least quiet that gives a good one, and climbs when it does not.
 *
 * <p>Damage is told from motion: what is wrong in the same places of three copies in a row is
 * damage, and then a running service is not stopped for it, since it may hold in memory what its
 * files have lost. Under each quiet two are enough to try the next, but not if that is to stop the
 * service.
 */
final class CopyLadder {
  private static final Logger log = LoggerFactory.getLogger(CopyLadder.class);
  private static final long MOVED_WAIT_MILLIS = 100;

  /** Long enough for Chroma to finish writing an index that was caught half written. */
  private static final long UNSOUND_WAIT_MILLIS = 1000;

  /** So many copies in a row that are wrong in the same places prove damage. */
  private static final int PROOF = 3;

  private final ChromaDeployment deployment;
  private final BackupOptions options;
  private final Staging staging;
  private final Progress progress;

  private int attempts;
  private Holding holding = Holding.NONE;
  private int agreeing;
  private List<String> lastPlaces = List.of();
  private @Nullable StagedInspection unsound;
  private Quiet unsoundQuiet = Quiet.OPTIMISTIC;
  private ChromaBackupException.@Nullable SourceChanged moved;

  /** What a source offers and cannot bring about. */
  private final Map<Quiet, ChromaBackupException.QuietUnavailable> unavailable =
      new EnumMap<>(Quiet.class);

  /** Whether staging was cleared since the unsound copy was taken, which may yet be wanted. */
  private boolean isUnsoundLost;

  CopyLadder(
      ChromaDeployment deployment, BackupOptions options, Staging staging, Progress progress) {
    this.deployment = deployment;
    this.options = options;
    this.staging = staging;
    this.progress = progress;
  }

  /**
   * A copy that lies in staging.
   *
   * @param quiet how the source was kept still
   * @param holding what holding the service came to, over all attempts
   * @param attempts how many copies were taken
   * @param inspection what is in it
   */
  record Copy(Quiet quiet, Holding holding, int attempts, StagedInspection inspection) {}

  /**
   * Takes the copy. It is unsound only if every quiet that was worth trying gave an unsound one.
   *
   * @throws ChromaBackupException.SourceChanged if no attempt gave an undisturbed copy
   */
  Copy take(SourceProbe probe) throws IOException {
    NavigableSet<Quiet> levels = levels(probe);
    for (Quiet level : levels) {
      Optional<Copy> copy = level == Quiet.STOP ? prove(probe) : Optional.empty();
      if (copy.isEmpty() && !(level == Quiet.STOP && agreeing >= PROOF)) {
        copy = climbTo(level, probe);
      }
      if (copy.isPresent()) {
        return copy.get();
      }
    }
    return lastResort(probe);
  }

  /** Copies under one quiet until a copy is good, or more of it will not help. */
  private Optional<Copy> climbTo(Quiet level, SourceProbe probe) throws IOException {
    for (int attempt = 0; attempt < patience(level) && !unavailable.containsKey(level); attempt++) {
      Optional<Copy> copy = attempt(level, probe, attempt);
      if (copy.isPresent() || agreeing >= PROOF - 1) {
        return copy;
      }
    }
    return Optional.empty();
  }

  /** Before a service is stopped: what is wrong again and again is damage, and it runs on. */
  private Optional<Copy> prove(SourceProbe probe) throws IOException {
    return agreeing == PROOF - 1 ? attempt(unsoundQuiet, probe, 0) : Optional.empty();
  }

  /** What is there when no attempt was good. */
  private Copy lastResort(SourceProbe probe) throws IOException {
    if (isUnsoundLost && moved == null) {
      Optional<Copy> copy = attempt(unsoundQuiet, probe, 0);
      if (copy.isPresent()) {
        return copy.get();
      }
    }
    if (moved != null) {
      throw moved;
    }
    StagedInspection inspection = unsound;
    if (inspection == null || isUnsoundLost) {
      throw unavailable.values().stream().findFirst().orElseThrow();
    }
    return new Copy(unsoundQuiet, holding.rounded(), attempts, inspection);
  }

  private NavigableSet<Quiet> levels(SourceProbe probe) throws IOException {
    NavigableSet<Quiet> offered = new TreeSet<>(probe.quiets());
    offered.addAll(deployment.service().offers());
    if (options.pinnedQuiet().isEmpty() && !offered.isEmpty()) {
      return offered;
    }
    Quiet wanted = options.pinnedQuiet().orElse(Quiet.STOP);
    if (!offered.contains(wanted)) {
      throw new ChromaBackupException.QuietUnavailable(
          deployment.source().describe(), "under " + name(wanted), names(offered));
    }
    return new TreeSet<>(Set.of(wanted));
  }

  private static String names(Set<Quiet> quiets) {
    List<String> names = new ArrayList<>();
    quiets.forEach(quiet -> names.add(name(quiet)));
    return names.isEmpty() ? "nothing" : String.join(", ", names);
  }

  private static String name(Quiet quiet) {
    return quiet.name().toLowerCase(Locale.ROOT);
  }

  private static int patience(Quiet level) {
    return switch (level) {
      case OPTIMISTIC -> 5;
      case BARRIER -> 3;
      case PAUSE, STOP -> 2;
    };
  }

  /** Returns the copy if it is good; notes what it was if not. */
  private Optional<Copy> attempt(Quiet level, SourceProbe probe, int before) throws IOException {
    if (attempts > 0) {
      Interruption.sleep(lastPlaces.isEmpty() ? MOVED_WAIT_MILLIS << before : UNSOUND_WAIT_MILLIS);
    }
    attempts++;
    staging.clear();
    progress.begin(Phase.COPY, probe.bytes());
    try {
      copy(level);
    } catch (ChromaBackupException.SourceChanged e) {
      log.info("attempt {} ({}): {}", attempts, name(level), e.getMessage());
      moved = e;
      agreeing = 0;
      lastPlaces = List.of();
      return Optional.empty();
    } catch (ChromaBackupException.QuietUnavailable e) {
      if (options.pinnedQuiet().isPresent()) {
        throw e;
      }
      log.info("attempt {}: {}", attempts, e.getMessage());
      unavailable.put(level, e); // which says nothing of the data
      isUnsoundLost = unsound != null;
      return Optional.empty();
    }
    progress.begin(Phase.INSPECT, 0);
    StagedInspection.settle(staging);
    staging.beginDigests();
    StagedInspection inspection = StagedInspection.ofSettled(staging, options.thoroughness());
    if (inspection.isSound()) {
      return Optional.of(new Copy(level, holding.rounded(), attempts, inspection));
    }
    log.info("attempt {} ({}) is unsound: {}", attempts, name(level), inspection.faultTexts());
    note(level, inspection);
    return Optional.empty();
  }

  private void note(Quiet level, StagedInspection inspection) {
    List<String> places = inspection.faultyPlaces();
    agreeing = places.equals(lastPlaces) ? agreeing + 1 : 1;
    moved = null;
    lastPlaces = places;
    unsound = inspection;
    unsoundQuiet = level;
    isUnsoundLost = false;
  }

  private void copy(Quiet level) throws IOException {
    switch (level) {
      case OPTIMISTIC -> {
        deployment.source().copyTo(progress.counting(staging), level, staging.scratch());
        note(Duration.ZERO, Duration.ZERO, progress.done());
      }
      case BARRIER -> copyBehindBarrier();
      case PAUSE, STOP -> copyAhead(level);
    }
  }

  private void note(Duration held, Duration switching, long ahead) {
    holding = holding.and(new Holding(held, switching, ahead, progress.done() - ahead));
  }

  /** The barrier is the source's own business. */
  private void copyBehindBarrier() throws IOException {
    BackupSource source = deployment.source();
    long start = System.nanoTime();
    try {
      source.copyTo(progress.counting(staging), Quiet.BARRIER, staging.scratch());
    } finally {
      Duration call = Duration.ofNanos(System.nanoTime() - start);
      note(source.held().orElse(call), Duration.ZERO, 0);
    }
  }

  private void copyAhead(Quiet level) throws IOException {
    EntrySink sink = progress.counting(staging);
    try (HeldCopy copy = deployment.source().copyAhead(sink, staging.scratch())) {
      staging.writeOut();
      staging.beginAgain();
      long ahead = progress.done();
      TimedHold hold = TimedHold.of(() -> hold(level));
      try {
        copyHeld(copy, hold, level);
        copy.afterwards();
      } finally {
        note(hold.held().orElseThrow(), hold.switching().orElseThrow(), ahead);
      }
      staging.dropUnnamed();
    }
  }

  private static void copyHeld(HeldCopy copy, ServiceController.Hold hold, Quiet level)
      throws IOException {
    try {
      copy.whileHeld(level);
    } catch (IOException | RuntimeException | Error e) {
      bringBack(hold, e);
      throw e;
    }
    bringBack(hold, null);
  }

  /** A service that stays held is worse news than a copy that failed, and is told first. */
  private static void bringBack(ServiceController.Hold hold, @Nullable Throwable failure)
      throws IOException {
    try {
      hold.close();
    } catch (IOException | RuntimeException e) {
      if (failure != null) {
        e.addSuppressed(failure);
      }
      throw e;
    }
  }

  private ServiceController.Hold hold(Quiet level) throws IOException {
    return level == Quiet.PAUSE ? deployment.service().pause() : deployment.service().stop();
  }
}
