package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackupException.RestoreFailed;
import io.chromabackup.ChromaBackupException.ServiceNotHeld;
import io.chromabackup.ChromaBackupException.ServiceNotResumed;
import io.chromabackup.ChromaBackupException.Unhealthy;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** In which order a restore does things to services and data, and what it undoes. */
class RestoreRunTest {
  private static final ArchiveName NAME = ArchiveName.of(HostileSample.MADE, ArchiveFormat.TAR_GZ);
  private static final RestoreOptions REPLACE = RestoreOptions.defaults().replace();

  @TempDir Path workspace;

  private final Shelf shelf = new Shelf();
  private final WatchedDeployment watched = new WatchedDeployment();
  private ChromaBackup backups;

  @BeforeEach
  void anArchive() {
    shelf.put(NAME.toString(), HostileSample.INSTANCE.ownComplete().gz());
    backups = ChromaBackup.builder(shelf).workspace(workspace).build();
  }

  @Test
  void whatIsDoneIsToldWithWhatThereIsToDo() throws IOException {
    List<String> told = new ArrayList<>();
    ChromaBackup.builder(shelf)
        .workspace(workspace)
        .progress(
            (phase, done, total) -> {
              if (done == 0) {
                told.add(phase + (total > 0 ? " of some bytes" : ""));
              }
            })
        .build()
        .restore(NAME, watched.served(), REPLACE);

    assertThat(told).containsExactly("UNPACK of some bytes", "INSPECT", "SWAP");
  }

  private void storeDamagedDataThatItsManifestCallsSound() {
    HostileSample sample = HostileSample.INSTANCE;
    shelf.put(NAME.toString(), sample.without(sample.saved + "/length.bin").gz());
  }

  @Test
  void aManifestThatCallsDamagedDataSoundIsFoundOutBeforeAnythingStops() {
    storeDamagedDataThatItsManifestCallsSound();

    assertThatThrownBy(() -> restore(withWorker()))
        .isInstanceOf(ChromaBackupException.ArchiveSalvaged.class)
        .hasMessageContaining("length.bin");

    assertThat(watched.touched).isEmpty();
  }

  /** Each byte is what was written: the version that wrote it did not look for this. */
  @Test
  void whatWasSoundToAnOlderVersionIsVerifiedWithItsFaultsAndRestoredOnRequest()
      throws IOException {
    storeDamagedDataThatItsManifestCallsSound();

    assertThat(backups.verify(NAME).faults()).singleElement().asString().contains("length.bin");
    RestoreReport report = backups.restore(NAME, watched.served(), REPLACE.allowDamaged());

    assertThat(watched.touched).endsWith("commit");
    assertThat(report.warnings()).anyMatch(warning -> warning.contains("length.bin"));
  }

  @Test
  void anArchiveOfTheScriptsThatDoesNotEvenHaveADatabaseSaysSo() {
    RawTar empty = new RawTar().directory("chroma/");
    shelf.put(NAME.toString(), empty.gz());

    assertThatThrownBy(() -> restore(withWorker()))
        .isInstanceOf(ChromaBackupException.ArchiveDamaged.class)
        .hasMessageContaining("whatever made it did not archive Chroma's data");

    assertThat(watched.touched).isEmpty();
  }

  private RestoreReport restore(ChromaDeployment deployment) throws IOException {
    return backups.restore(NAME, deployment, REPLACE);
  }

  private ChromaDeployment withWorker() {
    return watched.served().withDependents(watched.worker);
  }

  @Test
  void dependentsStopFirstAndStartLastAndTheDataIsCheckedInBetween() throws IOException {
    RestoreReport report = restore(withWorker());

    assertThat(watched.touched)
        .containsExactly(
            "stage", "worker: stop", "stop", "swap", "start", "check", "worker: start", "commit");
    assertThat(watched.replacement).isEqualTo(HostileSample.INSTANCE.unpacked);
    assertThat(report.health()).isEqualTo("asked");
  }

