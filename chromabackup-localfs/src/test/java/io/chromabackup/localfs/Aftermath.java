package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ArchiveListing;
import io.chromabackup.ArchiveName;
import io.chromabackup.ChromaBackup;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/** Settles what a killed operation left, as the next command of any kind does, and looks at it. */
final class Aftermath {
  private final KillSite site;
  private final ChromaBackup backups;
  private final Set<ArchiveName> verified = new HashSet<>();

  Aftermath(KillSite site) {
    this.site = site;
    this.backups = site.backups((phase, done, total) -> {});
  }

  void settleBy(String what) throws IOException {
    KilledOperation.perform(backups, site, what);
  }

  /** Fails unless the service runs, nothing is left over, and every archive that is new is good. */
  void requireClean(String killed) throws IOException {
    assertThat(site.runs()).as("the service runs after %s", killed).isTrue();
    assertThat(site.isFrozen()).as("the service is frozen after %s", killed).isFalse();
    // reads the newest archive, and takes the store's lock as whoever writes does
    backups.prune();
    assertThat(site.leftovers()).as("left over by %s", killed).isEmpty();
    for (ArchiveListing listing : backups.list()) {
      if (!verified.contains(listing.name())) {
        verify(listing.name(), killed);
      }
    }
  }

  /** Reads all archives again. */
  void requireEveryArchiveGood() throws IOException {
    for (ArchiveListing listing : backups.list()) {
      verify(listing.name(), "all");
    }
  }

  ArchiveName newestArchive() throws IOException {
    return backups.list().get(0).name();
  }

  private void verify(ArchiveName name, String killed) throws IOException {
    assertThat(backups.verify(name).isSound()).as("%s after %s", name, killed).isTrue();
    verified.add(name);
  }
}
