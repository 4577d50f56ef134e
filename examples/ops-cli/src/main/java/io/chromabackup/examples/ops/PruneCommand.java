package io.chromabackup.examples.ops;

import io.chromabackup.ChromaBackup;
import io.chromabackup.RetentionPolicy;
import io.chromabackup.localfs.LocalArchiveStore;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code chromabackup prune}. */
@Command(
    name = "prune",
    description = "Deletes what retention does not keep; never the newest archive that verifies.")
@SuppressWarnings("NullAway.Init")
final class PruneCommand extends Operation {
  @Mixin private RetentionOptions retention;

  @Option(names = "--dry-run", description = "Only say what would be deleted, and why.")
  private boolean dryRun;

  @Override
  Result run() throws IOException {
    RetentionPolicy policy = policy();
    try (LocalArchiveStore archives = store.open()) {
      ChromaBackup backups =
          store.backups(archives).retention(policy).progress(output.progress(terminal())).build();
      return dryRun
          ? PruneResult.planned(archives.describe(), backups.planPrune())
          : PruneResult.done(archives.describe(), backups.prune());
    }
  }

  private RetentionPolicy policy() {
    try {
      return retention.policy();
    } catch (IllegalArgumentException e) {
      throw wrongUsage(String.valueOf(e.getMessage()));
    }
  }
}
