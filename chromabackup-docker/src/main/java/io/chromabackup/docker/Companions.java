package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The containers of this package's own that serve one Chroma: made, found again after a death, and
 * removed. What must outlive a killed process is written in their labels, since they are where the
 * next process looks, wherever it runs.
 *
 * @param engine where they are
 * @param chroma the name of Chroma's container, which they are found by
 */
record Companions(Engine engine, String chroma) {
  private static final Logger log = LoggerFactory.getLogger(Companions.class);
  private static final String CHROMA = "io.chromabackup.chroma";
  private static final String CHROMA_ID = "io.chromabackup.chroma.id";
  private static final String NAME = "chromabackup-";

  /**
   * What the name of a companion begins with that its process gave up: that is told to all other
   * processes, and labels cannot be changed.
   */
  private static final String LEFT = NAME + "left-";

  private static final int SHORT_ID = 12;

  /** The labels that name the container that a companion serves: compose makes it anew... */
  static final String BESIDE = "io.chromabackup.beside";

  /** ... and somebody may rename it. */
  static final String BESIDE_ID = "io.chromabackup.beside.id";

  /** Long enough for the slowest swap: renames, and one sync of a loaded disk. */
  private static final Duration ERRAND = Duration.ofMinutes(10);

  /**
   * Makes a companion that one living process alone has beside a container, in place of those that
   * dead ones left.
   *
   * @throws ChromaBackupException.Locked if another living process has it
   */
  String claim(Purpose purpose, Container beside, Shared shared) throws IOException {
    List<Container> left = replaceableBeside(purpose, beside, /* own= */ "");
    return new Claim(this, purpose, beside, left).make(shared, Map.of());
  }

  /**
   * What dead processes left beside a container, and what the caller has there himself.
   *
   * @param own the id of that; empty for none
   */
  List<Container> replaceableBeside(Purpose purpose, Container container, String own)
      throws IOException {
    List<Container> replaceable = new ArrayList<>();
    for (Container companion : all(purpose)) {
      if (isBeside(companion, container) && (companion.id().equals(own) || isDead(companion))) {
        replaceable.add(companion);
      }
    }
    return replaceable;
  }

  /** What processes have beside a container that live, as far as can be told. */
  List<Container> livingBeside(Purpose purpose, Container container) throws IOException {
    List<Container> living = new ArrayList<>();
    for (Container companion : all(purpose)) {
      if (isBeside(companion, container) && !isDead(companion)) {
        living.add(companion);
      }
    }
    return living;
  }

  /** The names that a companion of that purpose may have there, in turn. */
  static String name(Purpose purpose, Container beside, int number) {
    return NAME + purpose.label() + "-" + beside.name() + (number == 1 ? "" : "-" + number);
  }

  /** Makes one of that name, unless there is one. */
  String make(
      String name, Purpose purpose, Container beside, Shared shared, Map<String, String> labels)
      throws IOException {
    return make(
        companion(Optional.of(name), purpose, beside, beside.id(), shared, List.of(), labels));
  }

  /** An interrupt waits: the engine would make it all the same, and nobody would know its id. */
  private String make(Companion companion) throws IOException {
    String token = companion.labels().getOrDefault(OwnerToken.LABEL, "");
    StringBuilder id = new StringBuilder();
    try {
      Interruption.shielded(() -> id.append(engine.create(companion)));
    } catch (IOException | RuntimeException | Error e) {
      OwnerToken.failed(token);
      throw e;
    }
    OwnerToken.made(token, id.toString());
    return id.toString();
  }

  /** Removes a companion of this process. If that fails it is left to whoever comes next. */
  void remove(String id) throws IOException {
    try {
      engine.remove(id);
    } finally {
      OwnerToken.end(id);
    }
  }

  /**
   * Gives up a companion of this process, which stays: to everybody it is now as one that a dead
   * process left.
   */
  void leave(String id) {
    OwnerToken.end(id);
    String name = LEFT + id.substring(0, Math.min(SHORT_ID, id.length()));
    try {
      Interruption.shielded(() -> engine.persist(() -> engine.rename(id, name)));
    } catch (NoSuchContainer e) {
      log.debug("companion {} is gone", id);
    } catch (IOException | RuntimeException e) {
      log.warn(
          "what companion {} stands for can be recovered in this process only, until that ends: {}",
          id,
          e.toString());
    }
  }

