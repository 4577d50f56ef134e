package io.chromabackup.examples.ops;

import io.chromabackup.ArchiveListing;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackup;
import io.chromabackup.Thoroughness;
import io.chromabackup.localfs.LocalArchiveStore;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code chromabackup verify}. */
@Command(
    name = "verify",
    description = "Reads every byte of an archive, and inspects the data in it as a backup does.")
final class VerifyCommand extends Operation {
  @ArgGroup private @Nullable Which which;

  @Option(
      names = "--thorough",
      description = "Inspect all of the data, the inside of the full-text index too: takes longer.")
  private boolean thorough;

  /** One or all. */
  private static final class Which {
    @Parameters(
        paramLabel = "ARCHIVE",
        arity = "0..1",
        converter = ArchiveAddress.Converter.class,
        description =
            "A name in the store, a file, or 'latest', the newest good one. Default: latest")
    private @Nullable ArchiveAddress archive;

    @Option(names = "--all", description = "All archives of the store.")
    private boolean all;
  }

  @Override
  Result run() throws IOException {
    try (LocalArchiveStore archives = store.open()) {
      return which != null && which.all ? all(archives) : one(archives);
    }
  }

  private Result one(LocalArchiveStore archives) throws IOException {
    ArchiveAddress wanted =
        which == null || which.archive == null ? ArchiveAddress.LATEST : which.archive;
    ChosenArchive chosen =
        new ArchiveChoice(archives, store.directory(), Instant.now())
            .find(wanted, Optional.empty());
    Verdict verdict = Verdict.on(backups(chosen.store()), chosen.name(), thoroughness());
    return new VerifyResult(chosen.store().describe(), List.of(verdict));
  }

  private Result all(LocalArchiveStore archives) throws IOException {
    ChromaBackup backups = backups(archives);
    List<ArchiveListing> listings = backups.list();
    if (listings.isEmpty()) {
      throw Refusal.notFound(
          "ArchiveNotFound", "there is no archive in " + archives.describe() + " to verify");
    }
    return new VerifyResult(archives.describe(), Verdict.onAll(backups, listings, thoroughness()));
  }

  private Thoroughness thoroughness() {
    return thorough ? Thoroughness.THOROUGH : Thoroughness.FAST;
  }

  private ChromaBackup backups(ArchiveStore archives) {
    return store.backups(archives).progress(output.progress(terminal())).build();
  }
}