  @Test
  void everyHoldIsEndedWhenTheServicesRunAgain() throws IOException {
    restore(withWorker());

    assertThat(watched.heldAtCommit).isPositive(); // until then it may have to be stopped again
    assertThat(watched.chroma.held).isZero();
    assertThat(watched.worker.held).isZero();
  }

  static Stream<IOException> refusals() {
    return Stream.of(
        new ServiceNotHeld("chroma", "process 1 holds it", null),
        new ChromaBackupException.Locked("chroma", "process 1"));
  }

  /** It runs on, or is down for somebody else, who starts it when he is done. */
  @ParameterizedTest
  @MethodSource("refusals")
  void whatCouldNotBeHeldIsNotStartedEither(IOException refused) {
    watched.failOn("stop", refused);

    assertThatThrownBy(() -> restore(withWorker())).isSameAs(refused);

    assertThat(watched.touched).containsExactly("stage", "worker: stop", "stop", "worker: start");
  }

  /** Half of a stop may have been done. */
  @Test
  void whatMayHaveBeenStoppedIsStarted() {
    watched.failOn("stop", new IOException("no answer"));

    assertThatThrownBy(() -> restore(watched.served())).hasMessage("no answer");

    assertThat(watched.touched).containsExactly("stage", "stop", "start");
  }

  @Test
  void aHoldThatCannotBeLeftKeepsNothingElseFromComingBack() {
    watched.failOn("check", new IOException("wrong data"));
    watched.failOn("roll back", new IOException("disk"));
    watched.failOn("left", new IllegalStateException("no engine"));

    assertThatThrownBy(() -> restore(withWorker())).isInstanceOf(RestoreFailed.class);

    assertThat(watched.touched).endsWith("left", "left", "worker: start");
  }

  @Test
  void aServiceThatNobodyCanStopKeepsTheOldData() {
    watched.chroma.offers.remove(Quiet.STOP);

    assertThatThrownBy(() -> restore(withWorker()))
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("cannot stop it");

    assertThat(watched.touched).containsExactly("stage", "worker: stop", "worker: start");
  }

  @Test
  void whatWasDownStaysDown() throws IOException {
    watched.chroma.running = false;

    RestoreReport report = restore(withWorker());

    assertThat(watched.touched)
        .containsExactly("stage", "worker: stop", "swap", "worker: start", "commit");
    assertThat(report.warnings()).anyMatch(warning -> warning.contains("no server ran"));
  }

  @Test
  void aSwapThatFailsIsRolledBackAndTheServicesStarted() {
    watched.failOn("swap", new IOException("disk"));

    assertThatThrownBy(() -> restore(withWorker()))
        .isInstanceOfSatisfying(RestoreFailed.class, e -> assertThat(e.rolledBack()).isTrue())
        .hasMessageContaining("The old data is back, and the services that ran were started again");

    assertThat(watched.touched)
        .containsSubsequence("stop", "swap", "roll back", "start", "worker: start")
        .doesNotContain("commit");
    assertThat(watched.chroma.running).isTrue();
    assertThat(watched.worker.running).isTrue();
  }

  @Test
  void aServerThatDoesNotServeTheDataIsStoppedBeforeTheOldIsBack() {
    watched.failOn("check", new IOException("wrong data"));

    assertThatThrownBy(() -> restore(withWorker()))
        .isInstanceOf(RestoreFailed.class)
        .hasRootCauseMessage("wrong data");

    assertThat(watched.touched)
        .containsSubsequence("swap", "start", "check", "stop", "roll back", "start");
    assertThat(watched.chroma.held).isZero();
    assertThat(watched.worker.held).isZero();
  }