  /**
   * Removes a companion that has served. What came of it does not depend on that; if it fails, the
   * companion is left to whoever comes next, in any process.
   */
  void discard(String id) {
    try {
      Interruption.shielded(() -> remove(id));
    } catch (IOException | RuntimeException e) {
      log.warn("companion {} could not be removed; the next call will do it: {}", id, e.toString());
      leave(id);
    }
  }

  /** Which volumes a companion shares. */
  enum Shared {
    READABLE,
    WRITABLE
  }

  private Companion companion(
      Optional<String> name,
      Purpose purpose,
      Container beside,
      String volumesOf,
      Shared shared,
      List<String> command,
      Map<String, String> more)
      throws IOException {
    Map<String, String> labels = new HashMap<>(more);
    labels.put(Purpose.LABEL, purpose.label());
    labels.put(CHROMA, chroma);
    labels.put(CHROMA_ID, beside.name().equals(chroma) ? beside.id() : chromaId());
    labels.put(BESIDE, beside.name());
    labels.put(BESIDE_ID, beside.id());
    labels.putAll(CompanionOwner.labelsHere(engine, OwnerToken.begin()));
    return new Companion(
        name,
        beside.imageId(),
        Optional.of(volumesOf), // and so the image's own volumes are not made anew
        shared == Shared.WRITABLE,
        command,
        labels);
  }

  /** Gives way to whoever has a companion, if he lives. */
  void requireDead(Container companion, Container beside) throws IOException {
    requireDead(companion, "container " + beside.name());
  }

  private void requireDead(Container companion, String what) throws IOException {
    if (!isDead(companion)) {
      throw new ChromaBackupException.Locked(
          what, CompanionOwner.of(companion).toString(), leftBy(companion));
    }
  }

  /** What to do about a companion whose process cannot be asked. */
  static String leftBy(Container companion) {
    return "if it is gone, and was on another machine or in another container, %sremove what it left: docker rm %s"
        .formatted(HoldMarker.advice(companion), companion.name());
  }

  /** Whether a companion serves a container, under that name or another. */
  static boolean isBeside(Container companion, Container container) {
    return container.name().equals(companion.labels().get(BESIDE))
        || container.id().equals(companion.labels().get(BESIDE_ID));
  }

  /** Whether a companion keeps others of its purpose from a container. */
  static boolean isInTheWay(Container companion, Container container) {
    return isBeside(companion, container) || sharesVolume(companion, container);
  }

  /** Two containers may have one volume, and it is the volume that is restored into. */
  private static boolean sharesVolume(Container companion, Container container) {
    return Purpose.RESTORE.label().equals(companion.labels().get(Purpose.LABEL))
        && container.mounts().stream()
            .filter(mount -> mount.writable() && !mount.name().isEmpty())
            .anyMatch(
                mount ->
                    companion.mounts().stream()
                        .anyMatch(other -> other.name().equals(mount.name())));
  }

  private String chromaId() throws IOException {
    try {
      return engine.inspect(chroma).id();
    } catch (NoSuchContainer e) {
      return "";
    }
  }

  /** Whether nobody has a companion any more: its process died, or gave it up. */
  boolean isDead(Container companion) throws IOException {
    return companion.state().isBeingRemoved()
        || companion.name().startsWith(LEFT)
        || CompanionOwner.of(companion).isDead(engine);
  }

  /** The companions of that purpose whose process is dead. */
  List<Container> dead(Purpose purpose) throws IOException {
    List<Container> dead = new ArrayList<>();
    for (Container companion : of(purpose)) {
      if (isDead(companion)) {
        dead.add(companion);
      }
    }
    return dead;
  }

  /**
   * Refuses if a living process restores beside a container, or into a volume of it.
   *
   * @param what it restores into, in words
   * @throws ChromaBackupException.Locked if so
   */
  void requireNobodyRestores(Container container, String what) throws IOException {
    for (Container other : all(Purpose.RESTORE)) {
      if (isInTheWay(other, container)) {
        requireDead(other, what);
      }
    }
  }

