package io.chromabackup.chroma;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * How a vector index is laid out. Source: {@code persistHeader} in {@code hnswlib/hnswalg.h}; the
 * bounds are those that {@code rust/segment/src/local_hnsw/persistence.rs} checks.
 *
 * @param version version of the layout, 1
 * @param linksOffset where the links start within an element, 0
 * @param capacity how many elements there is room for in memory; says nothing about the files
 * @param count how many elements there are, with those marked as deleted
 * @param elementSize bytes per element
 * @param labelOffset where the label starts within an element
 * @param vectorOffset where the vector starts within an element
 * @param topLevel the highest level of the graph, -1 if it is empty
 * @param entryPoint the element where a search starts, unsigned
 * @param maxLinks how many links an element has at most on each upper level
 * @param maxLinks0 the same on the lowest level
 * @param links how many links are made for a new element
 */
record HnswHeader(
    int version,
    long linksOffset,
    long capacity,
    long count,
    long elementSize,
    long labelOffset,
    long vectorOffset,
    int topLevel,
    long entryPoint,
    long maxLinks,
    long maxLinks0,
    long links) {
  static final int BYTES = 100;

  private static final int VERSION = 1;
  private static final int MOST_LINKS = 1 << 16;
  private static final int LONGEST_VECTOR = 1 << 24;

  static HnswHeader parse(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes, 0, BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return new HnswHeader(
        in.getInt(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getInt(),
        Integer.toUnsignedLong(in.getInt()),
        in.getLong(),
        in.getLong(),
        in.getLong());
  }

  /** The length of the vectors. */
  long dimension() {
    return (labelOffset - vectorOffset) / Float.BYTES;
  }

  /** Bytes of an element's links on the lowest level: their number, then room for the most. */
  long links0Size() {
    return (maxLinks0 + 1) * Integer.BYTES;
  }

  /** The same on one upper level. */
  long linksSize() {
    return (maxLinks + 1) * Integer.BYTES;
  }

  /** Says what cannot be; null if all is plausible, and then no product of these overflows. */
  @Nullable String problem() {
    if (version != VERSION) {
      return "layout version %d is unknown, expected %d".formatted(version, VERSION);
    }
    if (maxLinks < 1 || maxLinks0 < maxLinks || maxLinks0 > MOST_LINKS) {
      return "link limits %d and %d are impossible".formatted(maxLinks, maxLinks0);
    }
    if (links < 1 || links > MOST_LINKS) {
      return "%d links are impossible".formatted(links);
    }
    if (linksOffset != 0 || vectorOffset != links0Size()) {
      return "vectors at offset %d are impossible with %d links".formatted(vectorOffset, maxLinks0);
    }
    long vectorSize = labelOffset - vectorOffset;
    if (vectorSize < Float.BYTES || vectorSize % Float.BYTES != 0 || dimension() > LONGEST_VECTOR) {
      return "vectors of %d bytes are impossible".formatted(vectorSize);
    }
    if (elementSize != labelOffset + Long.BYTES) {
      return "elements of %d bytes are impossible".formatted(elementSize);
    }
    return graphProblem();
  }

  private @Nullable String graphProblem() {
    if (count < 0 || count > capacity || count > Integer.toUnsignedLong(-1)) {
      return "%d vectors with room for %d are impossible".formatted(count, capacity);
    }
    if (count > 0 && (entryPoint >= count || topLevel < 0)) {
      return "entry point %d on level %d is not among the %d vectors"
          .formatted(entryPoint, topLevel, count);
    }
    return null;
  }
}
