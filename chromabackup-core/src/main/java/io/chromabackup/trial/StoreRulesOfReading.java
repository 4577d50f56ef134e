package io.chromabackup.trial;

import static io.chromabackup.trial.StoreTrial.UNCHECKED;
import static io.chromabackup.trial.StoreTrial.attempt;
import static io.chromabackup.trial.StoreTrial.beginsWith;
import static io.chromabackup.trial.StoreTrial.holds;
import static io.chromabackup.trial.StoreTrial.isListed;
import static io.chromabackup.trial.StoreTrial.require;
import static io.chromabackup.trial.StoreTrial.requireThrown;

import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackupException.ArchiveInUse;
import io.chromabackup.ChromaBackupException.ArchiveNotFound;
import java.io.IOException;
import java.io.InputStream;

/** How archives are read. */
final class StoreRulesOfReading {
  private static final int LENGTH = 300_001;

  private StoreRulesOfReading() {}

  static void missing(StoreTrial trial) throws IOException {
    trial.stored("another");
    ArchiveName missing = trial.name();
    requireThrown(
        ArchiveNotFound.class,
        "opening an archive that is not there",
        () -> trial.store().open(missing).close());
  }

  static void severalReaders(StoreTrial trial) throws IOException {
    ArchiveName name = trial.stored("read by two");
    try (InputStream two = trial.store().open(name)) {
      int first = two.read();
      try (InputStream one = trial.store().open(name)) {
        require(beginsWith(one, "read by two"), "a second reader does not begin at the beginning");
        one.close();
      }
      require(first == 'r' && beginsWith(two, "ead by two"), "a reader is disturbed by another");
    }
  }

  static void readToTheEnd(StoreTrial trial) throws IOException {
    ArchiveName name = trial.name();
    Noise noise = new Noise(LENGTH);
    trial.store().write(name, noise::writeTo, UNCHECKED);
    // as it is read undisturbed: what it should be is another rule's
    byte[] whole = readAll(trial.store(), name);
    ArchiveStore another = trial.another();
    try (InputStream in = trial.store().open(name)) {
      byte[] beginning = in.readNBytes(1000);
      Throwable refused = attempt(() -> another.delete(name));
      require(
          refused == null || refused instanceof ArchiveInUse,
          "deleting it in another instance failed with " + refused);
      int read = beginning.length + in.readAllBytes().length;
      require(read == whole.length, "of " + whole.length + " bytes, " + read + " were read");
    }
  }

  private static byte[] readAll(ArchiveStore store, ArchiveName name) throws IOException {
    try (InputStream in = store.open(name)) {
      return in.readAllBytes();
    }
  }

  static void fresh(StoreTrial trial) throws IOException {
    ArchiveStore another = trial.another();
    ArchiveName name = trial.stored("the first");
    require(isListed(another, name), "an archive that was stored is not listed elsewhere");
    require(holds(another, name, "the first"), "an archive that was stored is not read elsewhere");
    trial.store().delete(name);
    require(!isListed(another, name), "an archive that was deleted is listed elsewhere");
    require(!holdsQuietly(another, name), "an archive that was deleted is read elsewhere");
    trial.store().write(name, StoreTrial.text("the second"), UNCHECKED);
    require(holds(another, name, "the second"), "an older archive of that name is read elsewhere");
  }

  private static boolean holdsQuietly(ArchiveStore store, ArchiveName name) {
    try {
      return holds(store, name, "the first");
    } catch (Exception e) {
      return false;
    }
  }

  static void closing(StoreTrial trial) throws IOException {
    ArchiveName name = trial.stored("kept");
    ArchiveStore another = trial.another();
    another.close();
    another.close();
    require(holds(trial.store(), name, "kept"), "an archive is gone with an instance");
  }
}
