package io.chromabackup.examples.ops;

import io.chromabackup.BackupSource;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.RestoreOptions;
import io.chromabackup.localfs.LocalArchiveStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code chromabackup restore ARCHIVE SOURCE}. */
@Command(
    name = "restore",
    description = "Restores ARCHIVE to SOURCE. All or nothing: if it fails, the old data is back.")
@SuppressWarnings("NullAway.Init")
final class RestoreCommand extends SourceOperation {
  @Parameters(
      index = "0",
      paramLabel = "ARCHIVE",
      converter = ArchiveAddress.Converter.class,
      description =
          "A name in the store, a file, or 'latest': the newest good one of SOURCE; where nothing is"
              + " replaced, also of the only source that the store has archives of.")
  private ArchiveAddress archive;

  @Parameters(
      index = "1",
      paramLabel = "SOURCE",
      description = "Where it is restored; see 'chromabackup --help'.")
  private String source;

  @Option(names = "--yes", description = "Replace what is there without asking.")
  private boolean yes;

  @Option(names = "--allow-damaged", description = "Restore damaged data, such as was salvaged.")
  private boolean allowDamaged;

  @Option(
      names = "--allow-newer-schema",
      description = "Restore data of a newer Chroma than the one whose data is there.")
  private boolean allowNewerSchema;

  @Option(
      names = "--patience",
      paramLabel = "SPAN",
      converter = SpanConverter.class,
      defaultValue = "5m",
      description = "How long each service may take to come up. Default: ${DEFAULT-VALUE}")
  private Duration patience;

  @Override
  String source() {
    return source;
  }

  @Override
  Result run(ChromaDeployment chroma, LocalArchiveStore archives) throws IOException {
    ChosenArchive chosen =
        new ArchiveChoice(archives, store.directory(), Instant.now())
            .find(archive, Optional.of(chroma));
    return new RestoreResult(
        chosen.store().describe(),
        store
            .backups(chosen.store())
            .progress(output.progress(terminal()))
            .build()
            .restore(chosen.name(), chroma, options(chroma.source())));
  }

  /** Without a terminal nobody can be asked, and nothing that is there is replaced. */
  private RestoreOptions options(BackupSource asked) {
    RestoreOptions options = RestoreOptions.defaults().patience(patience);
    options = allowDamaged ? options.allowDamaged() : options;
    options = allowNewerSchema ? options.allowNewerSchema() : options;
    if (yes) {
      return options.replace();
    }
    return terminal().answers() ? options.confirm(new RestoreQuestion(terminal(), asked)) : options;
  }
}
