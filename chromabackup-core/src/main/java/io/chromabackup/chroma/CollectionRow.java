package io.chromabackup.chroma;

import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What the database says of one collection.
 *
 * @param number counts the collections of this database from 0
 * @param vectors the segment that holds its vectors, null if there is no row for it
 * @param records the segment that holds its records, null if there is no row for it
 */
record CollectionRow(
    int number,
    String id,
    String tenant,
    String database,
    String name,
    OptionalInt dimension,
    String space,
    @Nullable Segment vectors,
    @Nullable Segment records) {
  /**
   * One half of a collection.
   *
   * @param watermark the last row of the queue that it has taken in, empty if it never has
   */
  record Segment(String id, String type, OptionalLong watermark) {}

  String qualifiedName() {
    return tenant + "/" + database + "/" + name;
  }

  CollectionState state(long documents, long pending) {
    return new CollectionState(id, tenant, database, name, dimension, space, documents, pending);
  }

  /** From where on the queue matters: what both halves have taken in does not. */
  long queueStart() {
    return Math.min(watermark(vectors), watermark(records));
  }

  static long watermark(@Nullable Segment segment) {
    return segment == null ? 0 : segment.watermark().orElse(0);
  }
}
