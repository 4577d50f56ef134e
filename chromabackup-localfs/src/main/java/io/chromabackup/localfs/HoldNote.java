package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException.ServiceNotHeld;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.Present;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says on disk that a service is held, from before it is until it is as it was found. One with
 * nobody behind it was left by a process that died, or that could not bring the service back.
 *
 * <pre>
 * stopped by process 4711 on host since 2026-01-31T02:00:00Z
 * service chroma
 * 4712 1234567                a process that was frozen or told to stop, and when it was born
 * </pre>
 *
 * <p>A stop that may take effect yet stays noted: the note of a hold lies beside its own until the
 * service is told to stop anew.
 *
 * <p>Safe for use by several threads.
 */
final class HoldNote {
  private static final Logger log = LoggerFactory.getLogger(HoldNote.class);
  private static final int PATIENCE_MILLIS = 2000;
  private static final int RETRY_MILLIS = 20;

  /** How long it may take to have a process go on: it costs a command. */
  private static final Duration THAWING = Duration.ofSeconds(10);

  /** How a service is held. */
  enum Kind {
    /** Its processes are frozen. */
    PAUSED,
    /** It was told to stop. */
    STOPPED;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The first of its note. */
    String word() {
      return word;
    }
  }

  private final String service;
  private final NoteDirectory notes;
  private final NoteFile file;

  /** Whether the service was brought back while it was held, so that the note says nothing. */
  private boolean resting;

  /** Whether the service was told to stop. */
  private boolean told;

  /** Whether that was in vain, and it runs for now. */
  private boolean ending;

  /** Whether an earlier stop may take effect yet, unless this hold stops the service itself. */
  private boolean awaited;

  private @Nullable Claim claim;

  /**
   * The note of a service, which is not written yet.
   *
   * @param directory where notes are; nothing can be written in one that is not absolute
   * @param service the service's name
   * @param identity what else tells it from others of that name
   */
  HoldNote(Path directory, String service, String identity) {
    this.service = service;
    this.notes = new NoteDirectory(directory);
    this.file = notes.of(service, identity);
  }

  /** Where it is, or would be. */
  private Path file() {
    return file.path();
  }

  /** What to delete if nothing of it is to count any more, in words. */
  String files() throws IOException {
    return file.files();
  }

  /**
   * Writes it, durably, unless it is there for this process. To be called before the service is
   * touched.
   *
   * @return false if it is there: this hold is within another, which decides what becomes of it
   * @throws ServiceNotHeld if another process holds the service, or if it cannot be written
   * @throws IOException if interrupted
   */
  synchronized boolean write(Kind kind) throws IOException {
    told = false;
    if (claim != null) {
      resting = false;
      return false;
    }
    try {
      notes.requireUsable();
      write(kind, claim());
      return true;
    } catch (IOException e) {
      IOException normal = Interruption.normalise(e);
      if (normal != e || e instanceof ServiceNotHeld) {
        throw normal;
      }
      throw new ServiceNotHeld(
          service,
          "that it is held cannot be written down in "
              + notes.path()
              + " ("
              + e
              + "), and if this process died nobody would know. Have notes kept elsewhere"
              + " (LocalService.Builder.notes, or the environment variable XDG_STATE_HOME)",
          e);
    }
  }

  private void write(Kind kind, Claim taken) throws IOException {
    Optional<LeftHold> before = oneBefore(taken);
    try {
      boolean counts = before.isPresent() && !before.get().ending().isEmpty();
      file.writeBeside(LeftHold.text(service, kind));
      if (!counts) {
        file.replace();
      }
      claim = taken;
      awaited = counts;
    } catch (IOException | RuntimeException | Error e) {
      Interruption.shieldedAfter(e, () -> withdraw(taken, before.isPresent()));
      throw e;
    }
  }

  /** Deletes what was written beside, and what was there before unless that is to stay. */
  private void withdraw(Claim ours, boolean staysBefore) throws IOException {
    try {
      file.discardBeside();
      if (!staysBefore) {
        ours.close();
      }
    } finally {
      ours.leave();
    }
  }

