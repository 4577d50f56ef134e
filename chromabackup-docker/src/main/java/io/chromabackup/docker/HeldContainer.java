package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.ChromaBackupException.ServiceNotHeld;
import io.chromabackup.ChromaBackupException.ServiceNotResumed;
import io.chromabackup.Quiet;
import io.chromabackup.ServiceController.Hold;
import io.chromabackup.docker.HoldMarker.Found;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a container is held, from the first hold to the end of the last: what was started in between
 * may go down, or have to be stopped again. It is brought back under a marker of one's own and not
 * otherwise: without one, it may be another's by now, who is swapping its data.
 */
final class HeldContainer {
  private static final Logger log = LoggerFactory.getLogger(HeldContainer.class);

  private final Engine engine;
  private final Companions companions;
  private final String name;
  private final int order;
  private final OptionalInt stopSeconds;
  private final Set<Hold> open = new HashSet<>();

  /** From its first marker until it was brought back, or is another's. */
  private boolean isHeld;

  private Quiet quiet = Quiet.STOP;

  /** How it is to be brought back; of what is started without a hold, running. */
  private Found found = Found.RUNNING;

  /** Null before it is put, and once it was given up: anybody may have settled it since. */
  private @Nullable HoldMarker marker;

  /** What the name stood for when it was held: somebody may rename it, or make it anew. */
  private String id;

  /** Whether the engine was told to stop it, and may be at it still. */
  private boolean stopping;

  /** Whether it was started since it was held, and may have ended by itself since. */
  private boolean started;

  /**
   * The container of that name, which is not held yet.
   *
   * @param order when it is started
   */
  HeldContainer(Companions companions, String name, int order, OptionalInt stopSeconds) {
    this.engine = companions.engine();
    this.companions = companions;
    this.name = name;
    this.order = order;
    this.stopSeconds = stopSeconds;
    this.id = name;
  }

  String describe() {
    return "container " + name;
  }

  boolean isHeld() {
    return isHeld;
  }

  /** The companion that shows its volumes, if it is held. */
  Optional<String> volumeReader() {
    return isHeld ? Optional.ofNullable(marker).map(HoldMarker::id) : Optional.empty();
  }

  /**
   * Once more, if it is held already: under a marker that is younger than any start before, since
   * what is begun now is not over.
   */
  ContainerHold hold(Container container, Quiet wanted) throws IOException {
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
    isHeld = true;
  }

  /** Freezes it. */
  void freeze() throws IOException {
    try {
      engine.pause(id);
    } catch (EngineException e) {
      throw new ServiceNotHeld(describe(), e.getMessage(), e);
    }
  }

  /**
   * Stops it.
   *
   * @param isPaused whether it is frozen just now: so it cannot take its leave
   */
  void bringDown(boolean isPaused) throws IOException {
    if (found == Found.FROZEN) {
      throw notHeld("somebody has paused it. Thaw it first: docker unpause " + name);
    }
    try {
      if (isPaused) {
        engine.unpause(id);
      }
      stop();
    } catch (EngineException e) {
      throw new ServiceNotHeld(describe(), e.getMessage(), e);
    }
    if (engine.inspect(name).state().isUp()) {
      throw notHeld("it does not stop, or was started again");
    }
  }

  /** An engine that was told to stop something does so, whether anybody waits for it or not. */
  private void stop() throws IOException {
    stopping = true;
    try {
      Interruption.shielded(() -> engine.stop(id, stopSeconds));
      stopping = false;
    } catch (EngineException e) {
      stopping = !e.isOfPermission();
      throw e;
    }
  }

  private ServiceNotHeld notHeld(String why) {
    return new ServiceNotHeld(describe(), why, null);
  }

  /** Also one that went down by itself before it was stopped is to run. */
  void bringUp() throws IOException {
    found = found == Found.DOWN ? Found.RUNNING : found;
    bringBack();
    started = true;
  }

  /** Ends a hold, unless it was ended: it was brought back then, and may be another's by now. */
  void end(Hold hold) throws IOException {
    if (!isHeld) {
      return;
    }
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
      isHeld = false; // who holds it now brings it back
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
    if (isHeld) {
      giveUp();
      isHeld = false;
    }
  }

  /**
   * A marker that this keeps would keep all others from bringing back what this could not. What is
   * being stopped is for the marker to say from now on: who settles it may start it.
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
    isHeld = false;
  }
}
