package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException.ServiceNotHeld;
import io.chromabackup.files.FileTree;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.Present;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
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
 * <p>Safe for use by several threads.
 */
final class HoldNote {
  private static final Logger log = LoggerFactory.getLogger(HoldNote.class);
  private static final String SUFFIX = ".held";
  private static final int PATIENCE_MILLIS = 2000;
  private static final int RETRY_MILLIS = 20;

  /** No server takes that long to end, unless it has far more time for it. */
  private static final Duration LONG = Duration.ofHours(1);

  /** How a service is held. */
  enum Kind {
    /** Its processes are frozen. */
    PAUSED,
    /** It was told to stop. */
    STOPPED;

    private final String word = name().toLowerCase(Locale.ROOT);
  }

  private final String service;
  private final Path directory;
  private final Path file;

  /** Whether the service was brought back while it was held, so that the note says nothing. */
  private boolean resting;

  /** Whether the service was told to stop. */
  private boolean told;

  /** Whether that was in vain, and it runs for now. */
  private boolean ending;

  /** An earlier stop that may take effect yet, unless this hold stops the service itself. */
  private @Nullable Left awaited;

  private @Nullable Claim claim;
  private @Nullable FileChannel channel;

  /**
   * The note of a service, which is not written yet.
   *
   * @param directory where notes are; nothing can be written in one that is not absolute
   * @param service the service's name
   * @param identity what else tells it from others of that name
   */
  HoldNote(Path directory, String service, String identity) {
    this.service = service;
    this.directory = directory;
    String readable = service.replaceAll("[^A-Za-z0-9._-]", "_");
    String whole = service + "\n" + identity;
    UUID unique = UUID.nameUUIDFromBytes(whole.getBytes(StandardCharsets.UTF_8));
    this.file =
        this.directory.resolve(
            readable.substring(0, Math.min(64, readable.length())) + "-" + unique + SUFFIX);
  }

  /**
   * Where notes are if nobody says otherwise: where programs keep their state on Unix. Not absolute
   * for a user without a home, whose Java calls it a question mark.
   */
  static Path usualDirectory() {
    String state = System.getenv("XDG_STATE_HOME");
    Path base =
        state == null || !Path.of(state).isAbsolute()
            ? Path.of(System.getProperty("user.home"), ".local", "state")
            : Path.of(state);
    return base.resolve("chromabackup").resolve("held");
  }

