package io.chromabackup.chroma;

import io.chromabackup.chroma.CollectionRow.Segment;
import io.chromabackup.chroma.VectorTables.Ids;
import io.chromabackup.files.Present;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalLong;
import java.util.Set;

/** Holds the records of one collection against its vectors. */
final class CollectionInspector {
  private static final Set<String> INDEX_TYPES =
      Set.of(
          "urn:chroma:segment/vector/hnsw-local-persisted",
          "urn:chroma:segment/vector/hnsw-local-memory");

  private final Path directory;
  private final Connection connection;
  private final VectorTables tables;
  private final Queue queue;
  private final CollectionRow row;
  private final Findings findings;

  CollectionInspector(
      Path directory,
      Connection connection,
      VectorTables tables,
      Queue queue,
      CollectionRow row,
      Findings findings) {
    this.directory = directory;
    this.connection = connection;
    this.tables = tables;
    this.queue = queue;
    this.row = row;
    this.findings = findings.of(row);
  }

  CollectionState inspect() throws IOException, SQLException {
    tables.clear();
    checkQueue();
    loadRecords();
    OptionalLong watermark = loadVectors();
    if (watermark.isPresent()) {
      tables.replayOnVectors(row.number(), watermark.getAsLong());
      compare();
    }
    long pending =
        queue.countAfter(row, watermark.orElseGet(() -> CollectionRow.watermark(row.vectors())));
    return row.state(tables.count("records"), pending);
  }

  private void checkQueue() throws SQLException {
    long unknown = queue.countUnknown(row);
    if (unknown > 0) {
      findings.addToDatabase(
          ("%,d rows of embeddings_queue have an operation that Chroma does not know: a server that"
                  + " gets there serves no collection any more")
              .formatted(unknown));
    }
  }

  private void loadRecords() throws SQLException {
    Segment segment = row.records();
    if (segment == null) {
      findings.addToDatabase("table segments has no METADATA row for it: its records are lost");
      return;
    }
    tables.loadRecords(segment.id());
    tables.replayOnRecords(row.number(), CollectionRow.watermark(segment));
  }

  /** Loads what is on disk; the watermark it has, or empty and a fault if it is of no use. */
  private OptionalLong loadVectors() throws IOException, SQLException {
    Segment segment = row.vectors();
    if (segment == null) {
      findings.addToDatabase("table segments has no VECTOR row for it: its vectors are lost");
      return OptionalLong.empty();
    }
    if (!INDEX_TYPES.contains(segment.type()) || !ChromaLayout.isSegmentDirectory(segment.id())) {
      findings.addToDatabase(
          ("segment %s of type %s is unknown to this version of chromabackup:"
                  + " its vectors were not checked")
              .formatted(segment.id(), segment.type()));
      return OptionalLong.empty();
    }
    Path index = directory.resolve(segment.id());
    return Present.fileBehind(index.resolve(ChromaLayout.IDS))
        ? loadIndex(index, segment)
        : loadNothing(index, segment);
  }

  /**
   * An index that was never saved has no ids yet: all of it is in the queue. What files there are
   * of it, a server overwrites (1.0 and 1.5 were seen to, with whole and with torn ones): it may
   * have died while it saved the index for the first time, or was copied then.
   */
  private OptionalLong loadNothing(Path directory, Segment segment)
      throws IOException, SQLException {
    long watermark = CollectionRow.watermark(segment);
    if (watermark > 0) {
      boolean missing = !Present.directoryBehind(directory);
      findings.add(
          missing ? directory : directory.resolve(ChromaLayout.IDS),
          "is missing, but vectors were saved in it up to row %,d of the queue: they are lost"
              .formatted(watermark));
      return OptionalLong.empty();
    }
    return OptionalLong.of(0);
  }

  private OptionalLong loadIndex(Path directory, Segment segment) throws IOException, SQLException {
    HnswIndex index = new HnswIndex(directory, findings);
    HnswHeader header = index.header();
    boolean vectorsRead = false;
    if (header != null) {
      checkDimension(directory.resolve(ChromaLayout.HEADER), header.dimension());
      vectorsRead = index.check(header, tables::live);
    }
    Path file = directory.resolve(ChromaLayout.IDS);
    try (IdMemo memo = new IdMemo(connection)) {
      IndexIds ids = IndexIds.read(file, tables, memo);
      ids.dimension().ifPresent(dimension -> checkDimension(file, dimension));
      tables.allTaken();
      checkLabels(directory, vectorsRead);
      return segment.watermark().isPresent()
          ? segment.watermark()
          : OptionalLong.of(ids.watermark().orElse(0));
    } catch (PickleDamageException e) {
      findings.add(file, "is no readable pickle: " + e.getMessage());
      return OptionalLong.empty();
    }
  }

  private void checkDimension(Path file, long found) {
    row.dimension()
        .ifPresent(
            expected -> {
              if (found != expected) {
                findings.add(
                    file,
                    ("holds vectors of length %,d, those of the collection have length %,d:"
                            + " it belongs to another collection")
                        .formatted(found, expected));
              }
            });
  }

  /** The two directions of the pickle must agree with each other, and with the vectors. */
  private void checkLabels(Path directory, boolean vectorsRead) throws SQLException {
    if (!tables.isOneToOne()) {
      findings.add(
          directory.resolve(ChromaLayout.IDS), "contradicts itself: ids and labels do not match");
    } else if (vectorsRead && !tables.areAllLive()) {
      checkLive(directory, tables.count("vectors"));
    }
  }

  private void checkLive(Path directory, long ids) throws SQLException {
    Ids dead = tables.deadVectors();
    if (dead.count() > 0) {
      findings.add(
          directory.resolve(ChromaLayout.VECTORS),
          "lacks %,d of the %,d vectors that %s lists, or has them marked as deleted: %s"
              .formatted(dead.count(), ids, ChromaLayout.IDS, dead));
    }
    long strays = tables.count("live") - (ids - dead.count());
    if (strays > 0) {
      findings.add(
          directory.resolve(ChromaLayout.VECTORS),
          "holds %,d vectors that %s does not list".formatted(strays, ChromaLayout.IDS));
    }
  }

  private void compare() throws SQLException {
    long records = tables.count("records");
    Ids missing = tables.missingVectors();
    if (missing.count() > 0) {
      findings.addToDatabase(
          "%,d of %,d records have no vector, neither saved nor queued: %s"
              .formatted(missing.count(), records, missing));
    }
    Ids ghosts = tables.ghosts();
    if (ghosts.count() > 0) {
      findings.addToDatabase("%,d vectors have no record: %s".formatted(ghosts.count(), ghosts));
    }
  }
}
