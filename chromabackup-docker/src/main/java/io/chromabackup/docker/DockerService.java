package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.ChromaBackupException.ServiceNotHeld;
import io.chromabackup.ChromaBackupException.ServiceNotResumed;
import io.chromabackup.Quiet;
import io.chromabackup.ServiceController;
import io.chromabackup.docker.HoldMarker.Found;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A container as a service. That it is held, and how it was found, is written into the engine
 * before it is held: whoever comes next can bring it back.
 */
final class DockerService implements ServiceController {
  /** The turn of Chroma itself, which is started before all that depends on it. */
  static final int FIRST = 0;

  private static final Logger log = LoggerFactory.getLogger(DockerService.class);

  private final Engine engine;
  private final Companions companions;
  private final String name;
  private final int order;
  private final OptionalInt stopSeconds;
  private final Optional<URI> health;

  /** By which this holds the service; null while it does not. */
  private @Nullable CurrentHold current;

  /**
   * The container of that name.
   *
   * @param companions those of Chroma, which this may be, or depend on
   * @param order when it is started: 0 for Chroma, more for what depends on it
   * @param health what must answer after it was started
   */
  DockerService(
      Engine engine,
      Companions companions,
      String name,
      int order,
      OptionalInt stopSeconds,
      Optional<URI> health) {
    this.engine = engine;
    this.companions = companions;
    this.name = name;
    this.order = order;
    this.stopSeconds = stopSeconds;
    this.health = health;
  }

  /**
   * What the engine is told of a limit.
   *
   * @throws IllegalArgumentException if no stop takes so long
   */
  static int stopSeconds(Duration patience) {
    if (patience.toSeconds() < 1 || patience.toSeconds() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a stop takes some seconds, not " + patience);
    }
    return (int) patience.toSeconds();
  }

  @Override
  public String describe() {
    return "container " + name;
  }

  /**
   * A backup need not try a stop that is refused. What depends on Chroma is stopped only, and if it
   * must not be, {@link #stop} says why.
   */
  @Override
  public Set<Quiet> offers() {
    try {
      boolean isHopeless = order == FIRST && container().obstacleToStop().isPresent();
      return isHopeless ? EnumSet.of(Quiet.PAUSE) : both();
    } catch (IOException e) {
      return both(); // the next call will say what is wrong
    }
  }

  private static Set<Quiet> both() {
    return EnumSet.of(Quiet.PAUSE, Quiet.STOP);
  }

  private Container container() throws IOException {
    return engine.inspect(name);
  }

  /**
   * {@inheritDoc}
   *
   * <p>What somebody else who lives has stopped counts as running: he will start it, be it in the
   * midst of a restore.
   */
  @Override
  public boolean isRunning() throws IOException {
    Container found = container();
    String own = volumeReader().orElse("");
    return found.state().isUp() || HoldMarker.isToRunForAnother(companions, found, own);
  }

  /** The companion that shows the volumes of the held container, if it is held. */
  Optional<String> volumeReader() {
    CurrentHold held = current;
    return held == null ? Optional.empty() : Optional.ofNullable(held.marker).map(HoldMarker::id);
  }

  @Override
  public Hold pause() throws IOException {
    return hold(Quiet.PAUSE);
  }

  @Override
  public Hold stop() throws IOException {
    return hold(Quiet.STOP);
  }

  private Hold hold(Quiet quiet) throws IOException {
    Interruption.check();
    Container found = container();
    if (quiet == Quiet.STOP && found.state().isUp()) {
      requireStoppable(found);
    }
    ContainerHold hold = take(found, quiet);
    try {
      hold.begin(quiet);
    } catch (IOException | RuntimeException | Error e) {
      release(hold, e);
      throw e;
    }
    return hold;
  }

  /**
   * Refuses what a stop would cost more than the service. No marker may say of that that it was to
   * be stopped: whoever recovers would do it.
   */
  private void requireStoppable(Container found) throws IOException {
    Optional<String> obstacle = found.obstacleToStop();
    if (obstacle.isPresent()) {
      throw notHeld(obstacle.get());
    }
    for (Container.Mount mount : found.mounts()) {
      if (mount.type().equals("volume") && engine.isInMemory(mount.name())) {
        throw notHeld(
            "its volume %s is in memory, and would be emptied if it stopped"
                .formatted(mount.name()));
      }
    }
  }

