package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.RestoreTarget;
import io.chromabackup.StagedFiles;
import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.docker.Companions.Shared;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.Space;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data directory of a container, restored into. New files are sent beside the live ones and
 * swapped in by a companion of the same image; the directory itself, which is a mount point mostly,
 * stays.
 */
final class DockerTarget implements RestoreTarget {
  private static final Logger log = LoggerFactory.getLogger(DockerTarget.class);

  private static final String JOURNAL = "/journal";

  private final ChromaContainer chroma;
  private final Companions companions;

  DockerTarget(ChromaContainer chroma) {
    this.chroma = chroma;
    this.companions = chroma.companions();
  }

  @Override
  public String describe() {
    return chroma.describe();
  }

  @Override
  public boolean isEmpty() throws IOException {
    Container container = chroma.inspect();
    ChromaPlace place = chroma.place(container);
    if (place.hasDatabase() || place.mount().isEmpty() || isMissing(container, place)) {
      return !place.hasDatabase();
    }
    return chroma.volume(container, place).list().names().stream()
        .noneMatch(ChromaLayout::belongsToChroma);
  }

  /** Chroma makes its directory when it first runs. */
  private boolean isMissing(Container container, ChromaPlace place) throws IOException {
    return new ContainerFiles(chroma.engine(), container).stat(place.directory()).isEmpty();
  }

  @Override
  public Replacement stage(StagedFiles files) throws IOException {
    Container container = chroma.inspect();
    ChromaPlace place = requireSuitable(container);
    String turn = companions.claim(Purpose.RESTORE, container, Shared.WRITABLE);
    ChromaVolume volume = chroma.volume(container, place).through(turn);
    DockerReplacement replacement = new DockerReplacement(chroma, container, place, volume, turn);
    try {
      replacement.sent(send(files, volume, turn));
      return replacement;
    } catch (IOException | RuntimeException | Error e) {
      Interruption.shieldedAfter(e, replacement::close);
      throw e;
    }
  }

  private ChromaPlace requireSuitable(Container container) throws IOException {
    Optional<String> obstacle = obstacleToStop(container);
    if (obstacle.isPresent()) {
      throw new ChromaBackupException.TargetUnsuitable(
          describe(), "container " + container.name() + " runs, and " + obstacle.get());
    }
    ChromaPlace place = chroma.place(container);
    Container.Mount mount =
        place
            .mount()
            .orElseThrow(
                () ->
                    new ChromaBackupException.TargetUnsuitable(
                        describe(),
                        ("%s is on no volume, so it could not be replaced while the container is"
                                + " stopped, and would die with it. Mount a volume at %s, start the"
                                + " container once, and restore into that")
                            .formatted(place.directory(), place.directory())));
    if (!mount.writable()) {
      throw new ChromaBackupException.TargetUnsuitable(
          describe(), mount.destination() + " is mounted read-only. Mount it writable");
    }
    return place;
  }

  /** Returns how many files there were. */
  private long send(StagedFiles files, ChromaVolume volume, String turn) throws IOException {
    ChromaVolume.Listing present = volume.prepare();
    boolean hasDatabase = present.names().contains(ChromaLayout.DATABASE);
    StagedTar tar =
        new StagedTar(
            files,
            entry ->
                hasDatabase || entry.owner() == null
                    ? Optional.of(present.owner())
                    : Optional.empty());
    if (!tar.foreign().isEmpty()) {
      log.warn("not restored, since it does not belong to Chroma: {}", tar.foreign());
    }
    if (present.available() < tar.bytes()) {
      throw new ChromaBackupException.NoSpace(describe(), tar.bytes(), present.available());
    }
    try (InputStream stream = tar.stream()) {
      chroma.engine().write(turn, volume.incoming(), stream);
    } catch (EngineException e) {
      throw Space.isExhausted(e) ? new ChromaBackupException.NoSpace(describe(), e) : e;
    }
    volume.settle();
    return tar.files();
  }

  /** A restore that is still at work is not broken off: its services are not to be stopped. */
  @Override
  public boolean needsRecovery() throws IOException {
    companions.sweep();
    if (!isUnfinished()) {
      return false;
    }
    requireNobody();
    return true;
  }

  private void requireNobody() throws IOException {
    companions.requireNobodyRestores(chroma.inspect(), describe());
  }

  /**
   * Whether somebody has to settle what is old and what new. Where that was decided, only what is
   * superfluous has to be deleted, and no server minds.
   */
  private boolean isUnfinished() throws IOException {
    return hasLeft(JOURNAL) ? !isDecided() : hasLeft("/old");
  }

  private boolean isDecided() throws IOException {
    Container container = chroma.inspect();
    return new ContainerFiles(chroma.engine(), container)
        .text(work(container) + JOURNAL)
        .map(ChromaVolume::isDecided)
        .orElse(false);
  }

  private boolean hasLeft(String what) throws IOException {
    Container container = chroma.inspect();
    return chroma.engine().stat(container.id(), work(container) + what).isPresent();
  }

  private String work(Container container) throws IOException {
    return chroma.place(container).directory() + "/" + ChromaVolume.WORK;
  }

  @Override
  public Optional<String> recover() throws IOException {
    companions.sweep();
    List<Container> dead = companions.dead(Purpose.RESTORE);
    if (dead.isEmpty() && !hasLeft("")) {
      return Optional.empty();
    }
    requireNobody();
    return settle(
        (container, volume) -> {
          if (isUnfinished()) {
            requireDown(container);
          }
          return volume.recover();
        });
  }

  /**
   * {@inheritDoc}
   *
   * <p>Also if the container is down by now: what was written while it ran is no less worth. What
   * is not adopted is to be undone, for which it must be down.
   *
   * @throws ChromaBackupException.ServiceNotHeld if it runs then, and must not be stopped
   */
  @Override
  public Optional<String> adopt() throws IOException {
    return settle(
        (container, volume) -> {
          Optional<String> done = volume.adopt();
          if (done.isEmpty()) {
            requireStoppable(container);
          }
          return done;
        });
  }

  private void requireStoppable(Container container) throws IOException {
    Optional<String> obstacle = obstacleToStop(container);
    if (obstacle.isPresent() && isUnfinished()) {
      throw new ChromaBackupException.ServiceNotHeld(
          "container " + container.name(),
          "an earlier restore into it did not come to its end, and can be undone only while it is"
              + " down. But "
              + obstacle.get(),
          null);
    }
  }

  /** Empty for what is down. */
  private static Optional<String> obstacleToStop(Container container) {
    return container.state().isUp() ? container.obstacleToStop() : Optional.empty();
  }

  @FunctionalInterface
  private interface Settlement {
    Optional<String> settle(Container container, ChromaVolume volume) throws IOException;
  }

  /** One process at a time. */
  private Optional<String> settle(Settlement settlement) throws IOException {
    Container container = chroma.inspect();
    ChromaPlace place = chroma.place(container);
    if (place.mount().isEmpty()) {
      return Optional.empty();
    }
    String turn = companions.claim(Purpose.RESTORE, container, Shared.READABLE);
    try {
      return settlement.settle(container, chroma.volume(container, place));
    } finally {
      companions.discard(turn);
    }
  }

  private void requireDown(Container container) throws IOException {
    if (container.state().isUp()) {
      throw new ChromaBackupException.TargetInUse(describe(), "container " + container.name());
    }
  }
}