  /** Without those that are being removed: they have served. */
  List<Container> all(Purpose purpose) throws IOException {
    return engine.containers(Map.of(Purpose.LABEL, purpose.label())).stream()
        .filter(companion -> !companion.state().isBeingRemoved())
        .toList();
  }

  /** Those that serve this Chroma. */
  List<Container> of(Purpose purpose) throws IOException {
    List<Container> all = all(purpose);
    if (all.isEmpty()) {
      return all;
    }
    String id = chromaId();
    return all.stream()
        .filter(
            companion ->
                chroma.equals(companion.labels().get(CHROMA))
                    || (!id.isEmpty() && id.equals(companion.labels().get(CHROMA_ID))))
        .toList();
  }

  /**
   * Waits for errands that outlived their process, and removes them; and what dead processes left
   * beside containers that are gone, where there is nothing to bring back any more.
   */
  void sweep() throws IOException {
    for (Container companion : engine.containers(Map.of(Purpose.LABEL, ""))) {
      boolean hasServed = companion.state().isBeingRemoved();
      if (hasServed || (isDead(companion) && !companion.state().isUp() && isAlone(companion))) {
        discard(companion.id());
      }
    }
    for (Purpose purpose : List.of(Purpose.COPY, Purpose.RECOVERY)) {
      for (Container companion : dead(purpose)) {
        discard(companion.id());
      }
    }
    sweepErrands();
  }

  private boolean isAlone(Container companion) throws IOException {
    for (String label : List.of(BESIDE_ID, BESIDE)) {
      String container = companion.labels().getOrDefault(label, "");
      if (!container.isEmpty() && exists(container)) {
        return false;
      }
    }
    return true;
  }

  private boolean exists(String container) throws IOException {
    try {
      engine.inspect(container);
      return true;
    } catch (NoSuchContainer e) {
      return false;
    }
  }

  private void sweepErrands() throws IOException {
    for (Container errand : dead(Purpose.ERRAND)) {
      try {
        if (errand.state().isUp()) {
          engine.await(errand.id(), ERRAND);
        }
        discard(errand.id());
      } catch (NoSuchContainer e) {
        log.debug("errand {} is gone", errand.name());
      }
    }
  }

  /**
   * Starts a companion that sees the volumes of a container, and does nothing by itself. The caller
   * removes it; of a dead process it ends some day, if nobody removes it before.
   */
  String standBy(Container beside) throws IOException {
    List<String> command = List.of("sleep", Long.toString(Duration.ofDays(1).toSeconds()));
    String id =
        make(
            companion(
                Optional.empty(),
                Purpose.COPY,
                beside,
                beside.id(),
                Shared.READABLE,
                command,
                Map.of()));
    try {
      engine.start(id);
      return id;
    } catch (IOException | RuntimeException | Error e) {
      Interruption.shieldedAfter(e, () -> remove(id));
      throw e;
    }
  }

  /**
   * Runs a shell script beside a container, with its volumes, and returns what it said.
   *
   * @param volumesOf the container, or a companion of it that has its volumes, and stays when it is
   *     made anew
   * @throws ErrandFailed if it did not end well
   * @throws NoSuchContainer if the one whose volumes it is to have is gone, and nothing was run
   */
  String run(
      Container beside, String volumesOf, Shared shared, String script, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", script, "chromabackup"));
    command.addAll(arguments);
    String id =
        make(
            companion(
                Optional.empty(), Purpose.ERRAND, beside, volumesOf, shared, command, Map.of()));
    try {
      engine.start(id);
      int exitCode = engine.await(id, ERRAND);
      String said = engine.logs(id, 10_000).strip();
      if (exitCode != 0) {
        throw new ErrandFailed(arguments.get(0), beside.name(), exitCode, said);
      }
      return said;
    } catch (NoSuchContainer e) { // of the errand itself
      throw new IOException(
          "'%s' in the volume of container %s may or may not have ended: somebody, perhaps docker container prune, has removed the container that did it"
              .formatted(arguments.get(0), beside.name()),
          e);
    } finally {
      discard(id);
    }
  }
}
