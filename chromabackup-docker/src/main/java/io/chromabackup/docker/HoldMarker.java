package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.Quiet;
import io.chromabackup.docker.Companions.Shared;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The companion that says that a container is held, and how it was found. It is there before the
 * container is touched, and goes when the hold ends.
 *
 * @param id the companion's
 * @param found how the container was found
 * @param stopping whether the engine may be at a stop still that was begun under a marker in whose
 *     place this was put
 */
record HoldMarker(String id, Found found, boolean stopping) {
  private static final Logger log = LoggerFactory.getLogger(HoldMarker.class);

  private static final String FOUND = "io.chromabackup.hold.found";
  private static final String QUIET = "io.chromabackup.hold.quiet";
  private static final String ORDER = "io.chromabackup.hold.order";
  private static final String SECONDS = "io.chromabackup.hold.seconds";

  /** What an operator would say to the engine to bring a container back. */
  static final String BRING_BACK = "docker start (or unpause)";

  /** How a container was found. Only one that ran was changed, and has to be brought back. */
  enum Found {
    RUNNING,
    FROZEN,
    DOWN;

    static Found of(Container.State state) {
      if (state.isPaused()) {
        return FROZEN;
      }
      return state.isUp() ? RUNNING : DOWN;
    }

    /**
     * Waits for the end of a stop that the engine may be at still, so that what is brought back
     * does not go down after all. To tell the engine once more is to wait; what does not end fails.
     *
     * @return whether it went down; not where the engine is not permitted to stop it
     */
    boolean endStop(Engine engine, String container, OptionalInt seconds) throws IOException {
      if (this != RUNNING) {
        return false;
      }
      try {
        if (engine.inspect(container).state().isUp()) {
          engine.stop(container, seconds);
        }
        return true;
      } catch (EngineException e) {
        if (e.isOfPermission()) {
          return false;
        }
        throw e;
      }
    }

    /** Does nothing if it runs: whoever lets one run that was found otherwise wants it so. */
    void bringBack(Engine engine, String container) throws IOException {
      Container.State now = engine.inspect(container).state();
      if (this != RUNNING) {
        return;
      }
      if (!now.isUp()) {
        engine.start(container);
        now = engine.inspect(container).state();
      }
      if (now.isPaused()) {
        engine.unpause(container);
      }
    }
  }

  /**
   * Puts it beside a container. It shares the container's volumes, to be read through.
   *
   * @param before in whose place, if this process holds the container already
   * @param now how the container is, or should be; a dead process may have found it running
   * @param stopSeconds how long it may take to stop, if that was said
   * @throws ChromaBackupException.Locked if somebody holds the container
   */
  static HoldMarker put(
      Companions companions,
      Container container,
      @Nullable HoldMarker before,
      Found now,
      Quiet quiet,
      int order,
      OptionalInt stopSeconds)
      throws IOException {
    String own = before == null ? "" : before.id();
    List<Container> left = companions.replaceableBeside(Purpose.HOLD, container, own);
    boolean isToRun = left.stream().anyMatch(marker -> foundIn(marker) == Found.RUNNING);
    Found found = isToRun ? Found.RUNNING : now;
    boolean stopping = mayBeStopping(companions.engine(), left, own, container);
    Map<String, String> labels = new HashMap<>();
    labels.put(FOUND, found.name().toLowerCase(Locale.ROOT));
    labels.put(ORDER, Integer.toString(order));
    labels.put(QUIET, name(stopping ? Quiet.STOP : quiet));
    stopSeconds.ifPresent(seconds -> labels.put(SECONDS, Integer.toString(seconds)));
    Claim claim = new Claim(companions, Purpose.HOLD, container, left);
    return new HoldMarker(claim.make(Shared.READABLE, labels), found, stopping);
  }

  /**
   * Whether a living process holds a container that it will bring back.
   *
   * @param own the id of the marker that does not count; empty for none
   */
  static boolean isToRunForAnother(Companions companions, Container container, String own)
      throws IOException {
    return companions.livingBeside(Purpose.HOLD, container).stream()
        .anyMatch(marker -> !marker.id().equals(own) && foundIn(marker) == Found.RUNNING);
  }

  static Found foundIn(Container marker) {
    return Found.valueOf(marker.labels().getOrDefault(FOUND, "down").toUpperCase(Locale.ROOT));
  }

  /** What its container needs before a marker that nobody will come back to is removed by hand. */
  static String advice(Container marker) {
    String container = marker.labels().getOrDefault(Companions.BESIDE, "");
    return foundIn(marker) == Found.RUNNING
        ? "bring container %s back first, with %s %s, and then "
            .formatted(container, BRING_BACK, container)
        : "";
  }

  /**
   * A stop that was begun before its container was started is over. One that is refused was never
   * begun, whatever earlier versions marked.
   */
  static boolean mayBeStopping(Engine engine, Container marker, Container container)
      throws IOException {
    return container.state().isUp()
        && wasToStop(marker)
        && foundIn(marker) == Found.RUNNING
        && heldId(marker).equals(container.id())
        && !engine.wasStartedSince(container.id(), marker.id())
        && container.obstacleToStop(engine).isEmpty();
  }

  /**
   * The same of several.
   *
   * @param own the id of the caller's, of which he knows more
   */
  private static boolean mayBeStopping(
      Engine engine, List<Container> markers, String own, Container container) throws IOException {
    for (Container marker : markers) {
      if (!marker.id().equals(own) && mayBeStopping(engine, marker, container)) {
        return true;
      }
    }
    return false;
  }

  /**
   * What is to be brought back in place of a container that was held: the one that has its name by
   * now, beside which the former had better not run; or itself, if it was renamed.
   */
  static Container held(Engine engine, String name, String id) throws IOException {
    try {
      Container named = engine.inspect(name);
      if (named.name().equals(name)) { // and it is not the beginning of another's id
        return named;
      }
    } catch (NoSuchContainer e) {
      log.debug("no container has the name {} any more", name);
    }
    return engine.inspect(id);
  }

  static String heldId(Container marker) {
    return marker.labels().getOrDefault(Companions.BESIDE_ID, "");
  }

  private static boolean wasToStop(Container marker) {
    return name(Quiet.STOP).equals(marker.labels().get(QUIET));
  }

  private static String name(Quiet quiet) {
    return quiet.name().toLowerCase(Locale.ROOT);
  }

  static int order(Container marker) {
    return number(marker, ORDER).orElse(0);
  }

  /** A server that is given less time than it was to have may not come to its end. */
  static OptionalInt stopSeconds(Container marker) {
    return number(marker, SECONDS);
  }

  private static OptionalInt number(Container marker, String label) {
    try {
      return OptionalInt.of(Integer.parseInt(marker.labels().getOrDefault(label, "")));
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }
}
