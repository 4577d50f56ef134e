package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException.ServiceNotHeld;
import io.chromabackup.Quiet;
import io.chromabackup.ServiceController;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A container as a service. That it is held, and how it was found, is written into the engine
 * before it is held: whoever comes next can bring it back.
 */
final class DockerService implements ServiceController {
  /** The turn of Chroma itself, which is started before all that depends on it. */
  static final int FIRST = 0;

  private final Engine engine;
  private final Companions companions;
  private final String name;
  private final int order;
  private final OptionalInt stopSeconds;
  private final Optional<URI> health;

  /** By which this holds the container, or held it last. */
  private HeldContainer current;

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
    this.current = notHeld();
  }

  private HeldContainer notHeld() {
    return new HeldContainer(companions, name, order, stopSeconds);
  }

  private HeldContainer current() {
    current = current.isHeld() ? current : notHeld();
    return current;
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
    return current.volumeReader();
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
    ContainerHold hold = current().hold(found, quiet);
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
    Optional<String> obstacle = found.obstacleToStop(engine);
    if (obstacle.isPresent()) {
      throw new ServiceNotHeld(describe(), obstacle.get(), null);
    }
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
          HeldContainer held = current();
          // what somebody else has paused is left alone
          if (held.isHeld() || !container().state().isUp()) {
            held.bringUp();
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
}