  @Test
  void whatAServerDoesNotServeOfDamagedDataIsAWarningToWhoWantedItAllTheSame() throws IOException {
    shelf.put(NAME.toString(), damaged().gz());
    watched.failOn("check", Unhealthy.ofAnswer("server", "collection papers is missing", null));

    RestoreReport report = backups.restore(NAME, watched.served(), REPLACE.allowDamaged());

    assertThat(watched.touched).endsWith("check", "commit");
    assertThat(report.warnings())
        .anyMatch(warning -> warning.contains("length.bin"))
        .anyMatch(warning -> warning.contains("collection papers is missing"));
    assertThat(report.health()).isEmpty();
  }

  /** An engine may start it over and over: that it seems to run says little. */
  @Test
  void damagedDataOfWhichAServerAnswersNothingIsNotKept() {
    assertNotKept(true, new Unhealthy("server", "no connection", null));
  }

  @Test
  void damagedDataThatAServerEndsOnIsNotKept() {
    assertNotKept(false, Unhealthy.ofAnswer("server", "status 500", null));
  }

  private void assertNotKept(boolean running, Unhealthy failure) {
    shelf.put(NAME.toString(), damaged().gz());
    HealthCheck check =
        (expected, patience) -> {
          watched.chroma.running = running;
          throw failure;
        };

    assertThatThrownBy(
            () -> backups.restore(NAME, watched.served().checkedBy(check), REPLACE.allowDamaged()))
        .isInstanceOfSatisfying(RestoreFailed.class, e -> assertThat(e.rolledBack()).isTrue())
        .hasCause(failure);

    assertThat(watched.touched).contains("roll back").doesNotContain("commit");
  }

  private static RawTar damaged() {
    HostileSample sample = HostileSample.INSTANCE;
    RawTar tar = new RawTar().directory("chroma/");
    sample.files.forEach(
        (path, bytes) -> {
          if (!path.equals(sample.saved + "/length.bin")) {
            tar.file("chroma/" + path, bytes);
          }
        });
    return tar;
  }

  @Test
  void aDependentThatWillNotStopAgainIsNoReasonToKeepBadData() {
    watched.failOn("commit", new IOException("disk"));
    watched.failOn(2, "worker: stop", new IOException("busy"));

    assertThatThrownBy(() -> restore(withWorker()))
        .isInstanceOfSatisfying(RestoreFailed.class, e -> assertThat(e.rolledBack()).isTrue());

    assertThat(watched.touched).containsSubsequence("commit", "stop", "roll back", "start");
  }

  @Test
  void underAServerThatWillNotStopAgainNothingIsPutBackAndRecoveryIsNamed() {
    watched.failOn("check", new IOException("wrong data"));
    watched.failOn(2, "stop", new IOException("busy"));

    assertThatThrownBy(() -> restore(withWorker()))
        .isInstanceOfSatisfying(RestoreFailed.class, e -> assertThat(e.rolledBack()).isFalse())
        .hasMessageContainingAll(
            "NOT back yet: Chroma could not be stopped again",
            "Stop it, then call ChromaBackup.recover")
        .hasRootCauseMessage("wrong data")
        .satisfies(e -> assertThat(e.getCause().getSuppressed()).hasSize(1));

    assertThat(watched.touched).doesNotContain("roll back");
  }

  /** Its services run, when the decision cannot be written down; and then nothing can. */
  @Test
  void aServerThatIsStoppedAgainAndStaysDownIsLeftToWhoeverRecovers() {
    watched.failOn("commit", new IOException("disk"));
    watched.failOn("roll back", new IOException("disk"));

    assertThatThrownBy(() -> restore(watched.served()))
        .isInstanceOfSatisfying(RestoreFailed.class, e -> assertThat(e.rolledBack()).isFalse());

    assertThat(watched.touched).endsWith("stop", "roll back", "left", "left");
    assertThat(watched.chroma.held).isZero();
  }

  @Test
  void aServerThatIsDownAndCannotBeToldSoAnyMoreIsNoReasonToLeaveHalfOfTheData() {
    watched.failOn("swap", new IOException("disk"));
    watched.failOn(2, "stop", new IOException("no answer"));

    assertThatThrownBy(() -> restore(watched.served()))
        .isInstanceOfSatisfying(RestoreFailed.class, e -> assertThat(e.rolledBack()).isTrue())
        .hasRootCauseMessage("disk");

    assertThat(watched.touched).containsSubsequence("swap", "stop", "roll back", "start");
  }

