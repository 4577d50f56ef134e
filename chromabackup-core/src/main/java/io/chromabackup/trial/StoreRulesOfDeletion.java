package io.chromabackup.trial;

import static io.chromabackup.trial.StoreTrial.UNCHECKED;
import static io.chromabackup.trial.StoreTrial.holds;
import static io.chromabackup.trial.StoreTrial.require;
import static io.chromabackup.trial.StoreTrial.requireThrown;
import static io.chromabackup.trial.StoreTrial.text;

import io.chromabackup.ArchiveName;
import io.chromabackup.ChromaBackupException.ArchiveInUse;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** How archives are deleted. */
final class StoreRulesOfDeletion {
  private StoreRulesOfDeletion() {}

  static void deleted(StoreTrial trial) throws IOException {
    ArchiveName name = trial.stored("to go");
    require(trial.store().delete(name), "it said false");
    trial.requireAbsent(name, "to go", "after it was deleted");
  }

  static void missing(StoreTrial trial) throws IOException {
    trial.stored("another");
    require(!trial.store().delete(trial.name()), "it said true");
  }

  static void nothingElse(StoreTrial trial) throws IOException {
    ArchiveName before = trial.stored("to stay");
    ArchiveName name = trial.stored("to go");
    ArchiveName sibling = trial.siblingOf(name);
    trial.store().write(sibling, text("to stay"), UNCHECKED);
    ArchiveName after = trial.stored("to stay");
    trial.store().delete(name);
    for (ArchiveName other : List.of(before, sibling, after)) {
      require(holds(trial.store(), other, "to stay"), other + " went with " + name);
    }
  }

  static void notWhileRead(StoreTrial trial) throws IOException {
    ArchiveName name = trial.stored("being read");
    InputStream first = trial.store().open(name);
    try (InputStream last = trial.store().open(name)) {
      requireRefused(trial, name);
      first.close();
      first.close();
      requireRefused(trial, name);
      require(holds(trial.store(), name, "being read"), "it is gone although it was refused");
    } finally {
      first.close();
    }
    require(trial.store().delete(name), "it cannot be deleted after its last reader has closed");
  }

  private static void requireRefused(StoreTrial trial, ArchiveName name) {
    requireThrown(
        ArchiveInUse.class,
        "deleting an archive that is being read",
        () -> trial.store().delete(name));
  }
}
