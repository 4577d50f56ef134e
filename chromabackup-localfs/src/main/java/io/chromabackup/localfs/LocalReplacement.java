package io.chromabackup.localfs;

import io.chromabackup.RestoreTarget.Replacement;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** New files that lie ready in a data directory, which is locked until this is closed. */
final class LocalReplacement implements Replacement {
  private static final Logger log = LoggerFactory.getLogger(LocalReplacement.class);

  /** What is to be done when it is over. Doing it again does nothing. */
  interface End {
    void with(boolean committed);
  }

  private enum State {
    READY,
    SWAPPING,
    SWAPPED,
    ROLLED_BACK,
    COMMITTED
  }

  private final String target;
  private final Swap swap;
  private final End end;
  private State state = State.READY;

  LocalReplacement(String target, Swap swap, End end) {
    this.target = target;
    this.swap = swap;
    this.end = end;
  }

  @Override
  public void swap() throws IOException {
    require(State.READY, "swapped");
    Interruption.check();
    OpenFiles.refuse(target, swap.live());
    state = State.SWAPPING;
    // short, and cancelled better before or after than in its midst
    uninterrupted(swap::exchange);
    state = State.SWAPPED;
  }

  @Override
  public void reject() throws IOException {
    if (state == State.SWAPPING || state == State.SWAPPED) {
      uninterrupted(swap::reject);
    }
  }

  @Override
  public void rollBack() throws IOException {
    if (state == State.COMMITTED) {
      throw new IllegalStateException("it is committed");
    }
    if (state != State.READY && state != State.ROLLED_BACK) {
      uninterrupted(this::undo);
      state = State.ROLLED_BACK;
    }
  }

  private void undo() throws IOException {
    Optional<SwapJournal> journal = swap.journal();
    requireNotSettled(journal.map(SwapJournal::state));
    if (journal.isPresent()) {
      OpenFiles.refuseWriters(target, swap.involved());
      state = State.SWAPPING; // half way from here on, and the journal goes last
      swap.undo(journal.get());
    }
  }

  /** The engine of a container that has the directory mounted does not see who is at work here. */
  private void requireNotSettled(Optional<SwapJournal.State> journal) throws IOException {
    boolean isGone = journal.isEmpty() && state == State.SWAPPED;
    if (isGone || journal.equals(Optional.of(SwapJournal.State.ADOPTED))) {
      throw new IOException(
          ("somebody else has settled the restore into %s: %s. Nothing was changed. Find out who"
                  + " is at work there, and which data is live; what was replaced may be beside it,"
                  + " in .chromabackup-replaced-*")
              .formatted(target, isGone ? "its journal is gone" : "it is final"));
    }
  }

  @Override
  public void commit() throws IOException {
    require(State.SWAPPED, "committed");
    uninterrupted(
        () -> {
          swap.decide();
          state = State.COMMITTED;
          cleanUp();
        });
  }

  /** It is final, whatever happens to the old data: an error of the virtual machine too. */
  private void cleanUp() {
    try {
      swap.finish();
    } catch (IOException | RuntimeException | Error e) {
      log.warn(
          "the old data of {} could not be deleted yet, recovery will do it: {}",
          target,
          e.toString());
    }
  }

  private static void uninterrupted(Interruption.Work work) throws IOException {
    try {
      Interruption.shielded(work);
    } catch (IOException e) {
      throw Interruption.normalise(e);
    }
  }

  private void require(State required, String what) {
    if (state != required) {
      throw new IllegalStateException("cannot be " + what + ": it is " + state);
    }
  }

  @Override
  public void close() {
    end.with(state == State.COMMITTED);
  }
}
