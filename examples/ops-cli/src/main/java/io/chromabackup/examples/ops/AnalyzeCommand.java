package io.chromabackup.examples.ops;

import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.trial.ArchiveStores;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code chromabackup analyze}. */
@Command(
    name = "analyze",
    description = {
      "Tries whether a store keeps what is asked of one, where it really is: on this disk or network drive.",
      "Its archives are not touched; trial archives of the year 1970 are written and deleted again."
    })
final class AnalyzeCommand extends Operation {
  @Parameters(
      paramLabel = "STORE",
      arity = "0..1",
      converter = PathConverter.class,
      description = "The store, as a path or file: URI. Default: that of --store")
  private @Nullable Path directory;

  @Override
  Result run() throws IOException {
    Path place = directory == null ? store.directory() : directory.toAbsolutePath().normalize();
    return new AnalyzeResult(ArchiveStores.analyze(() -> LocalArchiveStore.in(place)));
  }
}
