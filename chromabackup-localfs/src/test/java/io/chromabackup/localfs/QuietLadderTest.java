package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.BackupOptions;
import io.chromabackup.BackupReport;
import io.chromabackup.BackupSource;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.DataContents;
import io.chromabackup.EntrySink;
import io.chromabackup.Quiet;
import io.chromabackup.SourceProbe;
import io.chromabackup.testkit.Fixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How far a backup climbs for a good copy, with sources that give what a test says. */
class QuietLadderTest {
  @TempDir Path directory;
  private Path good;
  private Path damaged;
  private Path otherwiseDamaged;
  private final RecordingService service = new RecordingService("chroma");
  private ChromaBackup backups;

  @BeforeEach
  void makeCopies() throws IOException {
    good = Fixture.copyTo(directory.resolve("good"));
    damaged = Fixture.copyTo(directory.resolve("damaged"));
    Files.delete(Fixture.persistedSegment(damaged).resolve("header.bin"));
    otherwiseDamaged = Fixture.copyTo(directory.resolve("otherwise"));
    Files.delete(Fixture.persistedSegment(otherwiseDamaged).resolve("length.bin"));
    backups = ChromaBackup.using(LocalArchiveStore.in(directory.resolve("backups")));
  }

  @Test
  void aGoodFirstCopyHoldsNothing() throws IOException {
    ScriptedSource source = new ScriptedSource(good);

    BackupReport report = backups.backup(held(source));

    assertThat(source.asked).containsExactly(Quiet.OPTIMISTIC);
    assertThat(service.log).isEmpty();
    assertThat(report.held()).isZero();
  }

  @Test
  void aDisturbedCopyIsTakenAgainBeforeAnythingIsHeld() throws IOException {
    ScriptedSource source = new ScriptedSource(null, null, good);

    BackupReport report = backups.backup(held(source));

    assertThat(report.attempts()).isEqualTo(3);
    assertThat(report.manifest().quiet()).isEqualTo(Quiet.OPTIMISTIC);
    assertThat(service.log).isEmpty();
  }

  @Test
  void moreAndMoreIsHeldUntilACopyIsUndisturbed() throws IOException {
    ScriptedSource source =
        new ScriptedSource(null, null, null, null, null, null, null, null, good);

    BackupReport report = backups.backup(held(source));

    assertThat(source.asked)
        .containsExactly(
            Quiet.OPTIMISTIC,
            Quiet.OPTIMISTIC,
            Quiet.OPTIMISTIC,
            Quiet.OPTIMISTIC,
            Quiet.OPTIMISTIC,
            Quiet.BARRIER,
            Quiet.BARRIER,
            Quiet.BARRIER,
            Quiet.PAUSE);
    assertThat(report.manifest().quiet()).isEqualTo(Quiet.PAUSE);
    assertThat(service.log).containsExactly("pause", "thaw");
  }

  @Test
  void theSameDamageThreeTimesIsRefusedAndTheServiceIsNotStoppedForIt() {
    ScriptedSource source = new ScriptedSource(damaged);

    assertThatThrownBy(() -> backups.backup(held(source)))
        .isInstanceOfSatisfying(
            ChromaBackupException.SourceDamaged.class,
            e -> assertThat(e.faults()).anyMatch(fault -> fault.contains("header.bin")));

    assertThat(source.asked).doesNotContain(Quiet.STOP);
    assertThat(service.log).containsExactly("pause", "thaw");
  }

  @ParameterizedTest
  @EnumSource(names = {"OPTIMISTIC", "PAUSE"})
  void soIsDamageUnderTheOnlyQuietThereIsBelowAStop(Quiet only) {
    ScriptedSource source = new ScriptedSource(damaged);
    source.quiets = only == Quiet.PAUSE ? Set.of() : Set.of(only);
    service.offers.retainAll(Set.of(only, Quiet.STOP));

    assertThatThrownBy(() -> backups.backup(held(source)))
        .isInstanceOf(ChromaBackupException.SourceDamaged.class);

    assertThat(source.asked).containsExactly(only, only, only);
    assertThat(service.log).doesNotContain("stop");
  }

