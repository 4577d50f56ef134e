package io.chromabackup.localfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One process, told by its start time from a later one with the same number. Its threads are looked
 * at in {@code /proc} where there is one, else {@code ps} is asked.
 *
 * @param handle the Java platform's handle, which compares start times before it does anything
 */
record LocalProcess(ProcessHandle handle) {
  private static final ProcessTable TABLE = ProcessTable.ofThisSystem();

  /** Every Unix has it there, whatever the search path is. */
  static final String SHELL = "/bin/sh";

  private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,18}) (.+)");

  /** What a process can be told. */
  enum Signal {
    /** To freeze. */
    STOP,
    /** To go on. */
    CONT
  }

  /** Tells whether processes can be frozen on this system. */
  static boolean canFreeze() {
    return !System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows")
        && Files.isExecutable(Path.of(SHELL));
  }

  /**
   * The process that has this number now.
   *
   * @param pid its number
   * @return empty if there is none; a dead one whose parent has not noticed is none
   * @throws ProcessesHidden if this user could not see it if there were one
   * @throws IOException if it cannot be told
   */
  static Optional<LocalProcess> find(long pid) throws IOException {
    return find(pid, TABLE);
  }

  static Optional<LocalProcess> find(long pid, ProcessTable table) throws IOException {
    if (pid <= 0) {
      return Optional.empty();
    }
    Optional<LocalProcess> found = ProcessHandle.of(pid).map(LocalProcess::new);
    if (found.isEmpty() && table.hidesOthers()) {
      throw new ProcessesHidden(pid);
    }
    return found.isPresent() && found.get().isAlive() ? found : Optional.empty();
  }

  /** Its number. */
  long pid() {
    return handle.pid();
  }

  /** Why the process of this number must not be frozen; null if it may. */
  static @Nullable String whyUntouchable(long pid) {
    if (pid <= 0) {
      return pid + " is no process but a group of processes";
    }
    if (pid == 1) {
      return "process 1 is the system's init, on which all others depend";
    }
    ProcessHandle own = ProcessHandle.current();
    if (own.pid() == pid) {
      return "process " + pid + " is the one that makes the backup";
    }
    for (Optional<ProcessHandle> up = own.parent(); up.isPresent(); up = up.get().parent()) {
      if (up.get().pid() == pid) {
        return "process " + pid + " started the one that makes the backup, and would freeze it";
      }
    }
    return null;
  }

  /** Tells whether it started later than that. False if the system does not say when it started. */
  boolean startedAfter(Instant time) {
    return handle.info().startInstant().filter(time::isBefore).isPresent();
  }

  /**
   * Tells whether it has not ended. A frozen one has not.
   *
   * @return true if it runs or is frozen
   * @throws IOException if it cannot be told
   */
  boolean isAlive() throws IOException {
    if (!handle.isAlive()) {
      return false;
    }
    return !canFreeze() || !threadStates().isEmpty();
  }

  /**
   * Tells whether every thread of it has come to rest: a thread that the signal has yet to reach
   * (in the midst of a write, say) goes on for a while.
   *
   * @return true if it is alive and at rest
   * @throws IOException if it cannot be told
   */
  boolean isFrozen() throws IOException {
    return threadStates().matches("[Tt]+");
  }

  /**
   * Tells whether a signal froze it, and not a debugger, which may let go of it at any time.
   *
   * @return true if it is alive and every thread is stopped by a signal
   * @throws IOException if it cannot be told
   */
  boolean isStoppedBySignal() throws IOException {
    return threadStates().matches("T+");
  }

  /** It with all its descendants as they are now, itself first. */
  Set<LocalProcess> tree() {
    Set<LocalProcess> tree = new LinkedHashSet<>();
    tree.add(this);
    handle.descendants().forEach(descendant -> tree.add(new LocalProcess(descendant)));
    return tree;
  }

  /**
   * Sends it a signal, unless it has ended. The shell's own {@code kill} does it: small images have
   * no other.
   *
   * @param signal what to tell it
   * @param deadline when it must be done
   * @throws IOException if it is not allowed
   */
  void send(Signal signal, Deadline deadline) throws IOException {
    if (!isAlive()) {
      return;
    }
    String script = "kill -%s %d".formatted(signal, pid());
    Command kill = Command.of(SHELL, "-c", script);
    Command.Outcome outcome = kill.run(deadline);
    if (!outcome.succeeded() && isAlive()) {
      throw new IOException(
          "process %d cannot be sent SIG%s: %s".formatted(pid(), signal, outcome.output()));
    }
  }

  /**
   * Has a process go on that was written down when it was frozen, as its number and when it was
   * born.
   *
   * @return false if it is gone, or not frozen
   * @throws IOException if it is not allowed, or cannot be told
   */
  static boolean thaw(String written, Deadline deadline) throws IOException {
    return thaw(written, TABLE, deadline);
  }

  static boolean thaw(String written, ProcessTable table, Deadline deadline) throws IOException {
    Optional<LocalProcess> found = writtenDown(written, table);
    if (found.isEmpty() || !found.get().isStoppedBySignal()) {
      return false;
    }
    found.get().send(Signal.CONT, deadline);
    return true;
  }

  /**
   * A process that was written down, as its number and when it was born.
   *
   * @return empty if it is gone
   * @throws IOException if it cannot be told
   */
  static Optional<LocalProcess> writtenDown(String written) throws IOException {
    return writtenDown(written, TABLE);
  }

  private static Optional<LocalProcess> writtenDown(String written, ProcessTable table)
      throws IOException {
    Matcher words = WRITTEN.matcher(written);
    Optional<LocalProcess> found =
        words.matches() ? findAgain(Long.parseLong(words.group(1)), table) : Optional.empty();
    return found.isPresent() && found.get().born().equals(words.group(2))
        ? found
        : Optional.empty();
  }

  /**
   * Whoever wrote it down saw it, and has the notes to himself: what he does not see any more is
   * gone.
   */
  private static Optional<LocalProcess> findAgain(long pid, ProcessTable table) throws IOException {
    try {
      return find(pid, table);
    } catch (ProcessesHidden e) {
      return Optional.empty();
    }
  }

  /**
   * When it was born, in the terms in which {@link FreezeGuard} asks for it.
   *
   * @return a word; empty if it has ended
   * @throws IOException if it cannot be told
   */
  String born() throws IOException {
    return TABLE.born(pid());
  }

  private String threadStates() throws IOException {
    String states = TABLE.threadStates(pid());
    return handle.isAlive() ? states : "";
  }

  @Override
  public String toString() {
    return "process " + pid();
  }
}
