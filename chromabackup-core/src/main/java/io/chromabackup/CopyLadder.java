package io.chromabackup;

import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
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
      if (level == Quiet.STOP && agreeing >= PROOF) {
        break;
      }
      boolean stopIsNext = levels.higher(level) == Quiet.STOP;
      int enough = stopIsNext ? PROOF : PROOF - 1;
      for (int attempt = 0; attempt < patience(level) || isHalfProven(stopIsNext); attempt++) {
        if (attempts > 0) {
          Interruption.sleep(
              lastPlaces.isEmpty() ? MOVED_WAIT_MILLIS << attempt : UNSOUND_WAIT_MILLIS);
        }
        StagedInspection inspection = attempt(level, probe);
        if (inspection != null && inspection.isSound()) {
          return new Copy(level, holding.rounded(), attempts, inspection);
        }
        if (inspection != null && agreeing >= enough) {
          break; // the same again: more of this quiet will not help
        }
      }
    }
    return lastResort();
  }

  private boolean isHalfProven(boolean stopIsNext) {
    return stopIsNext && agreeing == PROOF - 1;
  }

  /** What is there when no attempt was good: staging holds the copy that was taken last. */
  private Copy lastResort() throws IOException {
    if (moved != null) {
      throw moved;
    }
    StagedInspection inspection = unsound;
    if (inspection == null) {
      throw new IllegalStateException("no attempt was made");
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

  /** Returns what was copied; null if the copy was disturbed. */
  private @Nullable StagedInspection attempt(Quiet level, SourceProbe probe) throws IOException {
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
      return null;
    }
    progress.begin(Phase.INSPECT, 0);
    StagedInspection.settle(staging);
    staging.beginDigests();
    StagedInspection inspection = StagedInspection.ofSettled(staging, options.thoroughness());
    if (!inspection.isSound()) {
      log.info("attempt {} ({}) is unsound: {}", attempts, name(level), inspection.faultTexts());
      note(level, inspection);
    }
    return inspection;
  }

  private void note(Quiet level, StagedInspection inspection) {
    List<String> places = inspection.faultyPlaces();
    agreeing = places.equals(lastPlaces) ? agreeing + 1 : 1;
    moved = null;
    lastPlaces = places;
    unsound = inspection;
    unsoundQuiet = level;
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