  @Test
  void twoOfThreeCopiesProveNothingAndTheServiceIsStoppedForTheNext() throws IOException {
    ScriptedSource source = new ScriptedSource(damaged, damaged, otherwiseDamaged, good);
    source.quiets = Set.of();

    BackupReport report = backups.backup(held(source));

    assertThat(source.asked).containsExactly(Quiet.PAUSE, Quiet.PAUSE, Quiet.PAUSE, Quiet.STOP);
    assertThat(report.manifest().isSound()).isTrue();
  }

  @Test
  void faultsThatMoveAreMotionAndTheServiceIsStoppedForACopy() throws IOException {
    ScriptedSource source =
        new ScriptedSource(
            damaged,
            otherwiseDamaged,
            damaged,
            otherwiseDamaged,
            damaged,
            otherwiseDamaged,
            damaged,
            otherwiseDamaged,
            damaged,
            otherwiseDamaged,
            good);

    BackupReport report = backups.backup(held(source));

    assertThat(report.manifest().quiet()).isEqualTo(Quiet.STOP);
    assertThat(service.log).endsWith("stop", "start");
  }

  @Test
  void aPinnedQuietIsTheOnlyOneThatIsTried() {
    ScriptedSource source = new ScriptedSource((Path) null);

    assertThatThrownBy(
            () -> backups.backup(held(source), BackupOptions.defaults().quiet(Quiet.BARRIER)))
        .isInstanceOf(ChromaBackupException.SourceChanged.class);

    assertThat(source.asked).hasSizeGreaterThan(1).containsOnly(Quiet.BARRIER);
    assertThat(service.log).isEmpty();
  }

  @Test
  void howLongASourceHeldWritersIsItsOwnToTell() throws IOException {
    ScriptedSource source = new ScriptedSource(null, good);
    source.held = Duration.ofDays(1);

    BackupReport report =
        backups.backup(held(source), BackupOptions.defaults().quiet(Quiet.BARRIER));

    assertThat(report.held()).isEqualTo(Duration.ofDays(2));
  }

  @Test
  void aServiceIsThawedAlsoIfTheCopyFails() {
    IOException broken = new IOException("the disk is broken");
    ScriptedSource source = new ScriptedSource(good);
    source.failure = broken;

    assertThatThrownBy(
            () -> backups.backup(held(source), BackupOptions.defaults().quiet(Quiet.PAUSE)))
        .isSameAs(broken);

    assertThat(service.log).containsExactly("pause", "thaw");
  }

  @Test
  void aServiceThatCannotBeBroughtBackIsTheNewsOfTheDay() {
    service.failOn("thaw");
    ScriptedSource source = new ScriptedSource(good);

    assertThatThrownBy(
            () -> backups.backup(held(source), BackupOptions.defaults().quiet(Quiet.PAUSE)))
        .isInstanceOf(ChromaBackupException.ServiceNotResumed.class)
        .hasMessageContaining("MAY BE DOWN");
  }

  @Test
  void aServiceThatStaysFrozenIsToldAlsoIfTheCopyWasDisturbed() {
    service.failOn("thaw");
    ScriptedSource source = new ScriptedSource((Path) null);

    assertThatThrownBy(
            () -> backups.backup(held(source), BackupOptions.defaults().quiet(Quiet.PAUSE)))
        .isInstanceOf(ChromaBackupException.ServiceNotResumed.class)
        .hasSuppressedException(
            new ChromaBackupException.SourceChanged("scripted", "the test says so"));

    assertThat(service.log).containsExactly("pause", "thaw");
  }

  @Test
  void motionBetweenTwoUnsoundCopiesProvesNothing() throws IOException {
    ScriptedSource source = new ScriptedSource(damaged, damaged, null, null, null, good);

    BackupReport report = backups.backup(held(source));

    assertThat(source.asked)
        .containsExactly(
            Quiet.OPTIMISTIC,
            Quiet.OPTIMISTIC,
            Quiet.BARRIER,
            Quiet.BARRIER,
            Quiet.BARRIER,
            Quiet.PAUSE);
    assertThat(report.manifest().isSound()).isTrue();
  }

  @Test
  void aQuietThatIsNotAvailableIsTriedOnceAndSaysNothingOfTheData() throws IOException {
    ScriptedSource source = new ScriptedSource(damaged, damaged, good);
    source.unavailable = Set.of(Quiet.BARRIER);

    BackupReport report = backups.backup(held(source));

    assertThat(source.asked)
        .containsExactly(Quiet.OPTIMISTIC, Quiet.OPTIMISTIC, Quiet.BARRIER, Quiet.PAUSE);
    assertThat(report.manifest().quiet()).isEqualTo(Quiet.PAUSE);
  }

