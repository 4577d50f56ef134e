package io.chromabackup.trial;

import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackupException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Tries archive stores. */
public final class ArchiveStores {
  private ArchiveStores() {}

  /**
   * Tries whether a store keeps its {@linkplain StoreRule rules}, where it really is: on this disk,
   * this network drive, in this bucket. Archives that are there are not touched. A few of the year
   * 1970 are written, some 13 MB at a time, and deleted again; what the store keeps for itself,
   * such as a lock file, may stay. The store is locked meanwhile.
   *
   * <p>Rules about several processes can be tried only with {@link #analyze(StoreAccess)}.
   *
   * @param store the store; it stays open
   * @return what became of each rule
   * @throws ChromaBackupException.Locked if another operation has the store
   * @throws ChromaBackupException.StoreUnusable if nothing can be written there
   * @throws IOException if the store cannot be listed or locked at all, or this thread was
   *     interrupted
   */
  public static StoreReport analyze(ArchiveStore store) throws IOException {
    return analyze(new OneStore(Objects.requireNonNull(store)));
  }

  /**
   * The same for a store that can be opened more than once, as several processes would have it.
   *
   * @param access opens the store
   * @return what became of each rule
   * @throws ChromaBackupException.Locked if another operation has the store
   * @throws ChromaBackupException.StoreUnusable if nothing can be written there
   * @throws IOException if the store cannot be opened, listed or locked at all, or this thread was
   *     interrupted
   */
  public static StoreReport analyze(StoreAccess access) throws IOException {
    try (ArchiveStore store = access.open()) {
      String name = store.describe();
      List<StoreReport.Finding> findings = new ArrayList<>();
      Set<ArchiveName> left = new LinkedHashSet<>();
      try (ArchiveStore.Lock lock = store.lock("analyze")) {
        for (StoreRule rule : StoreRule.values()) {
          if (!rule.isAboutLocks()) {
            findings.add(StoreTrial.of(rule, access, left));
          }
        }
      }
      // these take the lock themselves
      for (StoreRule rule : StoreRule.values()) {
        if (rule.isAboutLocks()) {
          findings.add(StoreTrial.of(rule, access, left));
        }
      }
      return new StoreReport(name, findings, List.copyOf(left));
    }
  }
}