  @Test
  void aServerThatStaysPausedWhileItIsLookedAtEndsTheRestore() {
    watched.failOn("contents", new ServiceNotResumed("chroma", "no answer", null));

    assertThatThrownBy(() -> restore(withWorker())).isInstanceOf(ServiceNotResumed.class);

    assertThat(watched.touched).isEmpty();
  }

  /** A source may hold it in a try-with-resources. */
  @Test
  void thatItStaysPausedIsToldAlsoIfItCouldNotBeLookedAtEither() {
    IOException unread = new IOException("no answer");
    unread.addSuppressed(new ServiceNotResumed("chroma", "no answer", null));
    watched.failOn("contents", unread);

    assertThatThrownBy(() -> restore(withWorker())).isInstanceOf(ServiceNotResumed.class);

    assertThat(watched.touched).isEmpty();
  }

  @Test
  void aTimeoutIsNoInterruptAndDataThatCannotBeLookedAtIsReplaced() throws IOException {
    watched.failOn("contents", new SocketTimeoutException("slow"));

    assertThat(restore(withWorker()).warnings()).contains("what was there could not be read: slow");
  }

  @Test
  void whoIsAskedIsToldWhoseArchiveItIsAndTheReportTellsOfAnothers() throws IOException {
    List<RestorePlan> asked = new ArrayList<>();

    RestoreReport report =
        backups.restore(
            NAME, watched.served(), RestoreOptions.defaults().confirm(plan -> asked.add(plan)));

    String source = asked.get(0).source().orElseThrow();
    assertThat(source).isNotEqualTo(watched.describe());
    assertThat(report.warnings()).contains(NAME + " is of another source: " + source);
  }

  @Test
  void whatCannotBePutBackIsNotServed() {
    watched.failOn("check", new IOException("wrong data"));
    watched.failOn("roll back", new IOException("disk"));

    assertThatThrownBy(() -> restore(watched.served()))
        .isInstanceOfSatisfying(RestoreFailed.class, e -> assertThat(e.rolledBack()).isFalse());

    assertThat(watched.chroma.running).isFalse();
    assertThat(watched.chroma.held).isZero();
    assertThat(watched.touched).endsWith("stop", "roll back", "left", "left");
  }

  @Test
  void anErrorWhileTheOldDataIsPutBackIsToldWithTheStateThatThingsAreIn() {
    watched.failOn("check", new IOException("wrong data"));
    watched.failOn("roll back", new OutOfMemoryError("heap"));

    assertThatThrownBy(() -> restore(withWorker()))
        .isInstanceOfSatisfying(
            RestoreFailed.class,
            e -> {
              assertThat(e.rolledBack()).isFalse();
              assertThat(e.servicesBack()).isFalse();
            })
        .hasMessageContainingAll(
            "NOT back yet, and Chroma, which was stopped for it, IS DOWN",
            "Mend the cause, then call ChromaBackup.recover")
        .hasRootCauseMessage("wrong data")
        .satisfies(e -> assertThat(e.getCause().getSuppressed()).hasSize(1));

    assertThat(watched.touched).endsWith("roll back", "left", "left", "worker: start");
    assertThat(watched.chroma.held).isZero();
  }

  @Test
  void whereChromaWasDownIsSaidThatItIsNotToBeStartedYet() {
    watched.chroma.running = false;
    watched.failOn("swap", new IOException("disk"));
    watched.failOn("roll back", new IOException("disk"));

    assertThatThrownBy(() -> restore(watched.served()))
        .isInstanceOfSatisfying(RestoreFailed.class, e -> assertThat(e.servicesBack()).isTrue())
        .hasMessageContaining("NOT back yet, and Chroma is not to be started");
  }

