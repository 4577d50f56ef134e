package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.ChromaBackupException.ServiceNotResumed;
import io.chromabackup.docker.Companions.Shared;
import io.chromabackup.docker.HoldMarker.Found;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings back what dead processes held of one Chroma, by the markers that they left.
 *
 * @param companions those of that Chroma
 */
record HoldRecovery(Companions companions) {
  private static final Logger log = LoggerFactory.getLogger(HoldRecovery.class);

  /** Whoever holds something has that alone, or gives way, within a few calls of an engine. */
  private static final Duration DECISION = Duration.ofSeconds(5);

  private static final long LOOK_AGAIN = 200;

  /**
   * Brings it back: Chroma first, then what depends on it, also if one of that does not come back.
   *
   * @throws ServiceNotResumed for the first that does not; others are suppressed in it
   * @throws ChromaBackupException.Locked if a living process holds what a dead one held, and the
   *     word of that stays
   */
  Optional<String> run() throws IOException {
    tellOfStrangers();
    if (companions.dead(Purpose.HOLD).isEmpty()) {
      return Optional.empty();
    }
    Container chroma = companions.engine().inspect(companions.chroma());
    String turn = companions.claim(Purpose.RECOVERY, chroma, Shared.READABLE);
    try {
      return inTurn();
    } finally {
      companions.discard(turn);
    }
  }

  private Optional<String> inTurn() throws IOException {
    List<String> done = new ArrayList<>();
    try {
      settleAll(done);
    } catch (IOException | RuntimeException | Error e) {
      done.forEach(text -> log.warn("{}", text)); // nobody is told otherwise
      throw e;
    }
    return done.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", done));
  }

  private void settleAll(List<String> done) throws IOException {
    List<Container> markers = new ArrayList<>(companions.dead(Purpose.HOLD));
    markers.sort(Comparator.comparingInt(HoldMarker::order));
    ChromaBackupException failure = null;
    for (Container marker : markers) {
      try {
        settle(marker).ifPresent(done::add);
      } catch (ServiceNotResumed | ChromaBackupException.Locked e) {
        if (HoldMarker.order(marker) == DockerService.FIRST) {
          throw e; // without Chroma, what depends on it had better wait
        }
        failure = worse(failure, e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** The first of those that may be down; else the first that somebody has. */
  private static ChromaBackupException worse(
      @Nullable ChromaBackupException before, ChromaBackupException e) {
    if (before == null) {
      return e;
    }
    boolean isWorse = e instanceof ServiceNotResumed && !(before instanceof ServiceNotResumed);
    ChromaBackupException worse = isWorse ? e : before;
    worse.addSuppressed(isWorse ? before : e);
    return worse;
  }

  /** Returns what was done; empty if somebody has taken the container over meanwhile. */
  private Optional<String> settle(Container marker) throws IOException {
    String held = marker.labels().getOrDefault(Companions.BESIDE, "");
    Optional<String> done;
    try {
      Container container = HoldMarker.held(companions.engine(), held, HoldMarker.heldId(marker));
      held = container.name();
      done = bringBack(marker, container);
    } catch (NoSuchContainer e) {
      done =
          Optional.of(
              "container "
                  + held
                  + " was held by an operation that did not end, and is gone since");
    } catch (IOException e) {
      if (Interruption.isOf(e) || e instanceof ChromaBackupException.Locked) {
        throw e;
      }
      throw new ServiceNotResumed(
          "container " + held,
          "%s. If it runs as it should, remove what says otherwise: docker rm %s"
              .formatted(e.getMessage(), marker.name()),
          e);
    }
    if (done.isPresent()) {
      companions.discard(marker.id());
    }
    return done;
  }

  private Optional<String> bringBack(Container marker, Container container) throws IOException {
    Engine engine = companions.engine();
    Found found = HoldMarker.foundIn(marker);
    Container.State before = container.state();
    if (!isLeft(marker, container)) {
      return Optional.empty();
    }
    boolean wasStopping = false;
    if (HoldMarker.mayBeStopping(engine, marker, container)) {
      wasStopping = found.endStop(engine, container.name(), HoldMarker.stopSeconds(marker));
      if (!isLeft(marker, container)) {
        return Optional.empty();
      }
    }
    found.bringBack(engine, container.name());
    Container.State after = engine.inspect(container.name()).state();
    return Optional.of(inWords(container.name(), before, after, wasStopping));
  }

  /** Tells of what is held by processes of which nobody can know here whether they live. */
  private void tellOfStrangers() throws IOException {
    for (Container marker : companions.of(Purpose.HOLD)) {
      CompanionOwner owner = CompanionOwner.of(marker);
      if (!companions.isDead(marker) && owner.isElsewhere()) {
        log.warn(
            "container {} is held by {}, of which nobody can tell here whether it lives; {}",
            marker.labels().get(Companions.BESIDE),
            owner,
            Companions.leftBy(marker));
      }
    }
  }

  /**
   * Whether a hold that a dead process left is still there, and nobody living has one beside it.
   * Those who come later see that this recovers. One who came before is waited for: he takes the
   * place of the dead one, or gives way.
   *
   * @throws ChromaBackupException.Locked if he does neither, and it is not settled
   */
  private boolean isLeft(Container hold, Container beside) throws IOException {
    Patience patience = Patience.of(DECISION);
    while (companions.all(Purpose.HOLD).stream().anyMatch(other -> other.id().equals(hold.id()))) {
      List<Container> living = companions.livingBeside(Purpose.HOLD, beside);
      if (living.isEmpty()) {
        return true;
      }
      if (patience.isOver()) {
        companions.requireDead(living.get(0), beside);
      }
      Interruption.sleep(LOOK_AGAIN);
    }
    return false;
  }

  private static String inWords(
      String held, Container.State before, Container.State after, boolean wasStopping) {
    if (before.status() != after.status()) {
      return "container %s was left %s by an operation that did not end, and is %s again"
          .formatted(held, word(before), word(after));
    }
    return wasStopping
        ? "container %s was being stopped by an operation that did not end, and was started again"
            .formatted(held)
        : "container %s was held by an operation that did not end, and is as it was found"
            .formatted(held);
  }

  private static String word(Container.State state) {
    return state.status().name().toLowerCase(Locale.ROOT);
  }
}
