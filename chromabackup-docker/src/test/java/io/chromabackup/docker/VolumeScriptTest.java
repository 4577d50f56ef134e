package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackup;
import io.chromabackup.docker.VolumeScript.Death;
import io.chromabackup.docker.VolumeScript.Outcome;
import io.chromabackup.files.FileTree;
import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.localfs.LocalChroma;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The swap in a volume, killed at each of its steps. */
class VolumeScriptTest {
  private static final String OLD_SEGMENT = "11111111-2222-3333-4444-555555555555";
  private static final String KEPT_SEGMENT = "99999999-2222-3333-4444-555555555555";
  private static final String NEW_SEGMENT = "aaaaaaaa-2222-3333-4444-555555555555";
  private static final String MADE_SEGMENT = "bbbbbbbb-2222-3333-4444-555555555555";
  private static final String WORKED_ON = "new database, written on by a server";

  @TempDir Path directory;
  private Path data;
  private VolumeScript script;

  @BeforeEach
  void makeADataDirectory() throws IOException {
    data = directory.resolve("data");
    script = new VolumeScript(data, directory);
    reset();
  }

  private void reset() throws IOException {
    if (Files.exists(data)) {
      try (Stream<Path> all = Files.walk(data)) {
        for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(path);
        }
      }
    }
    Files.createDirectories(data);
    fill(data, "old", OLD_SEGMENT);
    Files.writeString(data.resolve("chroma.sqlite3-journal"), "old journal");
    Files.writeString(data.resolve("notes.txt"), "somebody else's");
  }

  private static void fill(Path to, String what, String segment) throws IOException {
    Files.writeString(to.resolve("chroma.sqlite3"), what + " database");
    for (String name : new String[] {segment, KEPT_SEGMENT}) {
      Files.createDirectory(to.resolve(name));
      Files.writeString(to.resolve(name).resolve("header.bin"), what + " header");
    }
  }

  private void prepare() throws IOException, InterruptedException {
    assertThat(script.run("prepare").exitCode()).isZero();
    fill(data.resolve(".chromabackup/new"), "new", NEW_SEGMENT);
  }

  private Map<String, String> live() throws IOException {
    return files(data);
  }

  private static Map<String, String> files(Path root) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.toList()) {
        if (Files.isRegularFile(path)) {
          files.put(root.relativize(path).toString(), Files.readString(path));
        }
      }
    }
    return files;
  }

  private static Map<String, String> oldData() {
    return Map.of(
        "chroma.sqlite3",
        "old database",
        "chroma.sqlite3-journal",
        "old journal",
        OLD_SEGMENT + "/header.bin",
        "old header",
        KEPT_SEGMENT + "/header.bin",
        "old header",
        "notes.txt",
        "somebody else's");
  }

  private static Map<String, String> newData() {
    return Map.of(
        "chroma.sqlite3",
        "new database",
        NEW_SEGMENT + "/header.bin",
        "new header",
        KEPT_SEGMENT + "/header.bin",
        "new header",
        "notes.txt",
        "somebody else's");
  }

  private void assertLive(Map<String, String> expected) throws IOException {
    assertThat(live()).isEqualTo(new TreeMap<>(expected));
    assertThat(data.resolve(".chromabackup")).doesNotExist();
  }

  @Test
  void aWholeRestoreEndsAtTheNewDataAndLeavesNothing() throws Exception {
    prepare();
    assertThat(script.run("settle").exitCode()).isZero();
    assertThat(script.run("exchange").exitCode()).isZero();
    assertThat(script.run("decide").exitCode()).isZero();
    assertThat(script.run("finish").exitCode()).isZero();
    assertLive(newData());
  }

  @Test
  void onlyADecisionSaysThatTheNewIsToStay() throws Exception {
    Path journal = data.resolve(".chromabackup/journal");
    prepare();
    script.run("exchange");
    assertThat(ChromaVolume.isDecided(Files.readString(journal))).isFalse();

    script.run("decide");

    String decided = Files.readString(journal);
    String adopted = decided.replace("COMMITTED", "ADOPTED");
    assertThat(ChromaVolume.isDecided(adopted)).isTrue();
    assertThat(ChromaVolume.isDecided(decided)).isTrue();
    assertThat(ChromaVolume.isDecided(decided.substring(0, decided.length() - 1))).isFalse();
    assertThat(ChromaVolume.isDecided("")).isFalse();
  }

  @Test
  void whatWasSwappedIsPutBack() throws Exception {
    prepare();
    script.run("exchange");
    assertThat(script.run("roll_back").exitCode()).isZero();
    assertLive(oldData());
  }

  /** As a restore of the host's directory does, which does not see the companions in the engine. */
  @Test
  void whatAnotherHasSettledIsNotSaidToBePutBack() throws Exception {
    prepare();
    script.run("exchange");
    workOnIt();
    assertThat(script.run("adopt").said()).contains("final now");

    Outcome back = script.run("roll_back_swapped");

    assertThat(back.exitCode()).isEqualTo(4);
    assertThat(back.said()).contains("somebody else", ".chromabackup-replaced-");
    assertThat(data.resolve("chroma.sqlite3")).hasContent(WORKED_ON);
    assertThat(script.run("decide").exitCode()).isEqualTo(4);
  }

  @Test
  void whatAnotherIsAboutToSettleIsNotPutBack() throws Exception {
    Path journal = data.resolve(".chromabackup/journal");
    prepare();
    script.run("exchange");
    String adopted = Files.readString(journal).replace("SWAPPED", "ADOPTED");
    Files.writeString(journal, adopted);

    assertThat(script.run("reject").exitCode()).isZero();
    assertThat(script.run("roll_back_swapped").exitCode()).isEqualTo(4);

    assertThat(journal).hasContent(adopted);
    assertThat(data.resolve("chroma.sqlite3")).hasContent("new database");
  }

  @Test
  void whatWasSwappedIsPutBackAlsoIfThatWasBrokenOff() throws Exception {
    for (int step = 1; ; step++) {
      reset();
      prepare();
      script.run("exchange");

      Outcome first = script.run("roll_back_swapped", step, Death.AFTER);
      assertThat(script.run("roll_back").exitCode()).as("step %d", step).isZero();

      assertLive(oldData());
      if (!first.wasKilled()) {
        assertThat(step).as("steps of a roll-back").isGreaterThan(5);
        return;
      }
    }
  }

  @Test
  void whatIsUnfinishedIsNotRestoredOver() throws Exception {
    prepare();
    script.run("exchange");
    Outcome second = script.run("prepare");
    assertThat(second.exitCode()).isEqualTo(3);
    assertThat(second.said()).contains("unfinished", "Recover");
  }

  @Test
  void whatWasSentAndIsNotAllThereAnyMoreIsNotSwappedIn() throws Exception {
    for (String gone : List.of("", "chroma.sqlite3", NEW_SEGMENT + "/header.bin")) {
      reset();
      prepare();
      FileTree.delete(data.resolve(".chromabackup/new").resolve(gone));

      Outcome swap = script.run("exchange");

      assertThat(swap.exitCode()).as("without '%s'", gone).isEqualTo(4);
      assertThat(swap.said()).contains("3 files were sent", "Nothing was changed");
      assertThat(script.run("drop").exitCode()).isZero();
      assertLive(oldData());
    }
  }

  @Test
  void whatAnotherHasSwappedInMeanwhileIsNeitherSwappedNorUndone() throws Exception {
    prepare();
    script.run("exchange");
    fill(data.resolve(".chromabackup/new"), "newer", NEW_SEGMENT);

    assertThat(script.run("exchange").exitCode()).as("not only refused").isEqualTo(5);
    assertThat(script.run("drop").exitCode()).isZero();

    assertThat(script.run("decide").exitCode()).isZero();
    assertThat(script.run("finish").exitCode()).isZero();
    assertLive(newData());
  }

  @Test
  void aListingSaysWhoseItIsWhatFitsAndWhatIsThere() throws Exception {
    ChromaVolume.Listing listing = ChromaVolume.parse(script.run("list").said());
    assertThat(listing.owner().uid())
        .isEqualTo(((Number) Files.getAttribute(data, "unix:uid")).longValue());
    assertThat(listing.available()).isPositive();
    assertThat(listing.names())
        .containsExactlyInAnyOrder(
            "chroma.sqlite3", "chroma.sqlite3-journal", OLD_SEGMENT, "notes.txt");
  }

  @Test
  void aListingOfADirectoryWithVeryMuchElseIsShortAndEndsWithTheFacts() throws Exception {
    for (int i = 0; i < 250; i++) {
      Files.createFile(data.resolve("an-export-" + i));
    }

    String said = script.run("list").said();

    ChromaVolume.Listing listing = ChromaVolume.parse(said);
    assertThat(listing.names()).hasSize(103).contains("chroma.sqlite3", OLD_SEGMENT);
    assertThat(listing.more()).as("250 and the notes, without 100").isEqualTo(151);
    assertThat(said.lines().skip(said.lines().count() - 3))
        .extracting(line -> line.split(" ", -1)[0])
        .containsExactly("owner", "available", "bytes");
  }

  @Test
  void aListingThatLacksAFactIsNone() {
    assertThatThrownBy(() -> ChromaVolume.parse("owner 0 0\navailable 7\nname x"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("could not be listed");
  }

  @Test
  void whatWasRejectedIsNotAdoptedThoughAServerWorksOnIt() throws Exception {
    prepare();
    assertThat(script.run("reject").exitCode()).isZero();
    script.run("exchange");
    assertThat(script.run("reject").exitCode()).isZero();
    workOnIt();

    assertThat(script.run("adopt").said()).isEmpty();

    requireOldAndWhatWasWorkedOn(script.run("recover").said());
  }

  @ParameterizedTest
  @EnumSource
  void aSwapThatIsKilledAtAnyStepIsUndone(Death death) throws Exception {
    int step = 1;
    for (; ; step++) {
      reset();
      prepare();
      Outcome swap = script.run("exchange", step, death);
      Outcome recovery = script.run("recover");
      assertThat(recovery.exitCode()).as("step %d: %s", step, recovery).isZero();
      assertLive(oldData());
      if (!swap.wasKilled()) {
        break;
      }
    }
    assertThat(step).as("steps of a swap").isGreaterThan(15);
  }

  @ParameterizedTest
  @EnumSource
  void aDecisionThatIsKilledAtAnyStepEndsAtOldOrNew(Death death) throws Exception {
    int ends = 0;
    for (int step = 1; ; step++) {
      reset();
      prepare();
      script.run("exchange");
      Outcome decision = script.run("decide", step, death);
      assertThat(script.run("recover").exitCode()).isZero();
      if (live().equals(new TreeMap<>(newData()))) {
        ends++;
      } else {
        assertLive(oldData());
      }
      if (!decision.wasKilled()) {
        break;
      }
    }
    assertThat(ends).as("decisions that held").isPositive();
  }

  @Test
  void aRecoveryThatIsKilledAtAnyStepIsFinishedByTheNext() throws Exception {
    for (int step = 1; ; step++) {
      int deaths = 0;
      for (int second = 1; ; second++) {
        reset();
        prepare();
        Outcome swap = script.run("exchange", step, Death.AFTER);
        Outcome first = script.run("recover", second, Death.AFTER);
        assertThat(script.run("recover").exitCode()).isZero();
        assertLive(oldData());
        if (!first.wasKilled()) {
          if (!swap.wasKilled()) {
            assertThat(deaths).as("steps of a recovery").isGreaterThan(5);
            return;
          }
          break;
        }
        deaths++;
      }
    }
  }

  @Test
  void whatAServerHasWrittenOnTheNewDataIsNotUndone() throws Exception {
    prepare();
    script.run("exchange");
    assertThat(script.run("adopt").said()).as("nobody has written yet").isEmpty();
    workOnIt();

    Outcome adoption = script.run("adopt");

    assertThat(adoption.exitCode()).isZero();
    assertThat(data.resolve("chroma.sqlite3")).hasContent(WORKED_ON);
    Path kept = requireOnlyWhatWasReplacedIsLeft();
    assertThat(adoption.said()).contains("final now", "is kept in " + kept);
    assertThat(script.run("recover").said()).isEmpty();
    assertThat(requireOnlyWhatWasReplacedIsLeft()).isEqualTo(kept);
  }

  @Test
  void anAdoptionThatIsBrokenOffAtAnyStepIsEndedByTheNextRecovery() throws Exception {
    for (int step = 1; ; step++) {
      prepare();
      script.run("exchange");
      workOnIt();

      Outcome first = script.run("adopt", step, Death.AFTER);
      Outcome end = script.run("adopt");
      if (end.said().isEmpty()) {
        end = script.run("recover");
      }

      assertThat(end.exitCode()).as("step %d", step).isZero();
      assertThat(first.said() + end.said()).as("step %d", step).contains("is kept in");
      assertThat(data.resolve("chroma.sqlite3")).hasContent(WORKED_ON);
      FileTree.delete(requireOnlyWhatWasReplacedIsLeft());
      if (!first.wasKilled()) {
        return;
      }
    }
  }

  private Path requireOnlyWhatWasReplacedIsLeft() throws Exception {
    List<Path> left =
        FileTree.children(data).stream()
            .filter(path -> path.getFileName().toString().startsWith(".chromabackup"))
            .toList();
    assertThat(left).hasSize(1);
    assertThat(left.get(0).getFileName().toString()).startsWith(".chromabackup-replaced-");
    assertThat(left.get(0).resolve("chroma.sqlite3")).exists();
    return left.get(0);
  }

  /** It may not have come to the database yet. */
  @Test
  void whatAServerHasWrittenToTheLogOfTheDatabaseIsNotUndone() throws Exception {
    prepare();
    script.run("exchange");
    work(data.resolve("chroma.sqlite3-wal"), "in the log");

    assertThat(script.run("adopt").said()).contains("final now");

    assertThat(data.resolve("chroma.sqlite3-wal")).hasContent("in the log");
    assertThat(data.resolve("chroma.sqlite3")).hasContent("new database");
    requireOnlyWhatWasReplacedIsLeft();
  }

  /** By whoever asks for a recovery without an adoption. */
  @Test
  void aRecoveryKeepsWhatAServerHasWorkedOn() throws Exception {
    prepare();
    script.run("exchange");
    workOnIt();

    requireOldAndWhatWasWorkedOn(script.run("recover").said());
  }

  @Test
  void aRecoveryKeepsNothingThatNoServerHasWorkedOn() throws Exception {
    prepare();
    script.run("exchange");

    assertThat(script.run("recover").said()).endsWith("the data from before is back");

    assertLive(oldData());
  }

  /** What its server wrote between its start and the failure, seconds later. */
  @Test
  void aRestoreThatGoesBackItselfKeepsNothing() throws Exception {
    prepare();
    script.run("exchange");
    script.run("reject");
    workOnIt();

    assertThat(script.run("roll_back_swapped").exitCode()).isZero();

    assertLive(oldData());
  }

  @ParameterizedTest
  @EnumSource
  void aRecoveryThatKeepsSomethingAndIsKilledAtAnyStepIsFinishedByTheNext(Death death)
      throws Exception {
    for (int step = 1; ; step++) {
      reset();
      prepare();
      script.run("exchange");
      workOnIt();

      Outcome first = script.run("recover", step, death);
      Outcome end = script.run("recover");

      assertThat(end.exitCode()).as("step %d: %s", step, end).isZero();
      requireOldAndWhatWasWorkedOn(first.said() + end.said());
      if (!first.wasKilled()) {
        assertThat(step).as("steps of a recovery").isGreaterThan(15);
        return;
      }
    }
  }

  /** The container is started again where the recovery was killed, as by its restart policy. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatAServerWritesBetweenTwoRecoveriesIsNotLost(boolean workedOnBefore) throws Exception {
    for (int step = 1; ; step++) {
      reset();
      prepare();
      script.run("exchange");
      if (workedOnBefore) {
        workOnIt();
      }

      Outcome first = script.run("recover", step, Death.AFTER);
      workOnWhatIsThere();
      List<String> written = writtenByServers();
      Outcome end = script.run("adopt");
      if (end.said().isEmpty()) {
        end = script.run("recover");
      }

      assertThat(end.exitCode()).as("step %d: %s", step, end).isZero();
      assertThat(writtenByServers()).as("step %d: %s", step, end).isEqualTo(written);
      assertThat(Files.readString(data.resolve("chroma.sqlite3")))
          .as("step %d: %s", step, end)
          .matches("(old|new) database.*");
      assertThat(data.resolve(".chromabackup")).doesNotExist();
      if (!first.wasKilled()) {
        return;
      }
    }
  }

  /** A server that finds no database makes one; one that has used a journal deletes it. */
  private void workOnWhatIsThere() throws IOException {
    Path database = data.resolve("chroma.sqlite3");
    String was = "made anew";
    if (Files.exists(database)) {
      was = Files.readString(database);
      Files.deleteIfExists(data.resolve("chroma.sqlite3-journal"));
    }
    work(database, was + ", written on by another server");
    Path segment = Files.createDirectory(data.resolve(MADE_SEGMENT));
    Files.writeString(segment.resolve("header.bin"), "made by another server");
  }

  private List<String> writtenByServers() throws IOException {
    return live().values().stream().filter(text -> text.contains("server")).sorted().toList();
  }

  /** Killed between the journal and the first move, and the container was started again. */
  @Test
  void whatAServerHasMadeOfTheOldDataStaysWithIt() throws Exception {
    prepare();
    Files.writeString(
        data.resolve(".chromabackup/journal"),
        """
        chromabackup restore journal 1
        state SWAPPING
        old chroma.sqlite3
        old chroma.sqlite3-journal
        old %s
        old %s
        new chroma.sqlite3
        new %s
        new %s
        end
        """
            .formatted(OLD_SEGMENT, KEPT_SEGMENT, NEW_SEGMENT, KEPT_SEGMENT));
    workOnWhatIsThere();
    work(data.resolve("chroma.sqlite3-wal"), "in the log");
    Map<String, String> expected = new TreeMap<>(oldData());
    expected.put("chroma.sqlite3", "old database, written on by another server");
    expected.put("chroma.sqlite3-wal", "in the log");
    expected.remove("chroma.sqlite3-journal");
    expected.put(MADE_SEGMENT + "/header.bin", "made by another server");

    assertThat(script.run("recover").said()).endsWith("the data from before is back");

    assertLive(expected);
  }

  /** Killed when only the journal was left to be removed, and the container was started again. */
  @Test
  void whatAServerHasDeletedOfTheOldDataIsNotMissed() throws Exception {
    for (int step = 1; ; step++) {
      reset();
      prepare();
      script.run("exchange");
      Outcome first = script.run("recover", step, Death.AFTER);
      if ("old database".equals(live().get("chroma.sqlite3"))
          && Files.exists(data.resolve(".chromabackup/journal"))) {
        workOnWhatIsThere();
        FileTree.delete(data.resolve(OLD_SEGMENT));

        Outcome end = script.run("recover");

        assertThat(end.exitCode()).as("step %d: %s", step, end).isZero();
        assertThat(data.resolve("chroma.sqlite3"))
            .hasContent("old database, written on by another server");
        assertThat(data.resolve(".chromabackup")).doesNotExist();
        return;
      }
      assertThat(first.wasKilled()).as("steps of a recovery").isTrue();
      assertThat(script.run("recover").exitCode()).isZero();
    }
  }

  @Test
  void whatIsNeitherLiveNorSetAsideIsMissedBeforeAnythingIsChanged() throws Exception {
    prepare();
    script.run("exchange");
    Files.delete(data.resolve(".chromabackup/old/chroma.sqlite3-journal"));

    Outcome recovery = script.run("recover");

    assertThat(recovery.exitCode()).isEqualTo(3);
    assertThat(recovery.said()).contains("chroma.sqlite3-journal", "Nothing was changed");
    assertThat(data.resolve("chroma.sqlite3")).hasContent("new database");
  }

  /** Of a machine whose clock is ahead. */
  @Test
  void whatWasDatedAheadWhenItCameIsNotTakenForWhatAServerWrote() throws Exception {
    prepare();
    for (String name : List.of("chroma.sqlite3", "chroma.sqlite3-wal")) {
      Path ahead = data.resolve(".chromabackup/new").resolve(name);
      Files.writeString(ahead, "new database");
      Files.setLastModifiedTime(ahead, FileTime.from(Instant.now().plusSeconds(3600)));
    }
    assertThat(script.run("settle").exitCode()).isZero();
    Files.delete(data.resolve(".chromabackup/new").resolve(KEPT_SEGMENT).resolve("header.bin"));
    assertThat(script.run("exchange").exitCode()).isZero();

    assertThat(script.run("adopt").said()).isEmpty();
    assertThat(script.run("recover").said()).endsWith("the data from before is back");

    assertLive(oldData());
  }

  @ParameterizedTest
  @ValueSource(strings = {"roll_back_swapped", "recover"})
  void theWayBackNeedsNoRoom(String action) throws Exception {
    Path journal = data.resolve(".chromabackup/journal");
    Path draft = data.resolve(".chromabackup/journal.tmp");
    prepare();
    script.run("exchange");
    workOnIt();
    String swapped = Files.readString(journal);
    Object ready = Files.getAttribute(draft, "unix:ino");
    assertThat(Files.size(draft)).isEqualTo(swapped.length() + 16);
    script.fillTheDisk();

    assertThat(script.run("reject").exitCode()).isZero();
    assertThat(journal).hasContent(swapped.replace("SWAPPED", "SWAPPING"));
    assertThat(Files.getAttribute(journal, "unix:ino")).isEqualTo(ready);

    Outcome back = script.run(action);

    assertThat(back.exitCode()).as(back.said()).isZero();
    assertThat(data.resolve("chroma.sqlite3")).hasContent("old database");
    assertThat(data.resolve(".chromabackup")).doesNotExist();
  }

  @Test
  void aLongerDraftThatAnotherLeftIsWrittenOver() throws Exception {
    Path draft = data.resolve(".chromabackup/journal.tmp");
    prepare();
    script.run("exchange");
    Files.writeString(draft, "x".repeat(1000));

    assertThat(script.run("decide").exitCode()).isZero();

    assertThat(ChromaVolume.isDecided(Files.readString(data.resolve(".chromabackup/journal"))))
        .isTrue();
    try (ArchiveStore store = LocalArchiveStore.in(directory.resolve("store"))) {
      assertThat(ChromaBackup.using(store).recover(LocalChroma.at(data))).isPresent();
    }
    assertLive(newData());
  }

  private void workOnIt() throws IOException {
    work(data.resolve("chroma.sqlite3"), WORKED_ON);
  }

  private void work(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Path journal = data.resolve(".chromabackup/journal");
    if (Files.exists(journal)) {
      Instant then = Files.getLastModifiedTime(journal).toInstant();
      Files.setLastModifiedTime(file, FileTime.from(then.plusSeconds(1)));
    }
  }

  private void requireOldAndWhatWasWorkedOn(String told) throws Exception {
    Path kept = requireOnlyWhatWasReplacedIsLeft();
    assertThat(told)
        .contains(
            "the data from before is back. A server has worked on what was restored, so that is"
                + " kept in "
                + kept
                + ": delete it when");
    assertThat(script.run("recover").said()).isEmpty();
    Map<String, String> keptFiles = new TreeMap<>(newData());
    keptFiles.put("chroma.sqlite3", WORKED_ON);
    keptFiles.remove("notes.txt");
    assertThat(files(kept)).isEqualTo(keptFiles);
    FileTree.delete(kept);
    assertLive(oldData());
  }

  @Test
  void aHalfSwapIsNotAdopted() throws Exception {
    prepare();
    script.run("exchange", 13, Death.AFTER);
    assertThat(script.run("adopt").said()).isEmpty();
    assertThat(script.run("recover").said()).contains("the data from before is back");
    assertLive(oldData());
  }

  @Test
  void whatTheScriptLeavesALocalRecoverySettles() throws Exception {
    prepare();
    script.run("exchange", 9, Death.AFTER);
    try (ArchiveStore store = LocalArchiveStore.in(directory.resolve("store"))) {
      assertThat(ChromaBackup.using(store).recover(LocalChroma.at(data))).isPresent();
    }
    assertLive(oldData());
  }

  @Test
  void dataOfAFinishedRecoveryIsNotThrownAwayWithoutItsJournal() throws Exception {
    prepare();
    script.run("exchange");
    Files.delete(data.resolve(".chromabackup/journal"));
    Outcome recovery = script.run("recover");
    assertThat(recovery.exitCode()).isEqualTo(3);
    assertThat(recovery.said()).contains("journal is gone", "Nothing was changed");
    assertThat(data.resolve(".chromabackup/old/chroma.sqlite3")).hasContent("old database");
  }
}