  private ServiceNotHeld notHeld(String why) {
    return new ServiceNotHeld(describe(), why, null);
  }

  private ContainerHold take(Container found, Quiet quiet) throws IOException {
    CurrentHold taken = current == null ? new CurrentHold() : current;
    return taken.again(found, quiet);
  }

  /** That it may be down is worse than why it could not be held, and is what the caller is told. */
  private static void release(Hold hold, Throwable failure) throws IOException {
    try {
      hold.close();
    } catch (IOException | RuntimeException e) {
      e.addSuppressed(failure);
      throw e;
    }
  }

  @Override
  public void start() throws IOException {
    Interruption.shielded(
        () -> {
          CurrentHold held = current;
          if (held != null) {
            held.bringUp();
          } else if (!container().state().isUp()) { // what somebody else has paused is left alone
            new CurrentHold().bringUp();
          }
        });
  }

  @Override
  public void awaitHealthy(Duration patience) throws IOException {
    if (order > FIRST) {
      DependentHealth.await(engine, container(), health, patience);
    }
  }

  /** Chroma's controller does it for those that depend on it, also for such as it does not know. */
  @Override
  public Optional<String> recover() throws IOException {
    return order > FIRST ? Optional.empty() : new HoldRecovery(companions).run();
  }

  /**
   * How this holds the container, from the first hold to the end of the last: what was started in
   * between may go down, or have to be stopped again. It is brought back under a marker of one's
   * own and not otherwise: without one, it may be another's by now, who is swapping its data.
   */
  private final class CurrentHold {
    private final Set<Hold> open = new HashSet<>();
    private Quiet quiet = Quiet.STOP;

    /** How it is to be brought back; of what is started without a hold, running. */
    private Found found = Found.RUNNING;

    /** Null before it is put, and once it was given up: anybody may have settled it since. */
    private @Nullable HoldMarker marker;

    /** What the name stood for when it was held: somebody may rename it, or make it anew. */
    private String id = name;

    /** Whether the engine was told to stop it, and may be at it still. */
    private boolean stopping;

    /** Whether it was started since it was held, and may have ended by itself since. */
    private boolean started;

    /** Under a marker that is younger than any start before: what is begun now is not over. */
    ContainerHold again(Container container, Quiet wanted) throws IOException {
      if (marker == null || found != Found.RUNNING) {
        found = Found.of(container.state());
      }
      quiet = stopping ? Quiet.STOP : wanted;
      started = false;
      mark(container);
      ContainerHold hold = new ContainerHold(this, container);
      open.add(hold);
      return hold;
    }

    /**
     * Says that it is held, and how it is to be brought back.
     *
     * @throws ChromaBackupException.Locked if somebody else holds it
     */
    private void mark(Container container) throws IOException {
      HoldMarker put =
          HoldMarker.put(companions, container, marker, found, quiet, order, stopSeconds);
      marker = put;
      found = put.found();
      stopping =
          put.stopping() || (stopping && container.state().isUp() && container.id().equals(id));
      id = container.id();
      current = this;
    }

    /** Also one that went down by itself before it was stopped is to run. */
    void bringUp() throws IOException {
      found = found == Found.DOWN ? Found.RUNNING : found;
      bringBack();
      started = true;
    }

    void end(Hold hold) throws IOException {
      open.remove(hold);
      if (!started) {
        bringBack();
      } else if (open.isEmpty()) {
        forget();
      }
    }

    private void bringBack() throws IOException {
      try {
        engine.persist(
            () -> {
              if (marker == null || marker.found() != found) {
                mark(HoldMarker.held(engine, name, id));
              }
              bringBackMarked();
            });
      } catch (ChromaBackupException.Locked e) {
        current = null; // who holds it now brings it back
        throw e;
      } catch (IOException | RuntimeException e) {
        if (open.isEmpty()) {
          giveUp();
        }
        throw new ServiceNotResumed(
            describe(),
            "%s. Look at it with: docker inspect %s; then recover, or bring it back with: %s %s"
                .formatted(e.getMessage(), name, HoldMarker.BRING_BACK, name),
            e);
      }
      if (open.isEmpty()) {
        forget();
      }
    }

