package io.chromabackup.chroma;

import io.chromabackup.files.FileTree;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.Present;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Looks into a copy of a Chroma data directory and tells whether a server could serve all of it.
 *
 * <p>A server that answers its heartbeat and counts its documents rightly may have lost their
 * vectors: those are in files of their own, which are not written in one step with the database. So
 * everything is read once: the database is checked by SQLite, the files of each vector index are
 * checked by themselves and against each other, and the ids of the records must be those of the
 * vectors once both have taken in what is queued. That vectors have the right values cannot be
 * told.
 *
 * <p>Damage is never an exception but a {@link Fault}, however hostile the files. Memory use does
 * not grow with the number of records; the ids are compared in a scratch database.
 *
 * <p>Source: what healthy and damaged directories of Chroma 1.0.5 and 1.5 look like, and how their
 * servers take them; {@code rust/segment/src/local_hnsw/persistence.rs} checks much the same.
 */
public final class Inspector implements AutoCloseable {
  private final Path directory;
  private final Path temporary;
  private final Findings findings;
  private final Findings inCollections;
  private final List<CollectionState> collections = new ArrayList<>();
  private final Set<String> orphans = new TreeSet<>();
  private SchemaFingerprint schema = SchemaFingerprint.UNKNOWN;

  /** Null if there is no database to look at. */
  private @Nullable CheckBeside check;

  private Inspector(Path directory, Path temporary) {
    this.directory = directory;
    this.temporary = temporary;
    this.findings = new Findings(directory);
    this.inCollections = new Findings(directory);
  }

  /**
   * Inspects a copy. It is not changed. May be called by several threads, each on its own
   * directories.
   *
   * @param directory a private copy of a data directory that nobody changes meanwhile; never one
   *     that a server has open. On any file system
   * @param scratch an existing directory on the default file system with room for a third of the
   *     copy's database (three quarters if its records are little more than ids), and for all of it
   *     besides if that has sidecars or is on another file system. It is left as it was found
   * @return what was found
   * @throws java.io.InterruptedIOException if the thread is interrupted; its flag is set
   * @throws IOException if reading or writing fails; not if what is read is damaged
   */
  public static Inspection inspect(Path directory, Path scratch) throws IOException {
    return inspect(directory, scratch, true);
  }

  /**
   * Inspects a copy as {@link #inspect(Path, Path)} does, but for the inside of the full-text
   * index, which takes most of the time, and the list of free pages. What such an index has wrong
   * within its rows makes searches incomplete, or writes fail, and is made anew from the documents.
   *
   * @param directory a private copy of a data directory
   * @param scratch an existing directory on the default file system
   * @return what was found
   * @throws java.io.InterruptedIOException if the thread is interrupted; its flag is set
   * @throws IOException if reading or writing fails; not if what is read is damaged
   */
  public static Inspection inspectFast(Path directory, Path scratch) throws IOException {
    return inspect(directory, scratch, false);
  }

  private static Inspection inspect(Path directory, Path scratch, boolean thorough)
      throws IOException {
    try (Inspector inspector = begin(directory, scratch, thorough)) {
      return inspector.finish();
    }
  }

  /**
   * Begins with the database: SQLite checks it in a thread of its own when this returns. Nobody may
   * change it and its sidecars from now on; the other files may come until {@link #finish()} is
   * called.
   *
   * @param directory a private copy of a data directory
   * @param scratch an existing directory on the default file system, with the room that {@link
   *     #inspect(Path, Path)} needs; what is made in it is gone once this is closed
   * @param thorough whether it is done as {@link #inspect(Path, Path)} does, or as {@link
   *     #inspectFast(Path, Path)}
   * @return the inspection; closing it ends it, wherever it is
   * @throws java.io.InterruptedIOException if the thread is interrupted; its flag is set
   * @throws IOException if reading or writing fails; not if what is read is damaged
   */
  public static Inspector begin(Path directory, Path scratch, boolean thorough) throws IOException {
    try {
      Inspector inspector =
          new Inspector(directory, Files.createTempDirectory(scratch, "inspection"));
      try {
        inspector.beginCheck(thorough);
        return inspector;
      } catch (IOException | RuntimeException | Error e) {
        Interruption.shieldedAfter(e, inspector::close);
        throw e;
      }
    } catch (IOException e) {
      throw Interruption.normalise(e);
    }
  }