  @Test
  void aServiceIsNotStoppedForDamageThatWasFoundBelowAQuietThatIsNotAvailable() {
    ScriptedSource source = new ScriptedSource(damaged);
    source.unavailable = Set.of(Quiet.BARRIER);
    service.offers.retainAll(Set.of(Quiet.STOP));

    assertThatThrownBy(() -> backups.backup(held(source)))
        .isInstanceOf(ChromaBackupException.SourceDamaged.class);

    assertThat(source.asked)
        .containsExactly(Quiet.OPTIMISTIC, Quiet.OPTIMISTIC, Quiet.BARRIER, Quiet.OPTIMISTIC);
    assertThat(service.log).isEmpty();
  }

  @Test
  void damageIsToldAndSavedThoughALaterQuietIsNotAvailable() throws IOException {
    ScriptedSource source = new ScriptedSource(damaged);
    source.unavailable = Set.of(Quiet.BARRIER);
    ChromaDeployment alone =
        ChromaDeployment.of(source, new LocalTarget(directory.resolve("good")));

    assertThatThrownBy(() -> backups.backup(alone))
        .isInstanceOf(ChromaBackupException.SourceDamaged.class);
    BackupReport salvaged = backups.backup(alone, BackupOptions.defaults().salvage());

    assertThat(salvaged.manifest().quiet()).isEqualTo(Quiet.OPTIMISTIC);
    assertThat(backups.verify(salvaged.archive().name()).faults()).isNotEmpty();
  }

  @Test
  void aPinnedQuietThatIsNotAvailableIsAnError() {
    ScriptedSource source = new ScriptedSource(good);
    source.unavailable = Set.of(Quiet.BARRIER);

    assertThatThrownBy(
            () -> backups.backup(held(source), BackupOptions.defaults().quiet(Quiet.BARRIER)))
        .isInstanceOf(ChromaBackupException.QuietUnavailable.class)
        .hasMessageContaining("under barrier: the test says so");
  }

  private ChromaDeployment held(BackupSource source) {
    return ChromaDeployment.of(source, new LocalTarget(directory.resolve("good"))).heldBy(service);
  }

  /** Gives one directory after the other; null for a copy that was disturbed; the last for good. */
  private static final class ScriptedSource implements BackupSource {
    private final Deque<List<Path>> script = new ArrayDeque<>();
    private final List<Quiet> asked = new ArrayList<>();
    private Set<Quiet> quiets = Set.of(Quiet.OPTIMISTIC, Quiet.BARRIER);
    private Set<Quiet> unavailable = Set.of();
    private IOException failure;
    private Duration held;

    ScriptedSource(Path... copies) {
      for (Path copy : copies) {
        script.add(copy == null ? List.of() : List.of(copy));
      }
    }

    @Override
    public String describe() {
      return "scripted";
    }

    @Override
    public SourceProbe probe() throws IOException {
      SourceProbe some = LocalChroma.at(some()).source().probe();
      return new SourceProbe(some.bytes(), quiets, List.of());
    }

    @Override
    public DataContents contents(Path scratch) throws IOException {
      return LocalChroma.at(some()).source().contents(scratch);
    }

    private Path some() {
      return script.stream()
          .filter(copy -> !copy.isEmpty())
          .findAny()
          .map(copy -> copy.get(0))
          .orElse(Path.of("../examples/quickstart/fixture/chroma"));
    }

    @Override
    public Optional<Duration> held() {
      return Optional.ofNullable(held);
    }

    @Override
    public void copyTo(EntrySink sink, Quiet quiet, Path scratch) throws IOException {
      asked.add(quiet);
      if (failure != null) {
        throw failure;
      }
      if (unavailable.contains(quiet)) {
        throw ChromaBackupException.QuietUnavailable.now("scripted", quiet, "the test says so");
      }
      List<Path> copy = script.size() > 1 ? script.remove() : script.element();
      if (copy.isEmpty()) {
        throw new ChromaBackupException.SourceChanged("scripted", "the test says so");
      }
      RawCopy.held(new DataDirectory(copy.get(0))).copyTo(sink);
    }
  }
}
