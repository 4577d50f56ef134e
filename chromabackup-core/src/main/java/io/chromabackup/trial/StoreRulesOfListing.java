package io.chromabackup.trial;

import static io.chromabackup.trial.StoreTrial.UNCHECKED;
import static io.chromabackup.trial.StoreTrial.require;
import static io.chromabackup.trial.StoreTrial.requireThrown;
import static io.chromabackup.trial.StoreTrial.text;

import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** How archives are listed. */
final class StoreRulesOfListing {
  private StoreRulesOfListing() {}

  /** Three, of which two are of one second, stored neither in their order nor in its reverse. */
  private static List<ArchiveName> threeStored(StoreTrial trial) throws IOException {
    ArchiveName first = trial.name();
    ArchiveName second = trial.siblingOf(first);
    ArchiveName third = trial.name();
    for (ArchiveName name : List.of(second, third, first)) {
      trial.store().write(name, text("listed"), UNCHECKED);
    }
    return List.of(first, second, third);
  }

  static void complete(StoreTrial trial) throws IOException {
    List<ArchiveName> stored = threeStored(trial);
    List<ArchiveName> listed = trial.listed(trial.store());
    List<ArchiveName> inOrder = new ArrayList<>(listed);
    inOrder.sort(null);
    require(inOrder.equals(stored), "of " + stored + ", " + listed + " are listed");
  }

  static void oldestFirst(StoreTrial trial) throws IOException {
    threeStored(trial);
    List<ArchiveName> listed = trial.store().list().stream().map(ArchiveInfo::name).toList();
    Set<ArchiveName> sorted = new TreeSet<>(listed);
    List<ArchiveName> once = listed.stream().distinct().toList();
    require(once.equals(List.copyOf(sorted)), "they are listed as " + listed);
  }

  static void nothingForeign(StoreTrial trial) throws IOException {
    ArchiveName name = trial.name();
    int before = trial.store().list().size();
    for (String foreign :
        List.of(
            name + ".part",
            name.toString().toUpperCase(Locale.ROOT),
            "old-" + name,
            "chromadb_backup_19701301_000000.tar.gz",
            "notes.txt")) {
      trial.putForeign(foreign);
      int now = trial.store().list().size();
      require(now == before, "'" + foreign + "' is listed");
    }
  }

  static void error(StoreTrial trial) throws IOException {
    ArchiveStore troubled =
        trial.in(StoreAccess.Trouble.LISTING, "a place whose content cannot be told");
    requireThrown(IOException.class, "listing what cannot be listed", troubled::list);
  }
}