  private void beginCheck(boolean thorough) throws IOException {
    Path found = directory.resolve(ChromaLayout.DATABASE);
    if (!Present.fileBehind(found)) {
      findings.addToDatabase("is missing: this is not a Chroma data directory");
    } else if (Files.size(found) == 0) {
      findings.addToDatabase("is empty (0 bytes)");
    } else {
      Path settled = ChromaDatabase.settled(directory, temporary);
      if (!ChromaDatabase.isSettled(settled)) {
        findings.addToDatabase("was copied in the middle of a write, and its journal is of no use");
      }
      check = new CheckBeside(settled.resolve(ChromaLayout.DATABASE), temporary, thorough);
    }
  }

  /**
   * Inspects the rest, once all files are there; called once, before this is closed.
   *
   * @return what was found
   * @throws java.io.InterruptedIOException if the thread is interrupted; its flag is set
   * @throws IOException if reading or writing fails; not if what is read is damaged
   */
  public Inspection finish() throws IOException {
    if (check != null) {
      try {
        inspectCollectionsOf(check.database(), temporary.resolve("scratch.sqlite3"));
        await(check);
      } catch (SQLException e) {
        throw Sqlite.failure("inspecting " + directory, e);
      } catch (IOException e) {
        throw Interruption.normalise(e);
      }
    }
    return new Inspection(schema, collections, findings.faults(), List.copyOf(orphans));
  }

  /**
   * Ends the inspection, and removes what it needed.
   *
   * @throws IOException if that cannot be removed
   */
  @Override
  public void close() throws IOException {
    if (check != null) {
      check.close();
    }
    FileTree.delete(temporary);
  }

  private void inspectCollectionsOf(Path settled, Path scratch) throws SQLException, IOException {
    try (Connection connection = Sqlite.createScratch(scratch);
        Cancellation cancellation = Cancellation.of(connection)) {
      Sqlite.attach(connection, settled);
      if (ChromaDatabase.isCutWithinPage(settled)) {
        findings.addToDatabase("was cut short: it ends within a page");
      }
      connection.setAutoCommit(false);
      inspectDatabase(connection);
    } catch (SQLException e) {
      report(inCollections, e);
    }
  }

  /** What is wrong with the database as a whole comes first. */
  private void await(CheckBeside beside) throws SQLException, IOException {
    try {
      for (String problem : beside.problems()) {
        findings.addToDatabase("is damaged, SQLite says: " + problem);
      }
    } catch (SQLException e) {
      report(findings, e);
    }
    findings.addAll(inCollections);
  }

  private void inspectDatabase(Connection connection) throws SQLException, IOException {
    Catalog catalog = new Catalog(connection, "chroma");
    schema = catalog.fingerprint();
    List<String> missing = catalog.missing();
    if (schema.equals(SchemaFingerprint.UNKNOWN)) {
      inCollections.addToDatabase("has no table of migrations: it is not a database of Chroma");
    } else if (!missing.isEmpty()) {
      inCollections.addToDatabase(
          "lacks %s: this version of chromabackup does not know the schema (%s)"
              .formatted(String.join(", ", missing), schema));
    } else {
      listOrphans(catalog.vectorSegments());
      List<CollectionRow> rows = catalog.collections();
      WatermarkCheck watermarks = WatermarkCheck.of(catalog.blobWatermarks(), schema);
      rows.forEach(row -> watermarks.check(row, inCollections));
      inspectCollections(connection, rows);
    }
  }

  private void listOrphans(Set<String> segments) throws IOException {
    for (Path child : FileTree.children(directory)) {
      String name = child.getFileName().toString();
      if (ChromaLayout.isSegmentDirectory(name)
          && !segments.contains(name)
          && Present.directoryBehind(child)) {
        orphans.add(name);
      }
    }
  }

  private void inspectCollections(Connection connection, List<CollectionRow> rows)
      throws SQLException, IOException {
    Queue queue = Queue.read(connection, rows);
    try (VectorTables tables = new VectorTables(connection)) {
      for (CollectionRow row : rows) {
        Interruption.check();
        try {
          collections.add(
              new CollectionInspector(directory, connection, tables, queue, row, inCollections)
                  .inspect());
        } catch (SQLException e) {
          report(inCollections.of(row), e);
        }
      }
    }
  }

  private static void report(Findings findings, SQLException e) throws SQLException {
    if (!Sqlite.isDamage(e)) {
      throw e;
    }
    findings.addToDatabase("is damaged or incomplete, SQLite says: " + e.getMessage());
  }
}
