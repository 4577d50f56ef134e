package io.chromabackup;

import io.chromabackup.chroma.ChromaDatabase;
import io.chromabackup.chroma.CollectionState;
import io.chromabackup.chroma.Fault;
import io.chromabackup.chroma.Inspection;
import io.chromabackup.chroma.Inspector;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What is in a staged copy, and what is wrong with it.
 *
 * @param schema the highest migration per migration directory
 * @param collections what is in it
 * @param faults what is wrong; empty for a sound copy
 */
record StagedInspection(
    Map<String, Integer> schema, List<CollectionSummary> collections, List<Fault> faults) {

  /** Brings the staged database to rest, then inspects the copy. */
  static StagedInspection of(Staging staging, Thoroughness thoroughness) throws IOException {
    settle(staging);
    return ofSettled(staging, thoroughness);
  }

  /** Brings the staged database to rest: no file changes after this. */
  static void settle(Staging staging) throws IOException {
    ChromaDatabase.settle(staging.directory(), staging.scratch());
    staging.refresh();
  }

  /** Inspects a copy whose database is at rest. */
  static StagedInspection ofSettled(Staging staging, Thoroughness thoroughness) throws IOException {
    try (Inspector inspector = begin(staging, thoroughness)) {
      return finish(inspector, staging);
    }
  }

  /** Begins with the database; the rest of the copy may still be on its way. */
  static Inspector begin(Staging staging, Thoroughness thoroughness) throws IOException {
    boolean thorough = thoroughness == Thoroughness.THOROUGH;
    return Inspector.begin(staging.directory(), staging.scratch(), thorough);
  }

  /**
   * Inspects the rest. What deleted collections left is dropped from a sound copy, as no server
   * looks at it again; of a damaged one it may be all that is left.
   */
  static StagedInspection finish(Inspector inspector, Staging staging) throws IOException {
    Inspection inspection = inspector.finish();
    if (inspection.faults().isEmpty()) {
      for (String orphan : inspection.orphanSegments()) {
        staging.drop(orphan);
      }
    }
    return new StagedInspection(
        inspection.schema().versions(),
        inspection.collections().stream().map(StagedInspection::summary).toList(),
        inspection.faults());
  }

  private static CollectionSummary summary(CollectionState state) {
    return new CollectionSummary(
        state.tenant(),
        state.database(),
        state.name(),
        state.id(),
        state.dimension(),
        state.space(),
        state.documents(),
        state.pending());
  }

  boolean isSound() {
    return faults.isEmpty();
  }

  long documents() {
    return collections.stream().mapToLong(CollectionSummary::documents).sum();
  }

  List<String> faultTexts() {
    return faults.stream().map(Fault::toString).toList();
  }

  /** Where it is damaged: two copies of the same damage agree in this, if not in every number. */
  List<String> faultyPlaces() {
    return faults.stream().map(fault -> fault.collection() + " " + fault.file()).sorted().toList();
  }
}
