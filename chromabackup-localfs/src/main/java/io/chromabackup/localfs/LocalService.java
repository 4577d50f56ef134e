package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException.ServiceNotHeld;
import io.chromabackup.ChromaBackupException.ServiceNotResumed;
import io.chromabackup.ChromaBackupException.Unhealthy;
import io.chromabackup.Quiet;
import io.chromabackup.ServiceController;
import io.chromabackup.files.Interruption;
import io.chromabackup.localfs.HoldNote.Kind;
import io.chromabackup.localfs.ServiceStatus.State;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service on this machine: a process that can be frozen, or commands that stop and start it.
 *
 * <pre>{@code
 * LocalService.systemd("chroma");                          // systemctl stop, systemctl start
 * LocalService.builder("chroma")
 *     .pidFile(Path.of("/run/chroma.pid"))                 // offers PAUSE
 *     .stopCommand("/etc/init.d/chroma", "stop")           // with both commands: offers STOP
 *     .startCommand("/etc/init.d/chroma", "start")
 *     .healthCommand("curl", "-fsS", "http://localhost:8000/api/v2/heartbeat")
 *     .build();
 * }</pre>
 *
 * <p><b>Pausing</b> sends SIGSTOP to the process and all its descendants, and lasts until every
 * thread of them is at rest; closing the hold sends SIGCONT. What was frozen before stays so. A
 * process that left its parent (a daemon that forked twice) is no descendant: name the server's own
 * process. If this Java process dies while the service is frozen, in whatever way, a shell that
 * waits for that thaws it. Needs {@code /bin/sh}, and {@code /proc} or {@code ps}.
 *
 * <p><b>Stopping</b> runs the stop command, and then waits until the service is down by its status
 * and its processes are gone. If that fails the service is started again before the exception is
 * thrown; one that ends only later is started by the next call, unless one after the hour still
 * finds it running. Closing the hold runs the start command, and waits until the service is up and
 * has stayed so for a second; a start that fails is tried twice more. If somebody else has started
 * it meanwhile, it is not started twice; nor is it started beside a process that was told to stop
 * and has not ended.
 *
 * <p><b>If this process dies</b> while it holds the service, in whatever way, {@link #recover()} of
 * the next one brings it back: what is held is written down first, in a place that {@link
 * Builder#notes} names. Only one process at a time holds a service.
 *
 * <p><b>Commands</b> are run without a shell, in this process's directory and environment, with an
 * empty input. One that does not end in time is killed with the processes it started. They may hold
 * secrets in their arguments: no message names more than the program. But the last lines of what a
 * failed command printed are part of the exception's message, as nothing else says what went wrong:
 * have it print no secret (no {@code sh -x}).
 *
 * <p>Safe for use by several threads; two that hold the same service at the same time get in each
 * other's way all the same. An interrupt ends every method but {@link Hold#close()} early, with
 * {@link java.io.InterruptedIOException}, the thread's flag set and the service as it was found.
 */
public final class LocalService implements ServiceController {
  private static final Logger log = LoggerFactory.getLogger(LocalService.class);
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  /** systemd's own patience is 90 s, after which it kills what does not stop. */
  static final Duration SYSTEMD_TIMEOUT = Duration.ofSeconds(100);

  private final String name;
  private final Duration timeout;
  private final @Nullable ProcessSource process;
  private final @Nullable ServiceStatus status;
  private final @Nullable Command health;
  private final @Nullable Command stop;
  private final @Nullable Command start;
  private final @Nullable SystemdDependents dependents;
  private final HoldNote note;

  private LocalService(Builder builder, @Nullable ProcessSource process) {
    this.name = builder.name;
    this.timeout = builder.timeout;
    this.note = builder.note();
    this.process = process == null ? null : new SeenProcess(process, note);
    this.status = builder.status;
    this.health = builder.health;
    this.stop = builder.stop;
    this.start = builder.start;
    this.dependents = builder.dependents;
  }

  /**
   * Starts the description of a service.
   *
   * @param name what to call it in messages
   * @return a builder
   */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /**
   * A process that can be paused.
   *
   * @param pid its number; a later process with the same number is not touched
   * @return the controller, which offers {@link Quiet#PAUSE} (nothing on Windows)
   * @throws IllegalArgumentException if there is no such process, or if it may not be paused: see
   *     {@link Builder#pid}
   */
  public static LocalService process(long pid) {
    return builder("process " + pid).pid(pid).build();
  }

  /**
   * A systemd unit that can be stopped. Needs the right to do so. A unit that is just being started
   * or stopped is given the time for it; a unit that does not exist is an error, and not down.
   *
   * <p>Not stopped, as {@link ServiceNotHeld}, while a unit runs that systemd would stop with it
   * and not start again: one that names it in {@code Requires=}, {@code BindsTo=} or {@code
   * PartOf=}, or a target that does. Stop such units first, for a restore as {@link
   * io.chromabackup.ChromaDeployment#withDependents dependents}, or have them name it in {@code
   * Wants=}.
   *
   * <p>Each call may take 100 seconds, as systemd's own patience is 90. For a unit with another
   * {@code TimeoutStopSec} or {@code TimeoutStartSec} see {@link #systemd(String, Duration)}.
   *
   * @param unit its name: {@code chroma} or {@code chroma.service}
   * @return the controller, which offers {@link Quiet#STOP}
   */
  public static LocalService systemd(String unit) {
    return systemd(unit, SYSTEMD_TIMEOUT);
  }

  /**
   * A systemd unit that can be stopped, as {@link #systemd(String)} has it.
   *
   * @param unit its name: {@code chroma} or {@code chroma.service}
   * @param timeout how long each call may take, to stop, to start or to tell the state: best a
   *     little more than the unit's {@code TimeoutStopSec} and {@code TimeoutStartSec}. A call that
   *     fails takes once more to bring the unit back
   * @return the controller, which offers {@link Quiet#STOP}
   * @throws IllegalArgumentException if the timeout is zero or negative
   */
  public static LocalService systemd(String unit, Duration timeout) {
    return systemd("systemctl", unit, timeout);
  }

  static LocalService systemd(String systemctl, String unit, Duration timeout) {
    return systemd(SystemdDependents.of(new SystemdUnit(systemctl, unit)), timeout);
  }

  static LocalService systemd(SystemdDependents dependents, Duration timeout) {
    SystemdUnit unit = dependents.unit();
    return builder(unit.name())
        .timeout(timeout)
        .stopCommand(unit.systemctl(), "stop", "--", unit.name())
        .startCommand(unit.systemctl(), "start", "--", unit.name())
        .status(new SystemdStatus(unit))
        .dependents(dependents)
        .build();
  }

  @Override
  public String describe() {
    return name;
  }

  /**
   * {@inheritDoc}
   *
   * @return {@link Quiet#PAUSE} if a process or pid file is known and this is a Unix; {@link
   *     Quiet#STOP} if there are commands to stop and start it
   */
  @Override
  public Set<Quiet> offers() {
    Set<Quiet> offers = EnumSet.noneOf(Quiet.class);
    if (process != null && LocalProcess.canFreeze()) {
      offers.add(Quiet.PAUSE);
    }
    if (stop != null && start != null) {
      offers.add(Quiet.STOP);
    }
    return offers;
  }

  /**
   * {@inheritDoc}
   *
   * <p>By the status command if there is one, else by the process. If the two disagree, or the
   * service is just being started or stopped, it runs. So does one that another holder has stopped,
   * who lives and will start it, and one whose processes were told to stop and have not ended.
   */
  @Override
  public boolean isRunning() throws IOException {
    return state(Deadline.after(timeout)) != State.DOWN || whyOnlySeemsDown().isPresent();
  }

  /** Else it may write, or be started, in the midst of what nobody is to disturb. */
  private void requireDown() throws IOException {
    Optional<String> why = whyOnlySeemsDown();
    if (why.isPresent()) {
      throw new ServiceNotHeld(name, why.get() + ". Wait for that to end", null);
    }
  }

  private Optional<String> whyOnlySeemsDown() throws IOException {
    Optional<String> stopped = note.stoppedElsewhere();
    if (stopped.isPresent()) {
      return Optional.of("it is " + stopped.get());
    }
    Set<LocalProcess> ending = note.ending();
    return ending.isEmpty()
        ? Optional.empty()
        : Optional.of("it calls itself down, but was told to stop and has not ended: " + ending);
  }

  /** A service whose process is there is not down, whatever its status command says. */
  private State state(Deadline deadline) throws IOException {
    Interruption.check();
    if (status == null) {
      return process != null && process.find().isPresent() ? State.UP : State.DOWN;
    }
    State state = status.now(deadline);
    return state == State.DOWN && visible().find().isPresent() ? State.CHANGING : state;
  }

  /** Where processes are hidden, the status command has to do, if there is one. */
  private ProcessSource visible() {
    ProcessSource known = process;
    if (known == null) {
      return Optional::empty;
    }
    return status == null
        ? known
        : () -> {
          try {
            return known.find();
          } catch (ProcessesHidden e) {
            log.debug("service {}: {}", name, e.getMessage());
            return Optional.empty();
          }
        };
  }

  /**
   * {@inheritDoc}
   *
   * @throws ServiceNotHeld if it cannot be frozen, or not within the timeout, or if it is process
   *     1, this process or one that this was started by; it runs on then
   * @throws ServiceNotResumed if it cannot be frozen, nor thawed again
   * @throws UnsupportedOperationException if {@link #offers()} does not name it
   */
  @Override
  public Hold pause() throws IOException {
    if (process == null || !offers().contains(Quiet.PAUSE)) {
      throw new UnsupportedOperationException("service " + name + " cannot be paused");
    }
    Interruption.check();
    Optional<LocalProcess> found = process.find();
    if (found.isEmpty()) {
      requireDown();
      return NothingHeld.INSTANCE;
    }
    String untouchable = LocalProcess.whyUntouchable(found.get().pid());
    if (untouchable != null) {
      throw new ServiceNotHeld(name, untouchable, null);
    }
    return NotedHold.take(
        Kind.PAUSED, note, () -> FrozenService.freeze(name, found.get(), timeout, note));
  }

  /**
   * {@inheritDoc}
   *
   * @throws ServiceNotHeld if the stop command fails, or the service is not down within the
   *     timeout; it runs on then, or again. Also if another holder has stopped it, who lives
   * @throws ServiceNotResumed if it could not be stopped properly, nor started again
   * @throws UnsupportedOperationException if {@link #offers()} does not name it
   */
  @Override
  public Hold stop() throws IOException {
    StoppableService service = stoppable();
    if (service.isDown() && whyOnlySeemsDown().isEmpty()) {
      return NothingHeld.INSTANCE;
    }
    // one that is held already must be stopped again, whatever has come up with it
    if (dependents != null && !note.isWritten()) {
      dependents.requireNone(name, Deadline.after(timeout));
    }
    return NotedHold.take(Kind.STOPPED, note, () -> service.stop(note));
  }

  /**
   * {@inheritDoc}
   *
   * @throws UnsupportedOperationException if {@link #offers()} does not name {@link Quiet#STOP}
   */
  @Override
  public void start() throws IOException {
    stoppable().start(note);
    note.started();
  }

  /**
   * {@inheritDoc}
   *
   * <p>By the note that a process leaves which dies while it holds the service: see {@link
   * Builder#notes}. Notes of other services that were left are only logged, as a warning.
   *
   * @throws ServiceNotResumed if it cannot be brought back; also if it was stopped, is down, and
   *     there are no commands here to start it
   */
  @Override
  public Optional<String> recover() throws IOException {
    StoppableService startable = offers().contains(Quiet.STOP) ? stoppable() : null;
    Optional<String> done =
        note.settle(
            new ServiceRecovery(name, this::state, announcesStops(), startable, note, timeout));
    note.tellOfOthers();
    return done;
  }

  /** Of a unit that it stops systemd says so. */
  private boolean announcesStops() {
    return status instanceof SystemdStatus;
  }

  private StoppableService stoppable() {
    if (stop == null || start == null) {
      throw new UnsupportedOperationException("service " + name + " cannot be stopped");
    }
    return new StoppableService(
        name, stop, start, this::state, announcesStops(), visible(), timeout);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Runs the health command until it exits with 0, first after a tenth of a second, then less
   * and less often, down to once a second. Without a health command, waits until the service runs.
   */
  @Override
  public void awaitHealthy(Duration patience) throws IOException {
    Deadline deadline = Deadline.after(patience);
    if (health == null) {
      ServiceStatus running = this::state;
      if (!running.await(State.UP, deadline)) {
        throw new Unhealthy(name, "it did not run within " + deadline, null);
      }
      return;
    }
    new HealthCommand(health, timeout).await(name, deadline);
  }

  @Override
  public String toString() {
    return "LocalService[" + name + "]";
  }

  /** Describes a service. Used by one thread. */
  public static final class Builder {
    private final String name;
    private Duration timeout = DEFAULT_TIMEOUT;
    private @Nullable Long pid;
    private @Nullable PidFile pidFile;
    private @Nullable Command stop;
    private @Nullable Command start;
    private @Nullable SystemdDependents dependents;
    private @Nullable ServiceStatus status;
    private @Nullable Command health;
    private @Nullable Path notes;

    private Builder(String name) {
      if (name.isBlank()) {
        throw new IllegalArgumentException("a service needs a name, to be told from others");
      }
      this.name = name;
    }

    /**
     * The service's process, which can be paused. It is the one that has this number when the
     * controller is built: once it ended the service is down for good.
     *
     * @param pid its number; not 1, nor that of this process or of one that started it
     * @return this builder
     * @throws IllegalArgumentException if it is one of these
     */
    public Builder pid(long pid) {
      String untouchable = LocalProcess.whyUntouchable(pid);
      if (untouchable != null) {
        throw new IllegalArgumentException(untouchable + "; it cannot be paused");
      }
      this.pid = pid;
      return this;
    }

    /**
     * The file in which the service keeps its process number, in its first line; read at each use.
     * If there is no file, or no process of that number, the service is down. A file without a
     * number, and one that is older than the process it names, is an error ({@link IOException} at
     * use): a server must not be taken for one that is down. So is a process that is not seen where
     * other users' processes are hidden from this one, unless a status command says more, or this
     * user has seen processes of the service before.
     *
     * @param file the file, on any file system
     * @return this builder
     */
    public Builder pidFile(Path file) {
      return pidFile(new PidFile(file));
    }

    Builder pidFile(PidFile file) {
      this.pidFile = file;
      return this;
    }

    /**
     * What stops the service. Must exit with 0 once it is told to stop; whether it is down is
     * looked at afterwards.
     *
     * @param command the program and its arguments
     * @return this builder
     * @throws IllegalArgumentException if no program is named
     */
    public Builder stopCommand(String... command) {
      this.stop = Command.of(command);
      return this;
    }

    /**
     * What starts the service. Must return, with 0, and leave the service to itself. Best is a
     * service manager's: what is started otherwise is a child of this process, gets its Ctrl-C and
     * goes with its container or unit. The service should write its output to a place of its own:
     * what it prints to the command's goes into a file that is deleted, and takes up space unseen.
     *
     * @param command the program and its arguments
     * @return this builder
     * @throws IllegalArgumentException if no program is named
     */
    public Builder startCommand(String... command) {
      this.start = Command.of(command);
      return this;
    }

    /**
     * What tells whether the service runs: with exit code 0 it does; with 1, 2 and 3 it is down, as
     * init scripts, {@code systemctl is-active} and {@code pgrep} have it. Any other, or none in
     * time, is trouble: {@link IOException} at use.
     *
     * @param command the program and its arguments
     * @return this builder
     * @throws IllegalArgumentException if no program is named
     */
    public Builder statusCommand(String... command) {
      return status(new StatusCommand(Command.of(command)));
    }

    private Builder status(ServiceStatus how) {
      this.status = how;
      return this;
    }

    private Builder dependents(SystemdDependents units) {
      this.dependents = units;
      return this;
    }

    /**
     * What tells whether the service does its work: with exit code 0 it does, with any other it
     * does not yet.
     *
     * @param command the program and its arguments
     * @return this builder
     * @throws IllegalArgumentException if no program is named
     */
    public Builder healthCommand(String... command) {
      this.health = Command.of(command);
      return this;
    }

    /**
     * How long each call may take: to pause, to thaw, to stop, to start, to tell the status, and
     * one run of the health command. A call that fails takes once more to bring the service back.
     *
     * @param patience longer than nothing; 60 seconds if not said
     * @return this builder
     * @throws IllegalArgumentException if it is zero or negative
     */
    public Builder timeout(Duration patience) {
      if (patience.isZero() || patience.isNegative()) {
        throw new IllegalArgumentException("a timeout must be longer than nothing: " + patience);
      }
      this.timeout = patience;
      return this;
    }

    /**
     * Where it is written down that the service is held, for as long as it is: if this process dies
     * meanwhile, the next one that has the same service and the same place for notes brings it
     * back. A file of a few lines, for its owner alone. Who cannot write it does not hold the
     * service.
     *
     * @param directory made if missing; {@code chromabackup/held} in {@code $XDG_STATE_HOME} or
     *     {@code ~/.local/state} if not said
     * @return this builder
     */
    public Builder notes(Path directory) {
      this.notes = Objects.requireNonNull(directory);
      return this;
    }

    private HoldNote note() {
      String identity =
          pidFile != null
              ? pidFile.identity()
              : Stream.of(stop, start)
                  .map(command -> command == null ? "" : command.identity())
                  .collect(Collectors.joining("\n"));
      Path directory = notes == null ? NoteDirectory.usual() : notes.toAbsolutePath();
      return new HoldNote(directory, name, identity);
    }

    /**
     * The service so described.
     *
     * @return the controller
     * @throws IllegalArgumentException if there is no process of the given number
     * @throws IllegalStateException if something is missing, or too much; the message says what
     */
    public LocalService build() {
      if (pid != null && pidFile != null) {
        throw missing("a pid or a pid file, not both");
      }
      if (pid == null && pidFile == null && status == null) {
        throw missing("a pid, a pid file or a status command, to tell whether it runs");
      }
      if ((stop == null) != (start == null)) {
        throw missing(stop == null ? "a stop command too" : "a start command too");
      }
      if (stop != null && status == null && pidFile == null) {
        throw missing(
            "a status command or a pid file: the pid is another once it was started anew");
      }
      return new LocalService(this, pid == null ? pidFile : fixed(pid));
    }

    private IllegalStateException missing(String what) {
      return new IllegalStateException("service " + name + " needs " + what);
    }

    /** The start time is taken now, and a process with another is another process. */
    private static ProcessSource fixed(long pid) {
      try {
        LocalProcess process =
            LocalProcess.find(pid)
                .orElseThrow(() -> new IllegalArgumentException("there is no process " + pid));
        return () -> process.isAlive() ? Optional.of(process) : Optional.empty();
      } catch (IOException e) {
        throw new IllegalArgumentException("process " + pid + " cannot be looked at", e);
      }
    }
  }
}