    private void bringBackMarked() throws IOException {
      if (stopping) {
        endStop();
      }
      found.bringBack(engine, HoldMarker.held(engine, name, id).id());
    }

    private void endStop() throws IOException {
      try {
        found.endStop(engine, id, stopSeconds);
      } catch (NoSuchContainer e) {
        log.debug("container {} was made anew since it was stopped", name);
      }
      stopping = false;
    }

    /** Not brought back: whoever comes next does it. */
    void leave() {
      giveUp();
      current = null;
    }

    /**
     * A marker that this keeps would keep all others from bringing back what this could not. What
     * is being stopped is for the marker to say from now on: who settles it may start it.
     */
    private void giveUp() {
      HoldMarker held = marker;
      if (held != null) {
        companions.leave(held.id());
        marker = null;
        stopping = false;
      }
    }

    /**
     * The marker goes last: as long as it is there, somebody will bring the service back. One that
     * does not go does no harm to what was done while it was held.
     */
    private void forget() {
      HoldMarker held = marker;
      if (held != null) {
        try {
          engine.persist(() -> companions.remove(held.id()));
        } catch (IOException | RuntimeException e) {
          log.warn(
              "{} runs as it was found; the next call removes what says otherwise: {}",
              describe(),
              e.toString());
        }
      }
      current = null;
    }
  }

  /** The container, held. */
  private final class ContainerHold implements Hold {
    private final CurrentHold held;
    private final Container found;
    private long since;
    private long until;
    private long switching;
    private boolean closed;

    ContainerHold(CurrentHold held, Container found) {
      this.held = held;
      this.found = found;
    }

    void begin(Quiet quiet) throws IOException {
      if (!found.state().isUp()) {
        return;
      }
      if (quiet == Quiet.STOP) {
        bringDown();
      } else if (!found.state().isPaused()) {
        freeze();
      }
    }

    private void freeze() throws IOException {
      since = System.nanoTime();
      try {
        engine.pause(found.id());
      } catch (EngineException e) {
        throw new ServiceNotHeld(describe(), e.getMessage(), e);
      }
      switching = System.nanoTime() - since;
    }

    private void bringDown() throws IOException {
      if (held.found == Found.FROZEN) {
        throw notHeld("somebody has paused it. Thaw it first: docker unpause " + name);
      }
      since = System.nanoTime();
      try {
        if (found.state().isPaused()) {
          engine.unpause(found.id()); // a frozen process cannot take its leave
        }
        // an engine that was told to stop something does so, whether anybody waits for it or not
        held.stopping = true;
        Interruption.shielded(() -> engine.stop(found.id(), stopSeconds));
        held.stopping = false;
      } catch (EngineException e) {
        // where the engine may not send a signal, none comes later either
        held.stopping = held.stopping && !e.getMessage().contains("permission denied");
        throw new ServiceNotHeld(describe(), e.getMessage(), e);
      }
      if (container().state().isUp()) {
        throw notHeld("it does not stop, or was started again");
      }
      switching = System.nanoTime() - since;
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      long start = System.nanoTime();
      if (held == current) { // else it was brought back, and may be another's by now
        Interruption.shielded(() -> held.end(this));
      }
      until = System.nanoTime();
      switching += until - start;
      closed = true;
    }

    @Override
    public void leave() {
      if (closed) {
        return;
      }
      closed = true;
      until = System.nanoTime();
      if (held == current) {
        held.leave();
      }
    }

    @Override
    public Optional<Duration> held() {
      if (since == 0) {
        return Optional.of(Duration.ZERO);
      }
      return Optional.of(Duration.ofNanos((closed ? until : System.nanoTime()) - since));
    }

    @Override
    public Optional<Duration> switching() {
      return Optional.of(since == 0 ? Duration.ZERO : Duration.ofNanos(switching));
    }
  }
}
