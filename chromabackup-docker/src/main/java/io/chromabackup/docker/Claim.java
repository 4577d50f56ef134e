package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.docker.Companions.Shared;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A companion that one living process alone is to have beside a container. It is in the engine
 * before others are looked for, so that of two who want it one at least sees the other; and who
 * sees another gives way.
 *
 * @param companions where it is made
 * @param purpose what for
 * @param beside the container
 * @param inPlaceOf what dead processes left there, or what the caller has there himself: that goes
 *     when its word is this one's
 */
record Claim(Companions companions, Purpose purpose, Container beside, List<Container> inPlaceOf) {
  /** So many processes do not die over one container before somebody looks. */
  private static final int MOST = 20;

  Claim {
    inPlaceOf = List.copyOf(inPlaceOf);
  }

  /**
   * Makes it, and returns its id.
   *
   * @throws ChromaBackupException.Locked if another living process has it
   */
  String make(Shared shared, Map<String, String> labels) throws IOException {
    boolean isHeld = isOwn(); // whoever comes now meets that
    String id = create(shared, labels, isHeld);
    try {
      if (!isHeld) {
        requireAlone(id);
      }
    } catch (IOException | RuntimeException | Error e) {
      Interruption.shieldedAfter(e, () -> companions.remove(id));
      throw e;
    }
    inPlaceOf.forEach(left -> companions.discard(left.id()));
    return id;
  }

  /** Whether the caller has one there. */
  private boolean isOwn() throws IOException {
    for (Container companion : inPlaceOf) {
      if (!companions.isDead(companion)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Under the first name that no companion has: what a dead one says must stay until it is done,
   * and a second one's name may be that of another container's first.
   */
  private String create(Shared shared, Map<String, String> labels, boolean isHeld)
      throws IOException {
    for (int number = 1; ; number++) {
      String name = Companions.name(purpose, beside, number);
      try {
        return companions.make(name, purpose, beside, shared, labels);
      } catch (EngineException e) {
        if (!e.isConflict() || number == MOST) {
          throw e;
        }
        try {
          Container other = companions.engine().inspect(name);
          if (!isHeld && Companions.isBeside(other, beside)) {
            requireGone(other);
          }
        } catch (NoSuchContainer gone) {
          number--;
        }
      }
    }
  }

  private void requireAlone(String id) throws IOException {
    for (Container other : companions.all(purpose)) {
      if (!other.id().equals(id) && Companions.isInTheWay(other, beside)) {
        requireGone(other);
      }
    }
    if (purpose == Purpose.HOLD) { // it may be about to start what is to be held
      for (Container recovery : companions.of(Purpose.RECOVERY)) {
        companions.requireDead(recovery, beside);
      }
    }
  }

  private void requireGone(Container other) throws IOException {
    if (inPlaceOf.stream().noneMatch(left -> left.id().equals(other.id()))) {
      companions.requireDead(other, beside);
    }
  }
}
