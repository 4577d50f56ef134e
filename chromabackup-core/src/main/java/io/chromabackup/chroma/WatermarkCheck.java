package io.chromabackup.chroma;

import io.chromabackup.chroma.CollectionRow.Segment;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for watermarks that servers stumble over, though nothing is wrong with the data itself.
 *
 * @param blobs the segments whose watermark is a BLOB
 * @param integersWanted whether servers of this schema read integers alone: since metadb 5, which
 *     is Chroma 1.0 ({@code rust/segment/src/sqlite_metadata.rs})
 */
record WatermarkCheck(Set<String> blobs, boolean integersWanted) {
  private static final int INTEGERS_SINCE = 5;

  /**
   * No queue gets there. Migration 5 of metadb makes such numbers of what was an integer already:
   * it takes each of the digits that are not there for a 1.
   */
  private static final long BEYOND_ANY_QUEUE = 1L << 53;

  static WatermarkCheck of(Set<String> blobs, SchemaFingerprint schema) {
    return new WatermarkCheck(blobs, schema.versions().getOrDefault("metadb", 0) >= INTEGERS_SINCE);
  }

  void check(CollectionRow row, Findings findings) {
    check(row.records(), "records", findings.of(row));
    check(row.vectors(), "vectors", findings.of(row));
  }

  private void check(@Nullable Segment segment, String half, Findings findings) {
    if (segment == null) {
      return;
    }
    if (integersWanted && blobs.contains(segment.id())) {
      findings.addToDatabase(
          ("max_seq_id has the watermark of its %s (segment %s) as a BLOB, as Chroma before 1.0 wrote"
                  + " it: a server of this database's schema fails to read the collection")
              .formatted(half, segment.id()));
    }
    long watermark = CollectionRow.watermark(segment);
    if (watermark > BEYOND_ANY_QUEUE) {
      findings.addToDatabase(
          ("max_seq_id has %d as the watermark of its %s (segment %s), which no queue reaches: a server"
                  + " accepts what is written to the collection, and never takes it in")
              .formatted(watermark, half, segment.id()));
    }
  }
}
