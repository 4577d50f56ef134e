package io.chromabackup.examples.ops;

import io.chromabackup.ArchiveListing;
import io.chromabackup.ChromaBackup;
import io.chromabackup.Thoroughness;
import io.chromabackup.localfs.LocalArchiveStore;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code chromabackup list}. */
@Command(
    name = "list",
    description = "Lists the archives, newest first, and what room they will need.")
final class ListCommand extends Operation {
  @Option(
      names = "--verify",
      description = "Read all of each archive, and not only what its beginning says.")
  private boolean verify;

  @Option(
      names = "--keep-days",
      paramLabel = "N",
      defaultValue = "30",
      description = "For how many days room is reckoned. Default: ${DEFAULT-VALUE}")
  private int keepDays;

  @Override
  Result run() throws IOException {
    if (keepDays < 1) {
      throw wrongUsage("--keep-days must be at least 1");
    }
    try (LocalArchiveStore archives = store.open()) {
      ChromaBackup backups = store.backups(archives).progress(output.progress(terminal())).build();
      List<ArchiveListing> listings = backups.list();
      Map<String, Verdict> verdicts =
          (verify ? Verdict.onAll(backups, listings, Thoroughness.FAST) : List.<Verdict>of())
              .stream().collect(Collectors.toMap(v -> v.archive().toString(), Function.identity()));
      Instant now = Instant.now();
      return new ListResult(
          archives.describe(),
          listings,
          verdicts,
          Forecast.of(listings, keepDays, now),
          archives.usableSpace(),
          now);
    }
  }
}