  /** Where it is, or would be. */
  Path file() {
    return file;
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
      requireDirectory();
      Claim taken = claim();
      Optional<Left> before = stopBefore(taken);
      List<String> processes =
          kind == Kind.STOPPED ? before.map(Left::processes).orElse(List.of()) : List.of();
      try {
        channel = create(text(Holder.text(kind.word), processes));
      } catch (IOException | RuntimeException | Error e) {
        Interruption.shieldedAfter(e, taken::close);
        throw e;
      }
      claim = taken;
      awaited = before.orElse(null);
      return true;
    } catch (IOException e) {
      IOException normal = Interruption.normalise(e);
      if (normal != e || e instanceof ServiceNotHeld) {
        throw normal;
      }
      throw new ServiceNotHeld(
          service,
          "that it is held cannot be written down in "
              + directory
              + " ("
              + e
              + "), and if this process died nobody would know. Have notes kept elsewhere"
              + " (LocalService.Builder.notes, or the environment variable XDG_STATE_HOME)",
          e);
    }
  }

  private void requireDirectory() throws IOException {
    if (!directory.isAbsolute()) {
      throw new IOException("this user has no home directory");
    }
  }

  private String text(String words, List<String> processes) {
    StringBuilder text = new StringBuilder(words).append("\nservice ").append(service).append('\n');
    processes.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  /**
   * The note of a stop that may take effect yet. What else was stopped runs by now; but what a dead
   * process froze is known from its note alone.
   */
  private Optional<Left> stopBefore(Claim taken) throws IOException {
    try {
      Optional<Left> left = read();
      if (left.isPresent() && !left.get().stopped()) {
        throw new ServiceNotHeld(
            service,
            "it was "
                + left.get().words()
                + ", which did not bring it back. Call ChromaBackup.recover first",
            null);
      }
      return left.isEmpty() || left.get().ending().isEmpty() ? Optional.empty() : left;
    } catch (IOException | RuntimeException | Error e) {
      taken.leave();
      throw e;
    }
  }

  private Claim claim() throws IOException {
    Optional<Claim> free = Claim.on(file);
    for (int waited = 0; free.isEmpty() && waited < PATIENCE_MILLIS; waited += RETRY_MILLIS) {
      Interruption.sleep(RETRY_MILLIS);
      free = Claim.on(file);
    }
    return free.orElseThrow(() -> new ServiceNotHeld(service, "it is " + heldBy(), null));
  }

  private String heldBy() {
    try {
      return Files.readAllLines(file).get(0) + ". Wait for that to end";
    } catch (IOException | RuntimeException e) {
      return "held by another operation. Wait for that to end";
    }
  }

  private FileChannel create(String text) throws IOException {
    Files.deleteIfExists(file);
    FileChannel created =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            FileTree.ownerOnly(file, "rw-------"));
    try {
      write(created, text);
      created.force(true);
      FileTree.syncDirectory(directory);
      return created;
    } catch (IOException | RuntimeException | Error e) {
      created.close();
      throw e;
    }
  }

  private static void write(FileChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Adds a process that is about to be frozen. Not synced: a power cut ends it as well. */
  synchronized void add(LocalProcess process) throws IOException {
    if (channel != null) {
      add(channel, process);
    }
  }

  private static void add(FileChannel channel, LocalProcess process) throws IOException {
    write(channel, process.pid() + " " + process.born() + "\n");
  }

  /** Adds what was just told to stop. The note is worth something without that too. */
  synchronized void addTold(Set<LocalProcess> processes) {
    told = true;
    awaited = null;
    FileChannel open = channel;
    if (open == null) {
      return;
    }
    try {
      Interruption.shielded(
          () -> {
            for (LocalProcess process : processes) {
              add(open, process);
            }
          });
    } catch (IOException e) {
      log.warn("which processes are stopped is missing in {}: {}", file, e.toString());
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
      log.warn("{} is left over, and the next operation will see to it: {}", file, e.toString());
    }
  }

  /** The service is as it was found: it may be that it was told to stop before. */
  synchronized void ended() {
    Claim ours = claim;
    Left before = awaited;
    if (ours == null || ending) {
      leave();
    } else if (before != null) {
      writeAgain(before);
      leave();
    } else {
      close();
      erase(ours);
    }
  }

  private void writeAgain(Left before) {
    FileChannel open = channel;
    if (open == null) {
      return;
    }
    try {
      Interruption.shielded(
          () -> {
            open.position(0);
            write(open, text(before.words(), before.processes()));
            open.truncate(open.position());
            open.force(true);
            Files.setLastModifiedTime(file, FileTime.from(before.written()));
          });
    } catch (IOException e) {
      log.warn("{} was {}, and {} does not say so any more", service, before.words(), file, e);
    }
  }

  private void erase(Claim ours) {
    try {
      Interruption.shielded(ours::close);
    } catch (IOException e) {
      log.warn("{} is left over, and the next operation will delete it: {}", file, e.toString());
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
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      log.debug("{} was not closed: {}", file, e.toString());
    }
    channel = null;
    claim = null;
    resting = false;
    ending = false;
    awaited = null;
  }

  /**
   * What is written in it.
   *
   * @param words how the service is held, by whom and since when
   * @param stopped whether it was told to stop
   * @param processes those that were frozen or told to stop, if they are known
   * @param written when
   */
  record Left(String words, boolean stopped, List<String> processes, Instant written) {
    /** Those that were told to stop, and have not ended. */
    Set<LocalProcess> ending() throws IOException {
      Set<LocalProcess> ending = new LinkedHashSet<>();
      for (String line : stopped ? processes : List.<String>of()) {
        LocalProcess.writtenDown(line).ifPresent(ending::add);
      }
      return ending;
    }

    /** Tells whether what was told to stop and has not ended had far more time than it needs. */
    boolean isOverdue(Duration patience) throws IOException {
      Duration age = age();
      boolean old = age.compareTo(LONG) > 0 && age.dividedBy(10).compareTo(patience) > 0;
      return old && !ending().isEmpty();
    }

    private Duration age() {
      return Duration.between(written, Instant.now());
    }

    /**
     * Until when to watch whether a service that runs goes down yet: as long as its holder would
     * have, unless all that he told to stop has.
     *
     * @param patience the time that it has to stop
     */
    Deadline aftermath(Duration patience) throws IOException {
      Deadline least = ServiceStatus.aftermath(patience);
      return processes.isEmpty() || !ending().isEmpty()
          ? Deadline.after(patience.minus(age())).butAtMost(patience).butAtLeast(least.left())
          : least;
    }
  }

  /** Does something about the service that is held. */
  interface Remedy {
    /** Returns what was done, in words; empty if there was nothing to do. */
    Optional<String> take(Left left) throws IOException;
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
    try {
      Optional<Left> left = read();
      boolean ending = left.isPresent() && !left.get().ending().isEmpty();
      Optional<String> done = left.isEmpty() ? Optional.empty() : remedy.take(left.get());
      if (done.isEmpty() && ending) {
        dead.get().leave();
        return Optional.of(
            "service %s was %s, and has not ended; should it end yet, the next call starts it"
                .formatted(service, left.get().words()));
      }
      Interruption.shielded(dead.get()::close);
      return done;
    } catch (IOException | RuntimeException | Error e) {
      dead.get().leave();
      throw e;
    }
  }

  /** Whoever looks through all notes has each for a moment, which is not to pass for a hold. */
  private Optional<Claim> claimLeft() throws IOException {
    if (!directory.isAbsolute()) {
      return Optional.empty();
    }
    Optional<Claim> left = Claim.onLeft(file);
    for (int waited = 0;
        left.isEmpty() && Present.at(file) && waited < PATIENCE_MILLIS;
        waited += RETRY_MILLIS) {
      Interruption.sleep(RETRY_MILLIS);
      left = Claim.onLeft(file);
    }
    return left;
  }

  /** Tells whether somebody else, who lives, has stopped the service, and so will start it. */
  synchronized boolean isStoppedElsewhere() throws IOException {
    if (claim != null || read().filter(Left::stopped).isEmpty()) {
      return false;
    }
    Optional<Claim> left = claimLeft();
    left.ifPresent(Claim::leave);
    return left.isEmpty();
  }

  /** What was told to stop and has not ended, by whoever wrote it. */
  Set<LocalProcess> ending() throws IOException {
    Optional<Left> left = read();
    return left.isPresent() ? left.get().ending() : Set.of();
  }

  /** Tells whether it names processes of the service, which its writer saw then. */
  boolean namesProcesses() throws IOException {
    return read().filter(left -> !left.processes().isEmpty()).isPresent();
  }

  /** Empty if there is none, or if it was never finished, and so nothing was held. */
  private Optional<Left> read() throws IOException {
    if (!directory.isAbsolute() || !Present.at(file)) {
      return Optional.empty();
    }
    List<String> lines;
    Instant written;
    try {
      lines = new ArrayList<>(Files.readAllLines(file));
      written = Files.getLastModifiedTime(file).toInstant();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (lines.size() < 2 || !lines.get(1).startsWith("service ")) {
      return Optional.empty();
    }
    String words = lines.get(0);
    return Optional.of(
        new Left(
            words, words.startsWith(Kind.STOPPED.word), lines.subList(2, lines.size()), written));
  }

  /** Says of what other services dead processes left notes; only who controls them can help. */
  void tellOfOthers() {
    try {
      if (!directory.isAbsolute() || !Present.at(directory)) {
        return;
      }
      for (Path other : FileTree.children(directory)) {
        if (other.toString().endsWith(SUFFIX) && !other.equals(file)) {
          tellOf(other);
        }
      }
    } catch (IOException e) {
      log.debug("{} cannot be looked through: {}", directory, e.toString());
    }
  }

  private static void tellOf(Path other) throws IOException {
    List<String> lines = Files.readAllLines(other);
    Optional<Claim> dead = Claim.on(other);
    dead.ifPresent(Claim::leave);
    if (dead.isPresent() && lines.size() > 1) {
      log.warn(
          "{} was {}, and whoever did that is no more. Name it in a call of recover, or see to it and delete {}",
          lines.get(1),
          lines.get(0),
          other);
    }
  }
}
