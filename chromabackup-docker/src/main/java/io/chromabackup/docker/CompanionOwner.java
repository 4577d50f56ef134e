package io.chromabackup.docker;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whose a companion is, as its labels say: a process, the container that it runs in, if it does,
 * and a copy of this library in it.
 *
 * @param labels the companion's
 */
record CompanionOwner(Map<String, String> labels) {
  CompanionOwner {
    labels = Map.copyOf(labels);
  }

  static CompanionOwner of(Container companion) {
    return new CompanionOwner(companion.labels());
  }

  /**
   * The labels of a companion that this process is about to make.
   *
   * @param token of {@link OwnerToken#begin}
   */
  static Map<String, String> labelsHere(Engine engine, String token) throws IOException {
    Map<String, String> labels = new HashMap<>(OwnerProcess.self().labels());
    labels.putAll(OwnerContainer.here(engine));
    labels.put(OwnerToken.LABEL, token);
    return labels;
  }

  /** Whether it is certain that nobody has the companion any more. */
  boolean isDead(Engine engine) throws IOException {
    return OwnerToken.isLost(labels)
        || process().map(OwnerProcess::isDead).orElse(false)
        || hasLostItsContainer(engine);
  }

  /** Of a process that cannot be seen from here it may be seen that its container is not there. */
  private boolean hasLostItsContainer(Engine engine) throws IOException {
    Optional<OwnerContainer> container = OwnerContainer.in(labels);
    return isElsewhere() && container.isPresent() && container.get().isLost(engine);
  }

  /** Whether nobody can tell here if its process lives. */
  boolean isElsewhere() {
    return process().map(OwnerProcess::isElsewhere).orElse(true);
  }

  private Optional<OwnerProcess> process() {
    return OwnerProcess.in(labels);
  }

  @Override
  public String toString() {
    return process().map(OwnerProcess::toString).orElse("somebody unknown");
  }
}
