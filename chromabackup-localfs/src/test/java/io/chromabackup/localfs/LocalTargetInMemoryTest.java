package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.chromabackup.ChromaBackupException.NoSpace;
import io.chromabackup.Entry;
import io.chromabackup.RestoreTarget.Replacement;
import io.chromabackup.StagedFiles;
import io.chromabackup.testkit.faults.FaultyFileSystem;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocalTargetInMemoryTest extends LocalTargetSpec {
  private final FileSystem memory = Trees.inMemory();

  @Override
  Path root() throws IOException {
    return Files.createDirectories(memory.getPath("/srv"));
  }

  @AfterEach
  void close() throws IOException {
    memory.close();
  }

  @Test
  void ownersThatCannotBeGivenAreToldOnceAndAreNoFailure() throws IOException {
    Path unpacked = Trees.write(Trees.ARCHIVE, root().resolve("unpacked"));
    StagedFiles files = Trees.staged(Trees.ARCHIVE, unpacked, new Entry.Owner(1234, 2345));
    Path missing = root().resolve("missing");
    try (CapturedLog log = new CapturedLog()) {
      try (Replacement replacement = new LocalTarget(missing).stage(files)) {
        replacement.swap();
        replacement.commit();
      }
      assertThat(log.text().lines())
          .hasSize(1)
          .first()
          .asString()
          .contains("5 restored files", "not to user 1234 of group 2345");
    }
    assertThat(Trees.readAll(missing)).isEqualTo(Trees.ARCHIVE);
  }

  @Test
  void ownersThatCannotBeGivenAreCountedOnceAlsoIfFilesAreCopied() throws IOException {
    Path elsewhere = Trees.write(Trees.ARCHIVE, Trees.inMemory().getPath("/elsewhere"));
    try (CapturedLog log = new CapturedLog()) {
      new LocalTarget(root().resolve("missing"))
          .stage(Trees.staged(Trees.ARCHIVE, elsewhere, new Entry.Owner(1234, 1234)))
          .close();
      assertThat(log.text()).contains(" 5 restored files");
    }
  }

  /** While half of a directory is there it has no database, and so is no Chroma's. */
  @Test
  void theDatabaseLeavesFirstAndArrivesLastWithItsSidecarsNextToIt() throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(memory);
    LocalTarget stepped = new LocalTarget(faults.path(data));
    try (Replacement replacement = stepped.stage(archive())) {
      faults.reset();
      replacement.swap();
      assertThat(movesOf(faults))
          .containsExactly(
              "chroma.sqlite3",
              "chroma.sqlite3-journal",
              Trees.A,
              Trees.BOTH,
              Trees.BOTH,
              Trees.B,
              "chroma.sqlite3");
      faults.reset();
      replacement.rollBack();
      assertThat(movesOf(faults))
          .containsExactly(
              "chroma.sqlite3",
              Trees.B,
              Trees.BOTH,
              Trees.BOTH,
              Trees.A,
              "chroma.sqlite3-journal",
              "chroma.sqlite3");
    }
    requireOld();
  }

  /** What was moved, in that order, but for journals. */
  private static List<String> movesOf(FaultyFileSystem faults) {
    return faults.steps().stream()
        .filter(step -> step.startsWith("move "))
        .map(step -> step.substring(step.lastIndexOf('/') + 1))
        .filter(name -> !name.startsWith("journal"))
        .toList();
  }

  @Test
  void ownersThatWereGivenAreNotTalkedAbout() throws IOException {
    try (CapturedLog log = new CapturedLog()) {
      try (Replacement replacement = target.stage(archive())) {
        replacement.swap();
        replacement.commit();
      }
      assertThat(log.text()).isEmpty();
    }
  }

  @Test
  void aFullDiskWhileCopyingIsToldAsSuchAndNothingIsLeft() throws IOException {
    FileSystem small =
        Jimfs.newFileSystem(
            Configuration.unix().toBuilder()
                .setAttributeViews("basic", "owner", "posix", "unix")
                .setBlockSize(4096)
                .setMaxSize(40 * 4096)
                .build());
    Path directory = Trees.write(Trees.OLD, small.getPath("/chroma"));
    Map<String, String> large =
        Map.of("chroma.sqlite3", "x".repeat(30 * 4096), Trees.B + "/header.bin", "y".repeat(60000));
    StagedFiles files = Trees.staged(large, memory.getPath("/large"));
    assertThatThrownBy(() -> new LocalTarget(directory).stage(files)).isInstanceOf(NoSpace.class);
    assertThat(Trees.readAll(directory)).isEqualTo(Trees.OLD);
  }

  @Test
  void whatAServerMakesInTheMidstOfASwapIsNotWrittenOver() throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(memory);
    Path database = data.resolve("chroma.sqlite3");
    try (Replacement replacement = new LocalTarget(faults.path(data)).stage(archive())) {
      faults.after("move " + database, () -> Files.writeString(database, "of a server"));
      assertThatThrownBy(replacement::swap).isInstanceOf(FileAlreadyExistsException.class);
      assertThat(database).hasContent("of a server");
      replacement.rollBack();
    }
    requireOld();
  }

  @Test
  void aWorkspaceThatIsBegunWhileTheLastOneEndsStays() throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(memory);
    Path missing = root().resolve("missing");
    Path begun = missing.resolve(".chromabackup/staging-2");
    Replacement replacement = new LocalTarget(faults.path(missing)).stage(archive());
    faults.after(
        "delete " + missing.resolve(".chromabackup/made"), () -> Files.createDirectory(begun));
    replacement.close();
    assertThat(begun).exists();
  }

  @Test
  void whatIsDecidedIsFinishedByRecovery() throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(memory);
    try (Replacement replacement = new LocalTarget(faults.path(data)).stage(archive())) {
      replacement.swap();
      LocalTargetCrashTest.failInTheLastStepOfTheDecision(replacement, faults, data);
    }
    assertThat(target.recover())
        .hasValueSatisfying(
            told -> assertThat(told).contains(data.toString(), "was final", "was deleted"));
    requireNew();
  }

  /** It can be read, but not undone any more once something is deleted. */
  @Test
  void aDecisionIsDurableBeforeRecoveryDeletesAnything() throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(memory);
    leaveDecided();
    breakAfter(faults, "force " + work);
    LocalTarget stepped = new LocalTarget(faults.path(data));
    assertThatThrownBy(stepped::recover).hasMessage("broken");
    assertThat(Trees.read(work.resolve("old"))).containsEntry("chroma.sqlite3", "the old database");
    assertThat(stepped.recover()).isPresent();
    requireNew();
  }

  @Test
  void anAdoptionIsDecidedBeforeAnythingIsMoved() throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(memory);
    LocalTarget stepped = new LocalTarget(faults.path(data));
    leaveSwapped();
    workOnIt();
    breakAfter(faults, "force " + work);
    assertThatThrownBy(() -> stepped.adopt()).hasMessage("broken");
    assertThat(work.resolve("old/chroma.sqlite3")).hasContent("the old database");
    assertThat(target.recover())
        .hasValueSatisfying(told -> assertThat(told).contains("final now", "is kept in"));
    assertThat(data.resolve("chroma.sqlite3")).hasContent("worked on");
  }

  /** When the database has gone, nothing else tells that a server had written to it. */
  @Test
  void whatAServerHasWorkedOnIsKeptTogetherThoughTheWayBackIsBrokenOff() throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(memory);
    leaveSwapped();
    workOnIt();
    breakAfter(faults, "move " + data.resolve("chroma.sqlite3"));
    assertThatThrownBy(new LocalTarget(faults.path(data))::recover).hasMessage("broken");
    assertThat(data.resolve("chroma.sqlite3")).doesNotExist();

    requireOldAndWhatWasWorkedOn(target.recover().orElseThrow());
  }

  @Test
  void whatAServerMadeWhileTheWayBackWasBrokenOffIsKeptToo() throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(memory);
    leaveSwapped();
    workOnIt();
    Path database = data.resolve("chroma.sqlite3");
    breakAfter(faults, "move " + database);
    assertThatThrownBy(new LocalTarget(faults.path(data))::recover).hasMessage("broken");
    Files.writeString(database, "of a server");

    requireOldAndWhatWasWorkedOn(target.recover().orElseThrow());
    requireKept("of a server");
  }

  /** A hot journal is removed by whoever opens the database. */
  @Test
  void whatAServerHasRemovedOfTheOldDataThatIsBackIsNotMissed() throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(memory);
    leaveSwapped();
    breakAfter(faults, "move " + work.resolve("old/chroma.sqlite3"));
    assertThatThrownBy(new LocalTarget(faults.path(data))::recover).hasMessage("broken");
    assertThat(data.resolve("chroma.sqlite3")).hasContent("the old database");
    Files.delete(data.resolve("chroma.sqlite3-journal"));
    workOnIt();

    assertThat(target.recover()).isPresent();

    Map<String, String> expected = new TreeMap<>(Trees.OLD);
    expected.remove("chroma.sqlite3-journal");
    expected.put("chroma.sqlite3", "worked on");
    assertThat(Trees.readAll(data)).isEqualTo(expected);
  }

  @Test
  void whereWhatIsKeptWasPutIsToldByTheNextIfTheWayBackEndedBeforeItDid() throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(memory);
    leaveSwapped();
    workOnIt();
    breakAfter(faults, "move " + work.resolve("kept"));
    assertThatThrownBy(new LocalTarget(faults.path(data))::recover).hasMessage("broken");

    requireOldAndWhatWasWorkedOn(target.recover().orElseThrow());
  }

  private void requireKept(String content) throws IOException {
    try (Stream<Path> all = Files.walk(onlyOneLeft())) {
      assertThat(all.filter(Files::isRegularFile))
          .anySatisfy(file -> assertThat(file).hasContent(content));
    }
  }

  /** It would have an empty database made final, and the data from before put aside. */
  @Test
  void whatAServerMadeWhileTheWayBackWasBrokenOffIsNotAdopted() throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(memory);
    leaveSwapped();
    breakAfter(faults, "move " + data.resolve("chroma.sqlite3"));
    assertThatThrownBy(new LocalTarget(faults.path(data))::recover).hasMessage("broken");
    workOnIt();

    assertThat(target.adopt()).isEmpty();
    assertThat(target.recover()).isPresent();
    assertThat(Trees.read(data)).isEqualTo(Trees.OLD);
    requireKept("worked on");
  }

  @Test
  void aDecisionIsTakenBackBeforeAnythingIsMoved() throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(memory);
    try (Replacement replacement = new LocalTarget(faults.path(data)).stage(archive())) {
      replacement.swap();
      LocalTargetCrashTest.failInTheLastStepOfTheDecision(replacement, faults, data);
      breakAfter(faults, "move " + data.resolve("chroma.sqlite3"));
      assertThatThrownBy(replacement::rollBack).hasMessage("broken");
    }
    assertThat(target.recover()).isPresent();
    requireOld();
  }

  private static void breakAfter(FaultyFileSystem faults, String step) {
    faults.after(
        step,
        () -> {
          throw new IOException("broken");
        });
  }

  @Test
  void aFailedCommitIsNotFinalAndCanBeRolledBack() throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(memory);
    Path stepped = faults.path(data);
    try (Replacement replacement = new LocalTarget(stepped).stage(archive())) {
      replacement.swap();
      LocalTargetCrashTest.failInTheLastStepOfTheDecision(replacement, faults, data);
      assertThat(work.resolve("journal")).content().contains("COMMITTED");
      replacement.rollBack();
    }
    requireOld();
  }

  /** It is asked for by a backup at night, say, and by somebody who is awake. */
  @Test
  void whatSomebodyElseAdoptsInTheSameMomentIsAdoptedOnce() throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(memory);
    leaveSwapped();
    workOnIt();
    faults.after(
        "close " + work.resolve("journal"), () -> assertThat(another().adopt()).isPresent());

    assertThat(new LocalTarget(faults.path(data)).adopt()).isEmpty();

    assertThat(data.resolve("chroma.sqlite3")).hasContent("worked on");
    onlyOneLeft();
  }

  @Test
  void anErrorOnceItIsFinalDoesNotUndoIt() throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(memory);
    try (Replacement replacement = new LocalTarget(faults.path(data)).stage(archive())) {
      replacement.swap();
      faults.after(
          "delete *",
          () -> {
            throw new StackOverflowError("the test says so");
          });
      replacement.commit();
    }
    assertThat(target.needsRecovery()).isFalse();
    target.recover();
    requireNew();
  }
}
