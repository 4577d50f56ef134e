package io.chromabackup.examples.ops;

import io.chromabackup.ArchiveFormat;
import io.chromabackup.BackupOptions;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.Quiet;
import io.chromabackup.RetentionPolicy;
import io.chromabackup.Thoroughness;
import io.chromabackup.localfs.LocalArchiveStore;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code chromabackup backup SOURCE}. */
@Command(name = "backup", description = "Backs up SOURCE, then applies retention to its archives.")
@SuppressWarnings("NullAway.Init")
final class BackupCommand extends SourceOperation {
  @Parameters(paramLabel = "SOURCE", description = "What to back up; see 'chromabackup --help'.")
  private String source;

  @ArgGroup private @Nullable Stillness stillness;

  @Option(names = "--allow-empty", description = "Accept that there are no documents any more.")
  private boolean allowEmpty;

  @Option(names = "--salvage", description = "Save damaged data as it is, marked as such.")
  private boolean salvage;

  @Option(
      names = "--zstd",
      description = "Write .tar.zst: faster, and smaller. Whoever reads it needs zstd.")
  private boolean zstd;

  @Option(
      names = "--thorough",
      description = "Inspect all of the copy, the inside of the full-text index too.")
  private boolean thorough;

  @Mixin private RetentionOptions retention;

  /** How still the service is held. */
  private static final class Stillness {
    @Option(
        names = "--quiesce",
        paramLabel = "HOW",
        description =
            "Hold the service exactly so, and not as little as gives a good copy: ${COMPLETION-CANDIDATES}.")
    private @Nullable Quiet quiet;

    @Option(names = "--cold", description = "The same as --quiesce stop.")
    private boolean cold;

    Quiet level() {
      return cold || quiet == null ? Quiet.STOP : quiet;
    }
  }

  @Override
  String source() {
    return source;
  }

  @Override
  Result run(ChromaDeployment chroma, LocalArchiveStore archives) throws IOException {
    ChromaBackup backups = backups(archives).retention(policy()).build();
    return new BackupResult(archives.describe(), backups.backup(chroma, options()));
  }

  private RetentionPolicy policy() {
    try {
      return retention.policy();
    } catch (IllegalArgumentException e) {
      throw wrongUsage(String.valueOf(e.getMessage()));
    }
  }

  private BackupOptions options() {
    BackupOptions options = BackupOptions.defaults();
    options = stillness == null ? options : options.quiet(stillness.level());
    options = allowEmpty ? options.allowEmpty() : options;
    options = zstd ? options.format(ArchiveFormat.TAR_ZST) : options;
    options = thorough ? options.inspection(Thoroughness.THOROUGH) : options;
    return salvage ? options.salvage() : options;
  }
}
