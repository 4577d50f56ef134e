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
import org.jspecify.annotations.Nullable;

/** Tries archive stores. */
public final class ArchiveStores {
  private ArchiveStores() {}

  /**
   * Tries whether a store keeps its {@linkplain StoreRule rules}, where it really is: on this disk,
   * this network drive, in this bucket. Archives that are there are not touched. A few of the year
   * 1970 are written, some 13 MB at a time, and deleted again; what the store keeps for itself,
   * such as a lock file, may stay. The store is locked meanwhile.
   *
   * <p>Where the store does not come to an end with a rule within ten minutes, that rule is not
   * kept, the others are not tried any more, and the lock is given back.
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
   * The same for a store that can be opened more than once, as several processes would have it, and
   * with another {@linkplain StoreAccess#patience() limit}.
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
      Analysis analysis = new Analysis(access);
      String name = store.describe();
      try (ArchiveStore.Lock lock = store.lock("analyze")) {
        for (StoreRule rule : StoreRule.values()) {
          if (!rule.isAboutLocks()) {
            analysis.tryOut(rule);
          }
        }
      }
      // these take the lock themselves
      for (StoreRule rule : StoreRule.values()) {
        if (rule.isAboutLocks()) {
          analysis.tryOut(rule);
        }
      }
      return new StoreReport(name, analysis.findings, List.copyOf(analysis.left));
    }
  }

  /** What became of the rules so far. */
  private static final class Analysis {
    private final StoreAccess access;
    private final List<StoreReport.Finding> findings = new ArrayList<>();
    private final Set<ArchiveName> left = new LinkedHashSet<>();

    /** By which the store still waits for something; null if it does not. */
    private @Nullable StoreRule endless;

    private Analysis(StoreAccess access) {
      this.access = access;
    }

    /** A store that did not come to an end once would mostly let every rule wait as long. */
    private void tryOut(StoreRule rule) throws IOException {
      if (endless != null) {
        String why = "%s did not end".formatted(endless.id());
        findings.add(new StoreReport.Finding(rule, StoreReport.Verdict.NOT_APPLICABLE, why));
        return;
      }
      StoreTrial.Outcome outcome = StoreTrial.of(rule, access);
      findings.add(outcome.finding());
      left.addAll(outcome.left());
      endless = outcome.ended() ? null : rule;
    }
  }
}
