package io.chromabackup.docker;

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

  /** What says that this holds the service; null while it does not. */
  private @Nullable HoldMarker marker;

  /** What the name stood for when it was held: somebody may rename it, or make it anew. */
  private @Nullable String heldId;

  /** Whether this has started it, so that it is to run, even if it went down by itself since. */
  private boolean started;

  /** Whether the engine was told to stop what is held, and may be at it still. */
  private boolean stopping;

  /** Whether the marker was given up: whoever comes next, in whichever process, settles it. */
  private boolean left;

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

  /** A container that is removed when it stops could not be started again. */
  @Override
  public Set<Quiet> offers() {
    try {
      return container().removedOnExit() ? EnumSet.of(Quiet.PAUSE) : both();
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

  @Override
  public boolean isRunning() throws IOException {
    return container().state().isUp();
  }

  /** The companion that shows the volumes of the held container, if it is held. */
  Optional<String> window() {
    return Optional.ofNullable(marker).map(HoldMarker::id);
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
    HoldMarker held =
        marker != null && !left
            ? marker
            : HoldMarker.put(companions, found, asFound(found.state()), quiet, order, stopSeconds);
    marker = held;
    left = false;
    stopping = stopping && found.state().isUp() && found.id().equals(heldId);
    heldId = found.id();
    ContainerHold hold = new ContainerHold(held, found);
    try {
      hold.begin(quiet);
    } catch (IOException | RuntimeException | Error e) {
      release(hold, e);
      throw e;
    }
    return hold;
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

  private Found asFound(Container.State state) {
    return started ? Found.RUNNING : Found.of(state);
  }

  @Override
  public void start() throws IOException {
    Interruption.shielded(
        () -> {
          HoldMarker held = marker;
          if (held != null) {
            // one that went down by itself before it was stopped is to run all the same
            bringBack(held.found() == Found.DOWN ? Found.RUNNING : held.found());
          } else if (!isRunning()) { // what somebody else has paused is left alone
            bringBack(Found.RUNNING);
          }
          started = true;
          forget();
        });
  }

  private void bringBack(Found found) throws IOException {
    try {
      engine.persist(() -> bringBackHeld(found));
    } catch (IOException | RuntimeException e) {
      giveUp();
      throw new ServiceNotResumed(
          describe(),
          "%s. Look at it with: docker inspect %s; then recover, or bring it back with: %s %s"
              .formatted(e.getMessage(), name, HoldMarker.BRING_BACK, name),
          e);
    }
  }

  /** A marker that this keeps would keep all others from bringing back what this could not. */
  private void giveUp() {
    HoldMarker held = marker;
    if (held != null) {
      companions.leave(held.id());
      left = true;
    }
  }

  private void bringBackHeld(Found found) throws IOException {
    String held = heldId;
    if (held == null) {
      found.bringBack(engine, name);
      return;
    }
    try {
      if (stopping) {
        found.endStop(engine, held, stopSeconds);
        stopping = false;
      }
      found.bringBack(engine, held);
    } catch (NoSuchContainer e) {
      stopping = false;
      found.bringBack(engine, name);
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
      marker = null;
      left = false;
      heldId = null;
    }
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
    return order > FIRST ? Optional.empty() : HoldMarker.recover(companions);
  }

  /** The container, held. */
  private final class ContainerHold implements Hold {
    private final HoldMarker held;
    private final Container found;
    private long since;
    private long until;
    private long switching;
    private boolean closed;

    ContainerHold(HoldMarker held, Container found) {
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

    /** Refuses what a stop would cost more than the service. */
    private void requireStoppable() throws IOException {
      if (found.removedOnExit()) {
        throw notHeld(
            "the engine would remove it when it stops (--rm), and it could not be started again."
                + " Make it without --rm");
      }
      if (held.found() == Found.FROZEN) {
        throw notHeld("somebody has paused it. Thaw it first: docker unpause " + name);
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

    private void bringDown() throws IOException {
      requireStoppable();
      since = System.nanoTime();
      try {
        if (found.state().isPaused()) {
          engine.unpause(found.id()); // a frozen process cannot take its leave
        }
        // an engine that was told to stop something does so, whether anybody waits for it or not
        stopping = true;
        Interruption.shielded(() -> engine.stop(found.id(), stopSeconds));
        stopping = false;
      } catch (EngineException e) {
        // where the engine may not send a signal, none comes later either
        stopping = stopping && !e.getMessage().contains("permission denied");
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
      Interruption.shielded(
          () -> {
            long start = System.nanoTime();
            bringBack(held.found());
            until = System.nanoTime();
            switching += until - start;
            closed = true;
            if (held.equals(marker)) {
              forget();
            }
          });
    }

    @Override
    public void leave() {
      if (closed) {
        return;
      }
      closed = true;
      until = System.nanoTime();
      // it may have been started meanwhile, and stopped again
      companions.leave(marker == null ? held.id() : marker.id());
      marker = null;
      left = false;
      heldId = null;
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
