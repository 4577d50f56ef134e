package io.chromabackup.trial;

import static io.chromabackup.trial.StoreTrial.require;
import static io.chromabackup.trial.StoreTrial.requireThrown;

import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackupException.Locked;
import java.io.IOException;

/** How a store is taken. */
final class StoreRulesOfLocks {
  private static final String PURPOSE = "trial of the lock";

  private StoreRulesOfLocks() {}

  static void exclusive(StoreTrial trial) throws IOException {
    try (ArchiveStore.Lock lock = trial.store().lock(PURPOSE)) {
      requireTaken(trial.store(), "a second time");
    }
  }

  static void exclusiveAcrossInstances(StoreTrial trial) throws IOException {
    ArchiveStore another = trial.another();
    try (ArchiveStore.Lock lock = trial.store().lock(PURPOSE)) {
      requireTaken(another, "in another instance");
    }
  }

  /** A lock that was had against the rule is given back. */
  private static Throwable requireTaken(ArchiveStore store, String how) {
    return requireThrown(
        Locked.class, "taking it " + how, () -> store.lock("second " + PURPOSE).close());
  }

  static void saysWhatFor(StoreTrial trial) throws IOException {
    try (ArchiveStore.Lock lock = trial.store().lock(PURPOSE)) {
      Throwable refused = StoreTrial.attempt(() -> trial.store().lock("second").close());
      // that it is refused is another rule's
      require(
          refused == null || String.valueOf(refused.getMessage()).contains(PURPOSE),
          "it says: " + refused);
    }
  }

  static void released(StoreTrial trial) throws IOException {
    trial.store().lock(PURPOSE).close();
    trial.store().lock(PURPOSE).close();
    trial.anotherOrSame().lock(PURPOSE).close();
  }

  static void closedTwice(StoreTrial trial) throws IOException {
    ArchiveStore.Lock first = trial.store().lock(PURPOSE);
    first.close();
    first.close();
    try (ArchiveStore.Lock second = trial.store().lock(PURPOSE)) {
      Throwable before = StoreTrial.attempt(() -> trial.store().lock("third").close());
      first.close();
      Throwable after = StoreTrial.attempt(() -> trial.store().lock("third").close());
      require(
          before == null || after instanceof Locked,
          "the first, closed once more, lets others in beside the second");
    }
  }

  static void readersStay(StoreTrial trial) throws IOException {
    ArchiveName name = trial.stored("for readers");
    ArchiveStore another = trial.anotherOrSame();
    try (ArchiveStore.Lock lock = trial.store().lock(PURPOSE)) {
      require(StoreTrial.isListed(another, name), "it is not listed meanwhile");
      require(StoreTrial.holds(another, name, "for readers"), "it is not read meanwhile");
    }
  }
}
