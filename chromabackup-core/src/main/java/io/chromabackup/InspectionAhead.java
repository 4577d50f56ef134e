package io.chromabackup;

import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.chroma.Inspector;
import io.chromabackup.files.FileTree;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Begins to inspect what is unpacked once its database is there, while the rest is still coming.
 * Not where files lie in memory, whose tests count the steps; nor where something may still come
 * that changes the database, or nobody says what will come.
 */
final class InspectionAhead implements EntrySink, AutoCloseable {
  private final EntrySink sink;
  private final Staging staging;
  private final Thoroughness thoroughness;
  private final boolean possible;
  private @Nullable Inspector begun;

  /**
   * Nothing is begun yet.
   *
   * @param sink passes on into {@code staging}
   * @param manifest lists what will come
   */
  InspectionAhead(
      EntrySink sink, Staging staging, Optional<Manifest> manifest, Thoroughness thoroughness) {
    this.sink = sink;
    this.staging = staging;
    this.thoroughness = thoroughness;
    this.possible =
        FileTree.isNative(staging.directory())
            && manifest.filter(InspectionAhead::hasNoSidecars).isPresent();
  }

  private static boolean hasNoSidecars(Manifest manifest) {
    return manifest.files().stream()
        .noneMatch(file -> ChromaLayout.SIDECARS.contains(file.entry().path()));
  }

  @Override
  public void accept(Entry entry, InputStream content) throws IOException {
    sink.accept(entry, content);
    if (possible && entry.path().equals(ChromaLayout.DATABASE)) {
      begun = StagedInspection.begin(staging, thoroughness);
    }
  }

  /** Inspects the rest, once all of it is there and the database is at rest. */
  StagedInspection finish() throws IOException {
    return begun == null
        ? StagedInspection.ofSettled(staging, thoroughness)
        : StagedInspection.finish(begun, staging);
  }

  @Override
  public void close() throws IOException {
    if (begun != null) {
      begun.close();
    }
  }
}
