package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Jimfs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That an inspection has begun is seen by what it needs in the scratch directory. */
class InspectionAheadTest {
  private static final HostileSample SAMPLE = HostileSample.INSTANCE;
  private static final String DATABASE = "chroma.sqlite3";

  @TempDir Path directory;

  private static InspectionAhead ahead(Staging staging) {
    return new InspectionAhead(staging, staging, Thoroughness.FAST, true);
  }

  private static void put(EntrySink sink, String path) throws IOException {
    byte[] bytes = SAMPLE.files.get(path);
    sink.accept(
        Entry.file(path, bytes.length, HostileSample.MADE), new ByteArrayInputStream(bytes));
  }

  private static void putTheRest(EntrySink sink) throws IOException {
    for (String path : SAMPLE.files.keySet()) {
      if (!path.equals(DATABASE)) {
        put(sink, path);
      }
    }
  }

  private static Manifest listing(String further) {
    List<Manifest.File> files = new ArrayList<>(SAMPLE.manifest.files());
    files.add(new Manifest.File(Entry.file(further, 1, HostileSample.MADE), "00"));
    return SAMPLE.claim(SAMPLE.manifest.collections(), List.of(), files);
  }

  @Test
  void theDatabaseIsCheckedWhileTheRestIsStillComing() throws IOException {
    try (Staging staging = Staging.in(directory);
        InspectionAhead ahead = ahead(staging)) {
      assertThat(staging.scratch()).isEmptyDirectory();
      put(ahead, DATABASE);
      assertThat(staging.scratch()).isNotEmptyDirectory();
      putTheRest(ahead);

      StagedInspection inspection = ahead.finish();

      assertThat(inspection.isSound()).isTrue();
      assertThat(inspection.collections()).isEqualTo(SAMPLE.manifest.collections());
    }
  }

  @Test
  void itFindsWhatAnInspectionAfterwardsFinds() throws IOException {
    try (Staging staging = Staging.in(directory);
        InspectionAhead ahead = ahead(staging)) {
      put(ahead, DATABASE); // and no vectors

      StagedInspection inspection = ahead.finish();

      assertThat(inspection.isSound()).isFalse();
      assertThat(inspection).isEqualTo(StagedInspection.ofSettled(staging, Thoroughness.FAST));
    }
  }

  @Test
  void endedBeforeAllOfItCameNothingOfItRemains() throws IOException {
    try (Staging staging = Staging.in(directory)) {
      try (InspectionAhead ahead = ahead(staging)) {
        put(ahead, DATABASE);
      }
      assertThat(staging.scratch()).isEmptyDirectory();
    }
  }

  @Test
  void itIsPossibleForWhatChromaWritesAlone() {
    assertThat(InspectionAhead.isPossible(SAMPLE.manifest)).isTrue();
    for (String further :
        List.of(
            "chroma.sqlite3-journal",
            "chroma.sqlite3-wal",
            "chroma.sqlite3-wal/x",
            "CHROMA.SQLITE3-JOURNAL",
            "CHROMA~1.SQL",
            "chroma.sqlite3/x")) {
      assertThat(InspectionAhead.isPossible(listing(further))).as(further).isFalse();
    }
  }

  @Test
  void whereItIsNotPossibleItWaitsForAll() throws IOException {
    try (Staging staging = Staging.in(directory);
        InspectionAhead ahead = new InspectionAhead(staging, staging, Thoroughness.FAST, false)) {
      put(ahead, DATABASE);
      assertThat(staging.scratch()).isEmptyDirectory();
      putTheRest(ahead);
      assertThat(ahead.finish().isSound()).isTrue();
    }
  }

  /** To bring it to rest beside would take the room for another. */
  @Test
  void aDatabaseThatIsNotAtRestWaitsUntilItIs() throws IOException {
    byte[] database = SAMPLE.files.get(DATABASE).clone();
    database[18] = 2; // it has a write-ahead log
    database[19] = 2;
    try (Staging staging = Staging.in(directory);
        InspectionAhead ahead = ahead(staging)) {
      ahead.accept(
          Entry.file(DATABASE, database.length, HostileSample.MADE),
          new ByteArrayInputStream(database));
      assertThat(staging.scratch()).isEmptyDirectory();
      putTheRest(ahead);
      StagedInspection.settle(staging);
      assertThat(ahead.finish().isSound()).isTrue();
    }
  }

  @Test
  void inMemoryItWaitsForAll() throws IOException {
    try (FileSystem memory = Jimfs.newFileSystem();
        Staging staging = Staging.in(memory.getPath("/work"));
        InspectionAhead ahead = ahead(staging)) {
      put(ahead, DATABASE);
      assertThat(staging.scratch()).isEmptyDirectory();
      putTheRest(ahead);
      assertThat(ahead.finish().isSound()).isTrue();
    }
  }

  @Test
  void whatCannotBeTakenBeginsNothing() throws IOException {
    EntrySink full =
        (entry, content) -> {
          throw new IOException("full");
        };
    try (Staging staging = Staging.in(directory);
        InspectionAhead ahead = new InspectionAhead(full, staging, Thoroughness.FAST, true)) {
      assertThatThrownBy(() -> put(ahead, DATABASE)).hasMessage("full");
      assertThat(staging.scratch()).isEmptyDirectory();
    }
  }
}
