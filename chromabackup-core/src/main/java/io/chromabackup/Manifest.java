package io.chromabackup;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an archive says about itself: the first file in it, {@code chromabackup.json}.
 *
 * @param library the version of the library that made it
 * @param createdAt when the archive was made, to the second; the same as in its name
 * @param source what was backed up, as {@link BackupSource#describe()} named it
 * @param quiet how the source was kept still
 * @param held how long the service was held for it
 * @param schema the highest migration per migration directory of Chroma's database
 * @param collections what is in it
 * @param files every file and directory, in the order in which they are archived
 * @param allocated how many bytes of the files are not in long runs of zeros, which take no room
 *     when they are restored; at most {@link #bytes()}
 * @param inspection how thoroughly the data was inspected when it was archived
 * @param faults what was wrong with the data when it was saved on request; empty for a sound one
 */
public record Manifest(
    String library,
    Instant createdAt,
    String source,
    Quiet quiet,
    Duration held,
    Map<String, Integer> schema,
    List<CollectionSummary> collections,
    List<File> files,
    long allocated,
    Thoroughness inspection,
    List<String> faults) {

  /**
   * A file or directory of the archive.
   *
   * @param entry what it is
   * @param sha256 the SHA-256 of its content in lower-case hex; null for a directory
   */
  public record File(Entry entry, @Nullable String sha256) {}

  /** With files of which none has long runs of zeros. */
  Manifest(
      String library,
      Instant createdAt,
      String source,
      Quiet quiet,
      Duration held,
      Map<String, Integer> schema,
      List<CollectionSummary> collections,
      List<File> files,
      Thoroughness inspection,
      List<String> faults) {
    this(
        library,
        createdAt,
        source,
        quiet,
        held,
        schema,
        collections,
        files,
        size(files),
        inspection,
        faults);
  }

  /**
   * Copies the collections.
   *
   * @param library the version of the library that made it
   * @param createdAt when the archive was made, to the second; the same as in its name
   * @param source names the source
   * @param quiet how the source was kept still
   * @param held how long the service was held for it
   * @param schema the highest migration per migration directory of Chroma's database
   * @param collections what is in it
   * @param files every file and directory, in the order in which they are archived
   * @param allocated how many bytes of the files are not in long runs of zeros
   * @param inspection how thoroughly the data was inspected when it was archived
   * @param faults what was wrong with the data when it was saved on request; empty for a sound one
   */
  public Manifest {
    schema = Map.copyOf(schema);
    collections = List.copyOf(collections);
    files = List.copyOf(files);
    faults = List.copyOf(faults);
  }

  /**
   * Tells whether the data passed inspection when it was archived.
   *
   * @return true if it did
   */
  public boolean isSound() {
    return faults.isEmpty();
  }

  /**
   * How many documents are in it, in all collections.
   *
   * @return the sum
   */
  public long documents() {
    return collections.stream().mapToLong(CollectionSummary::documents).sum();
  }

  /**
   * How many bytes its files have, uncompressed, long runs of zeros included.
   *
   * @return the sum
   */
  public long bytes() {
    return size(files);
  }

  private static long size(List<File> files) {
    return files.stream().mapToLong(file -> file.entry().size()).sum();
  }
}
