package io.chromabackup;

import io.chromabackup.chroma.ChromaDatabase;
import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.chroma.Inspector;
import io.chromabackup.files.FileTree;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Begins to inspect what is unpacked once its database is there, while the rest is still coming.
 * Not where something may come that changes the database ({@link #isPossible}), nor on other file
 * systems than the default one.
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
   * @param possible what {@link #isPossible} says of that which will come
   */
  InspectionAhead(EntrySink sink, Staging staging, Thoroughness thoroughness, boolean possible) {
    this.sink = sink;
    this.staging = staging;
    this.thoroughness = thoroughness;
    this.possible = possible && FileTree.isNative(staging.directory());
  }

  /**
   * Tells whether there is nothing but the database and segments: of any other name, a file system
   * may make that of the database or of its journal, by its case or by being short.
   */
  static boolean isPossible(Manifest manifest) {
    return manifest.files().stream().allMatch(file -> isHarmless(file.entry()));
  }

  private static boolean isHarmless(Entry entry) {
    String path = entry.path();
    return path.equals(ChromaLayout.DATABASE)
        || ChromaLayout.isSegmentDirectory(path.split("/", 2)[0]);
  }

  @Override
  public void accept(Entry entry, InputStream content) throws IOException {
    sink.accept(entry, content);
    if (possible
        && entry.path().equals(ChromaLayout.DATABASE)
        && ChromaDatabase.isSettled(staging.directory())) {
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
