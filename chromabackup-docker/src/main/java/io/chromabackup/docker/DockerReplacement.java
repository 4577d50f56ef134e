package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.RestoreTarget.Replacement;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * New files that lie ready in a volume, in which no other process restores until this is closed.
 */
final class DockerReplacement implements Replacement {
  private static final Logger log = LoggerFactory.getLogger(DockerReplacement.class);

  private enum State {
    READY,

    /** Another restore is at work there, or unfinished: all that is there is its own. */
    LEFT_TO_ANOTHER,

    SWAPPING,
    SWAPPED,
    ROLLED_BACK,
    COMMITTED
  }

  private final ChromaContainer chroma;
  private final Companions companions;
  private final Container container;
  private final ChromaPlace place;
  private final ChromaVolume volume;
  private final String turn;
  private long files;
  private State state = State.READY;
  private boolean closed;

  /**
   * What is in a volume.
   *
   * @param container the one that has it now; it may be made anew
   * @param place where in it
   * @param volume reached in a way that stays
   * @param turn the companion that keeps others away
   */
  DockerReplacement(
      ChromaContainer chroma,
      Container container,
      ChromaPlace place,
      ChromaVolume volume,
      String turn) {
    this.chroma = chroma;
    this.companions = chroma.companions();
    this.container = container;
    this.place = place;
    this.volume = volume;
    this.turn = turn;
  }

  /** Tells how many files were sent, which are to be there when they are swapped in. */
  void sent(long number) {
    files = number;
  }

  @Override
  public void swap() throws IOException {
    require(State.READY, "swapped");
    chroma.requireUnmoved(container, place);
    requireUnused();
    requireTurn();
    Interruption.check();
    // short, and cancelled better before or after than in its midst
    change(() -> volume.exchange(files), State.SWAPPED);
  }

  /** Half way until it is done; but a refusal has changed nothing. */
  private void change(Interruption.Work work, State then) throws IOException {
    State before = state;
    state = State.SWAPPING;
    try {
      Interruption.shielded(work);
    } catch (ErrandFailed e) {
      if (e.isRefusal()) {
        state = before;
      } else if (e.isLeftToAnother()) {
        state = State.LEFT_TO_ANOTHER;
      }
      throw e;
    }
    state = then;
  }

  /** Files that are replaced under a running server stay invisible to it. */
  private void requireUnused() throws IOException {
    Container own = chroma.inspect();
    if (own.state().isUp()) {
      throw new ChromaBackupException.TargetInUse(chroma.describe(), "container " + own.name());
    }
    String volumeName = chroma.place(own).mount().map(Container.Mount::name).orElse("");
    for (Container other : chroma.engine().containers(Map.of())) {
      if (!other.id().equals(own.id())
          && !other.labels().containsKey(Purpose.LABEL)
          && other.state().isUp()
          && writes(other, volumeName)) {
        throw new ChromaBackupException.TargetInUse(
            chroma.describe(),
            "container %s, which has %s mounted too and runs (if it uses Chroma's files, name it as a dependent)"
                .formatted(other.name(), volumeName));
      }
    }
  }

  private void requireTurn() throws IOException {
    try {
      chroma.engine().inspect(turn);
    } catch (NoSuchContainer e) {
      throw new IOException(
          ("nothing keeps others from restoring into %s any more: somebody, perhaps docker container"
                  + " prune, has removed the container that said so. Nothing was changed. Restore"
                  + " again")
              .formatted(chroma.describe()),
          e);
    }
  }

  private static boolean writes(Container container, String volumeName) {
    return container.mounts().stream()
        .anyMatch(mount -> mount.writable() && mount.name().equals(volumeName));
  }

  @Override
  public void reject() throws IOException {
    if (state == State.SWAPPING || state == State.SWAPPED) {
      Interruption.shielded(volume::reject);
    }
  }

  @Override
  public void rollBack() throws IOException {
    if (state == State.COMMITTED) {
      throw new IllegalStateException("it is committed");
    }
    if (state == State.LEFT_TO_ANOTHER) { // what is live may be half of that
      throw new IOException(
          "the data in %s is not as it was before: another restore into it is at work, or unfinished"
              .formatted(chroma.describe()));
    }
    if (state != State.READY && state != State.ROLLED_BACK) {
      boolean isSwapped = state == State.SWAPPED;
      Interruption.shielded(companions::sweep);
      change(isSwapped ? volume::rollBackSwapped : volume::rollBack, State.ROLLED_BACK);
    }
  }

  @Override
  public void commit() throws IOException {
    require(State.SWAPPED, "committed");
    Interruption.shielded(
        () -> {
          chroma.requireUnmoved(container, place);
          volume.decide();
          state = State.COMMITTED;
          cleanUp();
        });
  }

  private void cleanUp() {
    try {
      volume.finish();
    } catch (IOException | RuntimeException | Error e) { // the new is final, whatever happens
      log.warn(
          "the old data of {} could not be deleted yet, recovery will do it: {}",
          chroma.describe(),
          e.toString());
    }
  }

  private void require(State required, String what) {
    if (state != required) {
      throw new IllegalStateException("cannot be " + what + ": it is " + state);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return; // what is there now may be another's
    }
    closed = true;
    try {
      Interruption.shielded(
          () -> {
            try {
              if (state == State.READY) {
                volume.drop();
              }
            } finally { // or nobody could restore here as long as this process lives
              companions.discard(turn);
            }
          });
    } catch (IOException | RuntimeException e) {
      log.warn(
          "what a restore into {} left could not be removed; the next call will do it: {}",
          chroma.describe(),
          e.toString());
    }
  }
}
