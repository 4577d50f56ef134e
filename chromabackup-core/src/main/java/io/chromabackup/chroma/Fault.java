package io.chromabackup.chroma;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a Chroma data directory.
 *
 * @param collection {@code tenant/database/name} of the collection it concerns, or null if it
 *     concerns the whole directory
 * @param file the file it was seen in, relative to the data directory, {@code /}-separated
 * @param problem what is wrong, in words an operator understands
 */
public record Fault(@Nullable String collection, String file, String problem) {
  @Override
  public String toString() {
    return Printable.of(
        (collection == null ? "" : "collection " + collection + ": ") + file + ": " + problem);
  }
}