  @Test
  void anErrorInOneStepOfGoingBackIsNoReasonToLeaveOutTheOthers() {
    watched.failOn("check", new IOException("wrong data"));
    watched.failOn("reject", new OutOfMemoryError("heap"));
    watched.failOn(2, "start", new OutOfMemoryError("threads"));

    assertThatThrownBy(() -> restore(withWorker()))
        .isInstanceOfSatisfying(RestoreFailed.class, e -> assertThat(e.rolledBack()).isTrue())
        .hasMessageContaining("MAY BE DOWN");

    assertThat(watched.touched)
        .containsSubsequence("reject", "stop", "roll back", "start", "worker: start");
    assertThat(watched.chroma.held).isZero();
  }

  @Test
  void aRestoreIsGoodThoughItsTargetCouldNotBeGivenBack() throws IOException {
    watched.failOn("close", new IllegalStateException("the lock could not be deleted"));

    assertThat(restore(watched.served()).health()).isEqualTo("asked");
  }

  /** If this process gets no further, nobody is to take the bad data for adopted. */
  @Test
  void theVerdictIsWrittenDownBeforeAnythingElseIsUndone() {
    watched.failOn("check", new IOException("wrong data"));
    watched.failOn("reject", new IOException("disk"));

    assertThatThrownBy(() -> restore(watched.served()))
        .isInstanceOfSatisfying(
            RestoreFailed.class,
            e -> {
              assertThat(e.rolledBack()).isTrue();
              assertThat(e.servicesBack()).isTrue();
            })
        .satisfies(e -> assertThat(e.getCause()).hasNoSuppressedExceptions());

    assertThat(watched.touched)
        .containsSubsequence("swap", "start", "check", "reject", "stop", "roll back", "start");
  }

  @Test
  void servicesThatDoNotComeBackAreNamedAllOfThem() {
    watched.failOn("swap", new IOException("disk"));
    watched.failOn("start", new IOException("no memory"));
    watched.failOn("worker: start", new IllegalStateException("no memory either"));

    assertThatThrownBy(() -> restore(withWorker()))
        .isInstanceOfSatisfying(RestoreFailed.class, e -> assertThat(e.servicesBack()).isFalse())
        .hasMessageContaining("The old data is back, but a service MAY BE DOWN: no memory.")
        .satisfies(
            e ->
                assertThat(e.getCause().getSuppressed()[0].getSuppressed()[0])
                    .hasMessageContaining("worker: service")
                    .hasMessageContaining("no memory either"));
  }

  @Test
  void anInterruptWhileTheOldDataIsLookedAtStopsNothing() {
    watched.failOn("contents", new InterruptedIOException());

    assertThatThrownBy(() -> restore(withWorker())).isInstanceOf(InterruptedIOException.class);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(watched.touched).isEmpty();
  }

  @Test
  void oldDataThatCannotBeReadIsReplacedWithAWarning() throws IOException {
    watched.failOn("contents", new IOException("rotten"));

    assertThat(restore(withWorker()).warnings())
        .contains("what was there could not be read: rotten");
  }

  @Test
  void whatAnEarlierRestoreLeftIsSettledFirstWithTheServicesDown() throws IOException {
    watched.needsRecovery = true;

    RestoreReport report = restore(withWorker());

    assertThat(report.warnings()).contains("old data is back");
    assertThat(watched.touched)
        .startsWith("worker: stop", "stop", "start", "worker: start", "stage");
  }

  @Test
  void whatAnEarlierRestoreLeftAndIsServedIsAdopted() throws IOException {
    watched.needsRecovery = true;
    watched.adopted = Optional.of("the new data is served");

    assertThat(restore(withWorker()).warnings()).contains("the new data is served");
    assertThat(watched.touched).startsWith("stage");
  }