  /**
   * What dead processes left, as one note: a stop that may take effect yet, or nothing that counts.
   * Nobody need have called for their recovery: that settles data first, and holds the service for
   * it.
   */
  private Optional<LeftHold> oneBefore(Claim taken) throws IOException {
    try {
      for (LeftHold left : file.all()) {
        thaw(left);
      }
      unite();
      return file.before();
    } catch (IOException | RuntimeException | Error e) {
      file.close();
      taken.leave();
      throw e;
    }
  }

  /** What is frozen is known from its note alone, which is about to go. */
  private void thaw(LeftHold left) throws IOException {
    try {
      left.thaw(THAWING).ifPresent(text -> log.warn("{}", text));
    } catch (IOException e) {
      if (Interruption.isOf(e)) {
        throw e;
      }
      throw new ServiceNotHeld(
          service, "it was " + left.words() + ", and does not go on: " + e.getMessage(), e);
    }
  }

  /** A stop beside a stop takes its place, as its writer was about to have it; a pause is over. */
  private void unite() throws IOException {
    Optional<LeftHold> beside = file.beside();
    if (beside.isEmpty() || !beside.get().stopped()) {
      file.discardBeside();
      return;
    }
    Set<LocalProcess> missing = new LinkedHashSet<>(ending());
    missing.removeAll(beside.get().ending());
    if (!missing.isEmpty()) {
      file.goOnBeside();
      addAll(missing);
    }
    file.replace();
    file.close();
  }

  private Claim claim() throws IOException {
    Optional<Claim> free = Claim.on(file());
    for (int waited = 0; free.isEmpty() && waited < PATIENCE_MILLIS; waited += RETRY_MILLIS) {
      Interruption.sleep(RETRY_MILLIS);
      free = Claim.on(file());
    }
    return free.orElseThrow(() -> new ServiceNotHeld(service, "it is " + heldBy(), null));
  }

  private String heldBy() {
    String words;
    try {
      words = file.latest().map(LeftHold::words).orElse("held by another operation");
    } catch (IOException | RuntimeException e) {
      words = "held by another operation";
    }
    return words + ". Wait for that to end";
  }

  /** Adds a process that is about to be frozen. Not synced: a power cut ends it as well. */
  synchronized void add(LocalProcess process) throws IOException {
    addAll(Set.of(process));
  }

  private void addAll(Set<LocalProcess> processes) throws IOException {
    for (LocalProcess process : processes) {
      file.add(process.pid() + " " + process.born() + "\n");
    }
  }

  /**
   * Adds what was just told to stop, with what was before and has not ended. The note is worth
   * something without that too.
   */
  synchronized void addTold(Set<LocalProcess> processes) {
    told = true;
    boolean replaces = awaited;
    awaited = false;
    try {
      Interruption.shielded(
          () -> {
            addAll(processes);
            if (replaces) {
              file.replace();
            }
          });
    } catch (IOException e) {
      log.warn("which processes are stopped is missing in {}: {}", file(), e.toString());
    }
  }

  /** Tells whether anything was, since it was written or held again. */
  synchronized boolean isTold() {
    return told;
  }

  /** What was told to stop runs on, and may yet end: whoever comes then has to know of it. */
  synchronized void setEnding() {
    ending = claim != null;
  }

  /** Tells whether that is so. */
  synchronized boolean isEnding() {
    return ending;
  }

  /** Tells whether it is there, for this process. */
  synchronized boolean isWritten() {
    return claim != null;
  }

  /** Tells whether it is there, for this process, but the service was started since. */
  synchronized boolean isResting() {
    return claim != null && resting;
  }

  /**
   * The service runs, whatever holds there were. As long as there is one, the note stays: the
   * service may have to be held again, and there may be no room for another note by then.
   */
  synchronized void started() {
    if (claim != null) {
      resting = true;
    } else {
      startedAnew();
    }
  }

  /** Also after a hold that was left, or one of a dead process. */
  private void startedAnew() {
    try {
      settle(left -> Optional.empty());
    } catch (IOException e) {
      log.warn("{} is left over, and the next operation will see to it: {}", file(), e.toString());
    }
  }

  /** The service is as it was found: it may be that it was told to stop before. */
  synchronized void ended() {
    Claim ours = claim;
    if (ours == null || ending) {
      leave();
      return;
    }
    boolean staysBefore = awaited;
    close();
    try {
      Interruption.shielded(() -> withdraw(ours, staysBefore));
    } catch (IOException e) {
      log.warn("{} is left over, and the next operation will delete it: {}", file(), e.toString());
    }
  }

  /** The service was not brought back: that is left to the next operation. */
  synchronized void leave() {
    if (claim != null) {
      claim.leave();
    }
    close();
  }

  private void close() {
    file.close();
    claim = null;
    resting = false;
    ending = false;
    awaited = false;
  }

  /** Does something about the service that is held. */
  interface Remedy {
    /** Returns what was done, in words; empty if there was nothing to do. */
    Optional<String> take(LeftHold left) throws IOException;
  }

  /**
   * Brings back what a dead process held. If that fails the note stays, and also if it was told to
   * stop and may yet end.
   *
   * @return what was done, in words; empty if there was nothing to do, or if its holder lives
   */
  synchronized Optional<String> settle(Remedy remedy) throws IOException {
    Optional<Claim> dead = claim == null ? claimLeft() : Optional.empty();
    if (dead.isEmpty()) {
      return Optional.empty();
    }
    List<String> done = new ArrayList<>();
    try {
      if (isSettled(remedy, done)) {
        Interruption.shielded(dead.get()::close);
      } else {
        dead.get().leave();
      }
      return done.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", done));
    } catch (IOException | RuntimeException | Error e) {
      done.forEach(text -> log.warn("{}", text)); // nobody is told otherwise
      dead.get().leave();
      throw e;
    }
  }

  /** Also what was left before that, and beside which it lies. */
  private boolean isSettled(Remedy remedy, List<String> done) throws IOException {
    for (LeftHold left : file.all()) {
      if (!isSettled(left, remedy, done)) {
        return false;
      }
      file.discardBeside();
    }
    file.discardBeside(); // one that was never finished, and had none before it
    return true;
  }

  /** Not if it was told to stop and may yet end. */
  private boolean isSettled(LeftHold left, Remedy remedy, List<String> done) throws IOException {
    boolean ending = !left.ending().isEmpty();
    Optional<String> what = remedy.take(left);
    if (what.isEmpty() && ending) {
      done.add(
          "service %s was %s, and has not ended; should it end yet, the next call starts it"
              .formatted(service, left.words()));
      return false;
    }
    what.ifPresent(done::add);
    return true;
  }

  /** Whoever looks through all notes has each for a moment, which is not to pass for a hold. */
  private Optional<Claim> claimLeft() throws IOException {
    if (!notes.canBe()) {
      return Optional.empty();
    }
    Optional<Claim> left = Claim.onLeft(file());
    for (int waited = 0;
        left.isEmpty() && Present.at(file()) && waited < PATIENCE_MILLIS;
        waited += RETRY_MILLIS) {
      Interruption.sleep(RETRY_MILLIS);
      left = Claim.onLeft(file());
    }
    return left;
  }

  /** How somebody else, who lives, has stopped the service, and so will start it; else empty. */
  synchronized Optional<String> stoppedElsewhere() throws IOException {
    Optional<LeftHold> stop =
        claim == null ? file.latest().filter(LeftHold::stopped) : Optional.empty();
    if (stop.isEmpty()) {
      return Optional.empty();
    }
    Optional<Claim> left = claimLeft();
    left.ifPresent(Claim::leave);
    return left.isEmpty() ? stop.map(LeftHold::words) : Optional.empty();
  }

  /** What was told to stop and has not ended, by whoever wrote it. */
  Set<LocalProcess> ending() throws IOException {
    Set<LocalProcess> ending = new LinkedHashSet<>();
    for (LeftHold left : file.all()) {
      ending.addAll(left.ending());
    }
    return ending;
  }

  /** Tells whether it names processes of the service, which its writer saw then. */
  boolean namesProcesses() throws IOException {
    return file.all().stream().anyMatch(left -> !left.processes().isEmpty());
  }

  /** Says of what other services dead processes left notes; only who controls them can help. */
  void tellOfOthers() {
    notes.warnOfOthersThan(file);
  }
}