  @Test
  void whileWhatAnEarlierRestoreLeftCannotBeSettledChromaStaysDown() {
    watched.needsRecovery = true;
    watched.failOn("recover", new IOException("disk"));

    assertThatThrownBy(() -> backups.recover(withWorker()))
        .isInstanceOfSatisfying(
            ChromaBackupException.RestoreFailed.class,
            failed -> assertThat(failed.rolledBack()).isFalse())
        .hasMessageContaining("disk")
        .hasMessageContaining("Chroma, which was stopped for it, IS DOWN");

    assertThat(watched.touched).containsExactly("worker: stop", "stop", "left", "worker: start");
  }

  @Test
  void aRecoveryThatFailsUnderAChromaThatWasDownSaysThatTheOldDataIsNotBack() {
    watched.needsRecovery = true;
    watched.failOn("recover", new IOException("disk"));

    assertThatThrownBy(() -> backups.recover(watched.alone()))
        .isInstanceOfSatisfying(
            ChromaBackupException.RestoreFailed.class, e -> assertThat(e.rolledBack()).isFalse())
        .hasMessageContaining("disk")
        .hasMessageContaining("NOT back yet")
        .hasMessageContaining("not to be started");
  }

  @Test
  void whoIsAtWorkOnWhatIsToBeRecoveredIsNamedAndNotCalledAFailedRestore() {
    watched.needsRecovery = true;
    watched.chroma.running = false;
    watched.failOn("recover", new ChromaBackupException.Locked("watched", "process 1"));

    assertThatThrownBy(() -> backups.recover(watched.served()))
        .isInstanceOf(ChromaBackupException.Locked.class);
  }

  /** Chroma may be down since: it is not to wait for a store, or for the right name. */
  @Test
  void whatIsUnfinishedIsSettledWhateverIsWithTheStore() {
    watched.needsRecovery = true;

    assertThatThrownBy(
            () -> backups.restore(NAME.next(), watched.served(), RestoreOptions.defaults()))
        .isInstanceOf(ChromaBackupException.ArchiveNotFound.class);

    assertThat(watched.touched).containsExactly("stop", "start");
  }

  @Test
  void aServerThatNobodyWasToldToStopIsNamed() {
    watched.needsRecovery = true;
    watched.failOn("recover", new ChromaBackupException.TargetInUse("watched", "process 1"));

    assertThatThrownBy(() -> backups.recover(watched.alone()))
        .isInstanceOf(ChromaBackupException.TargetInUse.class);
  }

  @Test
  void whatLiesAboutAndCannotBeTidiedUpFailsARecoveryThatWasAskedFor() {
    watched.failOn("recover", new IOException("in use"));

    assertThatThrownBy(() -> backups.recover(watched.served())).hasMessage("in use");
    assertThat(watched.touched).isEmpty();
  }

  @Test
  void anInterruptWaitsForTheOldDataToBeBackAndTheServicesToRun() {
    watched.needsRecovery = true;
    watched.interruptOn("stop");

    assertThatThrownBy(() -> backups.recover(withWorker()))
        .isInstanceOf(InterruptedIOException.class);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(watched.recoveredUninterrupted).isTrue();
    assertThat(watched.touched).containsExactly("worker: stop", "stop", "start", "worker: start");
  }

  @Test
  void whatLiesAboutAndCannotBeTidiedUpIsNoReasonToFail() throws IOException {
    watched.failOn("recover", new IOException("in use"));
    watched.failOn(2, "recover", new IOException("in use"));

    assertThat(restore(withWorker()).documents()).isPositive();
  }

  @Test
  void aManifestThatListsOtherCollectionsThanTheDataIsFoundOutBeforeAnythingStops() {
    shelf.put(NAME.toString(), HostileSample.INSTANCE.claiming(List.of(), List.of()).gz());

    assertThatThrownBy(() -> restore(withWorker()))
        .isInstanceOf(ChromaBackupException.ArchiveDamaged.class)
        .hasMessageContaining("its manifest lists []");

    assertThat(watched.touched).isEmpty();
  }
}
