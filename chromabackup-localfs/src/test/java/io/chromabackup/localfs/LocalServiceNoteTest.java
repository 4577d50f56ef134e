package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException.ServiceNotHeld;
import io.chromabackup.ChromaBackupException.ServiceNotResumed;
import io.chromabackup.ServiceController.Hold;
import io.chromabackup.files.FileTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever holds a service says so on disk first, and the next one brings back what he left. */
@Timeout(120)
class LocalServiceNoteTest {
  @TempDir Path directory;

  private ScriptedService daemon;

  @BeforeEach
  void aServiceThatRuns() throws IOException {
    daemon = new ScriptedService(directory.resolve("service"));
    daemon.start();
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    daemon.close();
  }

  private List<Path> notes() throws IOException {
    return Files.exists(daemon.notes()) ? FileTree.children(daemon.notes()) : List.of();
  }

  private LocalService pausable() {
    return LocalService.builder("daemon").pidFile(daemon.pidFile()).notes(daemon.notes()).build();
  }

  /** The shell that thaws what a dead process left frozen is killed too. */
  private static void killWithItsGuard(ForkedProcess holder) throws InterruptedException {
    List<ProcessHandle> children =
        ProcessHandle.of(holder.pid()).orElseThrow().descendants().toList();
    assertThat(children).isNotEmpty();
    children.forEach(ProcessHandle::destroyForcibly);
    holder.kill();
  }

  @Test
  void theNoteIsThereBeforeTheServiceIsStoppedAndUntilItRuns() throws IOException {
    daemon.override(
        "stop() { ls \"$PWD/notes\" >seen; kill \"$(pid)\"; }\n"
            + "start() { ls \"$PWD/notes\" >seen-again; launch; }");
    try (Hold hold = daemon.controller().stop()) {
      daemon.assertIsDown();
    }
    assertThat(Files.readString(daemon.file("seen"))).contains("daemon-").contains(".held");
    assertThat(Files.readString(daemon.file("seen-again"))).contains(".held");
    assertThat(notes()).isEmpty();
  }

  @Test
  void aNoteTellsWhoHoldsWhatAndNoSecret() throws IOException {
    try (Hold hold = daemon.controller().stop()) {
      Path note = notes().get(0);
      assertThat(Files.readString(note))
          .startsWith("stopped by process " + ProcessHandle.current().pid() + " on ")
          .contains("service daemon")
          .doesNotContain("s3cret");
      assertThat(note.toString()).doesNotContain("s3cret");
      for (Path file : notes()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as("%s", file)
            .isEqualTo("rw-------");
      }
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(daemon.notes())))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void whatADeadProcessStoppedIsStartedByTheNext() throws Exception {
    try (ForkedProcess holder = ForkedProcess.run("stop", daemon.file(""))) {
      daemon.assertIsDown();
      assertThat(daemon.controller().recover()).as("its holder lives").isEmpty();
      daemon.assertIsDown();

      holder.kill();
      assertThat(daemon.controller().recover())
          .hasValueSatisfying(
              done ->
                  assertThat(done)
                      .contains("service daemon was stopped by process " + holder.pid())
                      .endsWith("it was started"));
    }
    daemon.assertRuns();
    assertThat(notes()).isEmpty();
    assertThat(daemon.controller().recover()).isEmpty();
  }

  @Test
  void whatADeadProcessFrozeIsThawedByTheNextEvenIfItsGuardDiedToo() throws Exception {
    try (ForkedProcess holder = ForkedProcess.run("pause", daemon.file(""))) {
      killWithItsGuard(holder);
      LocalProcess frozen = LocalProcess.find(daemon.pid()).orElseThrow();
      assertThat(frozen.isStoppedBySignal()).isTrue();

      assertThat(pausable().recover())
          .hasValueSatisfying(done -> assertThat(done).endsWith("it goes on"));
      assertThat(frozen.isStoppedBySignal()).isFalse();
    }
    assertThat(notes()).isEmpty();
  }

  @Test
  void whatRunsAgainAlreadyIsNotStartedTwice() throws Exception {
    try (ForkedProcess holder = ForkedProcess.run("stop", daemon.file(""))) {
      holder.kill();
      daemon.start();
      int starts = daemon.starts();
      LocalService soon =
          daemon
              .builder()
              .statusCommand(daemon.words("status"))
              .timeout(Duration.ofSeconds(1))
              .build();

      assertThat(soon.recover()).isEmpty();
      assertThat(daemon.starts()).isEqualTo(starts);
    }
    assertThat(notes()).isEmpty();
  }

  @Test
  void aStopOfADeadProcessThatTakesEffectLateIsWaitedFor() throws Exception {
    try (ForkedProcess holder = ForkedProcess.run("stop", daemon.file(""))) {
      holder.kill();
      daemon.start();
      new ProcessBuilder("/bin/sh", "-c", "sleep 1; kill " + daemon.pid()).start();

      assertThat(daemon.controller().recover()).isPresent();
      daemon.assertRuns();
    }
    assertThat(notes()).isEmpty();
  }

  @Test
  void aServiceThatALivingProcessHoldsIsNotHeldByAnother() throws Exception {
    try (ForkedProcess holder = ForkedProcess.run("pause", daemon.file(""))) {
      assertThatThrownBy(pausable()::pause)
          .isInstanceOf(ServiceNotHeld.class)
          .hasMessageContaining("paused by process " + holder.pid())
          .hasMessageContaining("Wait");
    }
  }

  @Test
  void whatCannotBeBroughtBackIsLeftToTheNextCall() throws IOException {
    LocalService service = daemon.builder().statusCommand(daemon.words("status")).build();
    Hold hold = service.stop();
    daemon.override("start() { exit 1; }");
    assertThatThrownBy(hold::close).isInstanceOf(ServiceNotResumed.class);
    assertThat(notes()).isNotEmpty();
    assertThatThrownBy(service::recover).isInstanceOf(ServiceNotResumed.class);
    assertThat(notes()).isNotEmpty();

    daemon.override("");
    assertThat(service.recover()).isPresent();
    daemon.assertRuns();
    assertThat(notes()).isEmpty();
  }

  /** As a restore has it that is told more than the backup of the next night. */
  private LocalService stoppableByPidFile() {
    return daemon.builder().pidFile(daemon.pidFile()).build();
  }

  /** Watches nothing for long. */
  private LocalService impatient() {
    return daemon.builder().pidFile(daemon.pidFile()).timeout(Duration.ofMillis(500)).build();
  }

  @Test
  void whatWasStoppedIsNotSettledByWhoeverCannotStartItAndTheNoteStays() throws IOException {
    stoppableByPidFile().stop().leave();
    Path note = onlyNote();

    assertThatThrownBy(pausable()::recover)
        .isInstanceOf(ServiceNotResumed.class)
        .hasMessageContaining("it was stopped by process " + ProcessHandle.current().pid())
        .hasMessageContaining("it is down")
        .hasMessageContaining("Call ChromaBackup.recover, with its stop and start commands")
        .hasMessageContaining("then delete " + note);
    daemon.assertIsDown();
    assertThat(note).exists();

    assertThat(stoppableByPidFile().recover()).isPresent();
    daemon.assertRuns();
    assertThat(notes()).isEmpty();
  }

  @Test
  void whatADeadProcessToldToStopHasTheTimeForItThatThatWouldHaveGivenIt() throws IOException {
    toldToStop();
    new ProcessBuilder("/bin/sh", "-c", "sleep 7; kill " + daemon.pid()).start();

    assertThat(stoppableByPidFile().recover()).isPresent();
    daemon.assertRuns();
    assertThat(daemon.starts()).isEqualTo(2);
    assertThat(notes()).isEmpty();
  }

  @Test
  void whatADeadProcessToldToStopIsNotDownBeforeItsProcessesAreGone() throws IOException {
    long first = daemon.pid();
    toldToStop();
    Files.delete(daemon.pidFile());
    new ProcessBuilder("/bin/sh", "-c", "sleep 1; kill " + first).start();
    daemon.override(
        "start() { ! grep -qs '^State:.[RSDT]' /proc/%d/status || touch two; launch; }"
            .formatted(first));

    assertThat(stoppableByPidFile().recover()).isPresent();
    daemon.assertRuns();
    assertThat(daemon.file("two")).doesNotExist();
  }

  @Test
  void whatWasToldToStopAndHasNotEndedInTimeIsStartedWhenItHas() throws IOException {
    toldToStop();
    Files.setLastModifiedTime(onlyNote(), FileTime.from(Instant.now().minusSeconds(60)));

    assertThat(impatient().recover())
        .hasValueSatisfying(
            told ->
                assertThat(told)
                    .contains("was stopped by process " + ProcessHandle.current().pid())
                    .contains("has not ended; should it end yet, the next call starts it"));
    assertThat(onlyNote()).exists();
    daemon.kill();

    assertThat(stoppableByPidFile().recover()).isPresent();
    daemon.assertRuns();
    assertThat(daemon.starts()).isEqualTo(2);
    assertThat(notes()).isEmpty();
  }

  /** As if its stop command had not been allowed to stop it, say. */
  @Test
  void whatWasToldToStopLongAgoAndRunsIsNotStartedIfItEndsLater() throws IOException {
    toldToStop();
    Files.setLastModifiedTime(onlyNote(), FileTime.from(Instant.now().minusSeconds(3700)));

    assertThat(impatient().recover())
        .hasValueSatisfying(told -> assertThat(told).contains("is not expected to any more"));
    assertThat(notes()).isEmpty();
    daemon.kill();

    assertThat(impatient().recover()).isEmpty();
    daemon.assertIsDown();
  }

  @Test
  void whatWasToldToStopLongAgoAndCallsItselfDownStaysNotedWhileItLives() throws IOException {
    long first = daemon.pid();
    toldToStop();
    Path left = onlyNote();
    Files.delete(daemon.pidFile());
    LocalService service = impatient();
    Files.setLastModifiedTime(left, FileTime.from(Instant.now().minusSeconds(3700)));

    assertThatThrownBy(service::recover)
        .isInstanceOf(ServiceNotResumed.class)
        .hasMessageContainingAll("calls itself down", String.valueOf(first), "End that");
    assertThat(left).exists();
    assertThat(service.isRunning()).isTrue();
    assertThatThrownBy(service::pause)
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("has not ended");
  }

  @Test
  void whatWasToldToStopIsStartedWhenItHasEndedThoughItWasPausedMeanwhile() throws IOException {
    toldToStop();
    String left = Files.readString(onlyNote());
    FileTime written = FileTime.from(Instant.now().minusSeconds(100));
    Files.setLastModifiedTime(onlyNote(), written);

    pausable().pause().close();

    assertThat(onlyNote()).hasContent(left);
    assertThat(Files.getLastModifiedTime(onlyNote())).isEqualTo(written);
    daemon.kill();
    assertThat(stoppableByPidFile().recover()).isPresent();
    daemon.assertRuns();
    assertThat(notes()).isEmpty();
  }

  @Test
  void whatWasToldToStopStaysNotedIfTheNextStopIsNotEvenTold() throws IOException {
    toldToStop();
    String left = Files.readString(onlyNote());
    HoldNote note = noteByPidFile();

    assertThatThrownBy(
            () ->
                NotedHold.take(
                    HoldNote.Kind.STOPPED,
                    note,
                    () -> {
                      assertThat(note.ending()).isNotEmpty();
                      throw new IOException("the test says so");
                    }))
        .hasMessage("the test says so");

    assertThat(onlyNote()).hasContent(left);
  }

  @Test
  void aPauseLeavesTheNoteOfWhatWasToldToStopAsItIs() throws IOException {
    toldToStop();
    String left = Files.readString(onlyNote());

    try (Hold hold = pausable().pause()) {
      assertThat(onlyNote()).hasContent(left);
    }
    assertThat(onlyNote()).hasContent(left);
  }

  @Test
  void whatWasToldToStopIsStartedWhenItHasEndedThoughItsPauseWasKilled() throws Exception {
    toldToStop();
    Files.setLastModifiedTime(onlyNote(), FileTime.from(Instant.now().minusSeconds(60)));
    try (ForkedProcess holder = ForkedProcess.run("pause", daemon.file(""))) {
      killWithItsGuard(holder);

      assertThat(impatient().recover())
          .hasValueSatisfying(
              done ->
                  assertThat(done)
                      .contains("was paused by process " + holder.pid())
                      .contains("it goes on; service daemon was stopped by process")
                      .endsWith("has not ended; should it end yet, the next call starts it"));
    }
    daemon.kill();

    assertThat(stoppableByPidFile().recover()).isPresent();
    daemon.assertRuns();
    assertThat(notes()).isEmpty();
  }

  @Test
  void whatIsToldToStopOnceMoreHasOneNoteWithAllThatHasToEnd() throws IOException {
    toldToStop();
    long first = daemon.pid();
    Path left = onlyNote();
    HoldNote again = noteByPidFile();
    again.write(HoldNote.Kind.STOPPED);
    assertThat(notes()).hasSize(3);

    again.addTold(again.ending());
    again.leave();

    assertThat(onlyNote()).isEqualTo(left);
    assertThat(notes()).as("with its lock").hasSize(2);
    assertThat(again.ending()).extracting(LocalProcess::pid).containsExactly(first);
  }

  /**
   * Killed between the writing of its note and the moment at which that takes the other's place.
   */
  @Test
  void aStopThatWasKilledBesideAnotherKeepsNoThirdAway() throws IOException {
    toldToStop();
    leaveAStop();
    assertThat(notes()).as("with their lock").hasSize(3);

    try (Hold hold = stoppableByPidFile().stop()) {
      daemon.assertIsDown();
    }
    daemon.assertRuns();
    assertThat(daemon.starts()).isEqualTo(2);
    assertThat(notes()).isEmpty();
  }

  @Test
  void ofTwoStopsThatWereKilledOneNoteIsMadeWithAllThatHasToEnd() throws IOException {
    LocalProcess first = LocalProcess.find(daemon.pid()).orElseThrow();
    toldToStop();
    Files.delete(daemon.pidFile());
    daemon.start();
    LocalProcess second = LocalProcess.find(daemon.pid()).orElseThrow();
    leaveAStop();
    String halfALine = second.pid() + " " + second.born();
    Files.writeString(besideOnlyNote(), halfALine, StandardOpenOption.APPEND);

    pausable().pause().close();

    assertThat(notes()).as("with its lock").hasSize(2);
    assertThat(noteByPidFile().ending()).containsExactlyInAnyOrder(first, second);
  }

  private Path besideOnlyNote() throws IOException {
    return onlyNote().resolveSibling(onlyNote().getFileName() + ".new");
  }

  @Test
  void anUnfinishedRestoreIsUndoneThoughAStopWasKilledBesideOneThatHadEnded() throws IOException {
    stoppableByPidFile().stop().leave();
    Files.copy(onlyNote(), besideOnlyNote());
    daemon.start();

    undoAnUnfinishedRestore();
  }

  @Test
  void anUnfinishedRestoreIsUndoneThoughAStopWasKilledBesideOneThatMayTakeEffectYet()
      throws IOException {
    toldToStop();
    leaveAStop();

    undoAnUnfinishedRestore();
  }

  @Test
  void anUnfinishedRestoreIsUndoneThoughAPauseWasKilled() throws Exception {
    try (ForkedProcess holder = ForkedProcess.run("pause", daemon.file(""))) {
      killWithItsGuard(holder);

      undoAnUnfinishedRestore();
    }
  }

  @Test
  void anUnfinishedRestoreIsUndoneThoughAPauseWasKilledBesideAStop() throws Exception {
    toldToStop();
    try (ForkedProcess holder = ForkedProcess.run("pause", daemon.file(""))) {
      killWithItsGuard(holder);

      undoAnUnfinishedRestore();
    }
  }

  /** For which the service has to be stopped, before anybody sees to what is left of its holds. */
  private void undoAnUnfinishedRestore() throws IOException {
    int starts = daemon.starts();
    Path data = Files.createDirectory(directory.resolve("chroma"));
    Path work = Files.createDirectory(data.resolve(LocalTarget.WORK));
    Path old = Files.createDirectory(work.resolve(Swap.OLD));
    Files.writeString(old.resolve("chroma.sqlite3"), "old");
    List<String> names = List.of("chroma.sqlite3");
    new SwapJournal(SwapJournal.State.SWAPPING, names, names).write(work);

    ChromaBackup backups = ChromaBackup.using(LocalArchiveStore.in(directory.resolve("backups")));
    assertThat(backups.recover(LocalChroma.at(data).heldBy(stoppableByPidFile()))).isPresent();

    assertThat(data.resolve("chroma.sqlite3")).hasContent("old");
    daemon.assertRuns();
    assertThat(daemon.starts()).isEqualTo(starts + 1);
    assertThat(notes()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void whatWasToldToStopStaysNotedIfTheDiskIsTooFullForAnother(HoldNote.Kind kind)
      throws Exception {
    Files.createDirectory(daemon.notes());
    try (Mount small = Mount.tmpfs(daemon.notes(), "size=64k,nr_inodes=40")) {
      toldToStop();
      String left = Files.readString(onlyNote());
      Files.createLink(daemon.notes().resolve("so that to delete it makes no room"), onlyNote());
      small.fill();

      assertThatThrownBy(() -> noteByPidFile().write(kind))
          .isInstanceOf(ServiceNotHeld.class)
          .hasMessageContaining("cannot be written down");

      assertThat(onlyNote()).hasContent(left);
      Files.delete(daemon.pidFile());
      assertThat(stoppableByPidFile().isRunning()).as("told to stop, has not ended").isTrue();
      small.empty();
    }
  }

  @Test
  void aNoteThatWasNeverFinishedHidesNoneBeforeItAndIsSwept() throws IOException {
    stoppableByPidFile().stop().leave();
    Files.writeString(besideOnlyNote(), "paused by pro");

    assertThat(stoppableByPidFile().recover()).isPresent();
    daemon.assertRuns();
    assertThat(notes()).isEmpty();
  }

  @Test
  void aNoteThatWasNeverFinishedIsSweptAlsoIfThereWasNoneBeforeIt() throws IOException {
    stoppableByPidFile().stop().leave();
    Path beside = besideOnlyNote();
    Files.delete(onlyNote());
    Files.writeString(beside, "stopped by pro");

    assertThat(stoppableByPidFile().recover()).isEmpty();
    daemon.assertIsDown();
    assertThat(notes()).isEmpty();
  }

  @Test
  void whatWasBroughtBackIsToldThoughWhatWasBeforeItIsNot() throws Exception {
    toldToStop();
    HoldNote pause = noteByPidFile();
    pause.write(HoldNote.Kind.PAUSED);
    pause.leave();

    try (CapturedLog log = new CapturedLog()) {
      assertThatThrownBy(
              () ->
                  noteByPidFile()
                      .settle(
                          left -> {
                            if (left.stopped()) {
                              throw new ServiceNotResumed("daemon", "the test says so", null);
                            }
                            return Optional.of("it goes on");
                          }))
          .isInstanceOf(ServiceNotResumed.class);
      assertThat(log.text()).contains("it goes on");
    }
  }

  @Test
  void whatIsToBeDeletedByHandIsAllThatWouldCountElse() throws IOException {
    stoppableByPidFile().stop().leave();
    Path note = onlyNote();
    Path beside = Files.copy(note, besideOnlyNote());
    String advice = "delete " + note + " and " + beside;
    try (CapturedLog log = new CapturedLog()) {
      LocalService.builder("other").pid(anybody()).notes(daemon.notes()).build().recover();
      assertThat(log.text()).contains(advice);
    }
    assertThatThrownBy(pausable()::recover)
        .isInstanceOf(ServiceNotResumed.class)
        .hasMessageEndingWith(advice);

    Files.delete(note);
    Files.delete(beside);

    assertThat(pausable().recover()).isEmpty();
    assertThat(notes()).isEmpty();
  }

  /** So that it is never lost, whenever this process is killed. */
  @Test
  void theNoteOfAnEarlierHoldIsReplacedAtOneStroke() throws Exception {
    leaveAStop();
    Path note = onlyNote();
    FutureTask<Void> more = new FutureTask<>(() -> repeat(200, this::leaveAStop), null);
    new Thread(more).start();

    while (!more.isDone()) {
      assertThat(note).content().contains("stopped by process").endsWith("\nservice daemon\n");
    }
    more.get();
  }

  private void leaveAStop() {
    HoldNote note = noteByPidFile();
    try {
      note.write(HoldNote.Kind.STOPPED);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    note.leave();
  }

  private static void repeat(int times, Runnable what) {
    for (int i = 0; i < times; i++) {
      what.run();
    }
  }

  /** Which of the two it is, nobody who waits for it should have to guess. */
  @Test
  void whatALivingHolderHasStoppedIsToldFromWhatHasNotEnded() throws IOException {
    try (Hold hold = stoppableByPidFile().stop()) {
      assertThatThrownBy(pausable()::pause)
          .isInstanceOf(ServiceNotHeld.class)
          .hasMessageContaining("it is stopped by process " + ProcessHandle.current().pid())
          .hasMessageContaining("Wait for that to end")
          .hasMessageNotContaining("has not ended");
    }
    long first = daemon.pid();
    toldToStop();
    Files.delete(daemon.pidFile());

    assertThatThrownBy(pausable()::pause)
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("calls itself down, but was told to stop and has not ended")
        .hasMessageContaining("process " + first)
        .hasMessageNotContaining("another operation");
  }

  private HoldNote noteByPidFile() {
    return new HoldNote(daemon.notes(), "daemon", new PidFile(daemon.pidFile()).identity());
  }

  /** As a process leaves it that is killed while it waits for the service to end. */
  private void toldToStop() throws IOException {
    HoldNote note = noteByPidFile();
    note.write(HoldNote.Kind.STOPPED);
    note.addTold(LocalProcess.find(daemon.pid()).orElseThrow().tree());
    note.leave();
  }

  @Test
  void whatEndsOnlyAfterItsStopHadFailedIsStartedByTheNext() throws IOException {
    daemon.override("stop() { :; }");
    LocalService service = impatient();
    assertThatThrownBy(service::stop)
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("It runs now. If it ends yet, as it was told to stop, the next call");
    service.start(); // as a restore does that could not stop it
    daemon.kill();

    assertThat(stoppableByPidFile().recover()).isPresent();
    daemon.assertRuns();
    assertThat(notes()).isEmpty();
  }

  @Test
  void whatEndsOnlyAfterItsStopHadFailedIsStartedByTheNextThoughNoProcessIsKnown()
      throws IOException {
    daemon.override("stop() { :; }");
    LocalService service =
        daemon
            .builder()
            .statusCommand(daemon.words("status"))
            .timeout(Duration.ofMillis(500))
            .build();
    assertThatThrownBy(service::stop)
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("If it ends yet, as it was told to stop, the next call starts it");
    daemon.kill();

    assertThat(daemon.controller().recover()).isPresent();
    daemon.assertRuns();
    assertThat(notes()).isEmpty();
  }

  /** Who stops it on purpose, a month later, would have it started. */
  @Test
  void whatRefusedToStopIsNotExpectedToIfNoProcessIsKnown() throws IOException {
    daemon.override("stop() { exit 1; }");
    LocalService service =
        daemon
            .builder()
            .statusCommand(daemon.words("status"))
            .timeout(Duration.ofMillis(500))
            .build();

    assertThatThrownBy(service::stop)
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("It runs now")
        .hasMessageNotContaining("If it ends yet");

    assertThat(notes()).isEmpty();
  }

  @Test
  void whatCouldNotBeToldToStopIsNotExpectedTo() throws IOException {
    LocalService service =
        daemon
            .builder()
            .pidFile(daemon.pidFile())
            .stopCommand("/no/such/program")
            .timeout(Duration.ofMillis(500))
            .build();

    assertThatThrownBy(service::stop)
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageNotContaining("If it ends yet");

    assertThat(notes()).isEmpty();
  }

  /** As a server does that removes its pid file when its shutdown begins, and has much to write. */
  @Test
  void whatCallsItselfDownAndHasNotEndedIsNotDownAndNotStartedTwice() throws IOException {
    daemon.override("stop() { rm pid; }");
    long first = daemon.pid();
    LocalService service = impatient();
    assertThatThrownBy(service::stop).isInstanceOf(ServiceNotResumed.class);

    assertThat(service.isRunning()).isTrue();
    assertThatThrownBy(service::start)
        .isInstanceOf(ServiceNotResumed.class)
        .hasMessageContaining("process " + first + " still runs");
    assertThat(stoppableByPidFile().isRunning()).isTrue();
    assertThat(daemon.starts()).isEqualTo(1);

    daemon.override("stop() { kill %d; }".formatted(first));
    Hold hold = service.stop();
    assertThat(LocalProcess.find(first)).isEmpty();
    assertThat(service.isRunning()).isFalse();
    hold.close();
    daemon.assertRuns();
    assertThat(daemon.starts()).isEqualTo(2);
    assertThat(notes()).isEmpty();
  }

  @Test
  void whatHasToEndFirstIsWaitedForBeforeTheServiceIsStarted() throws IOException {
    daemon.override("stop() { rm pid; }");
    long first = daemon.pid();
    LocalService soon = impatient();
    assertThatThrownBy(soon::stop).isInstanceOf(ServiceNotResumed.class);
    new ProcessBuilder("/bin/sh", "-c", "sleep 1; kill " + first).start();
    daemon.override(
        "start() { ! grep -qs '^State:.[RSDT]' /proc/%d/status || touch two; launch; }"
            .formatted(first));

    stoppableByPidFile().start();
    daemon.assertRuns();
    assertThat(daemon.file("two")).doesNotExist();
    assertThat(notes()).isEmpty();
  }

  @Test
  void whatALivingProcessHasStoppedIsNotDownToOthers() throws Exception {
    try (ForkedProcess holder = ForkedProcess.run("stop", daemon.file(""))) {
      LocalService service = daemon.controller();
      assertThat(service.isRunning()).isTrue();
      assertThatThrownBy(service::stop)
          .isInstanceOf(ServiceNotHeld.class)
          .hasMessageContaining("it is stopped by process " + holder.pid())
          .hasMessageContaining("Wait for that to end");

      holder.kill();
      assertThat(service.isRunning()).isFalse();
    }
  }

  @Test
  void aStartThatFailsDoesNotEndTheHold() throws IOException {
    LocalService service = daemon.controller();
    Hold hold = service.stop();
    daemon.override("start() { exit 1; }");
    assertThatThrownBy(service::start).isInstanceOf(ServiceNotResumed.class);
    daemon.override("");

    assertThat(daemon.controller().recover()).as("its holder lives").isEmpty();
    daemon.assertIsDown();
    assertThat(onlyNote()).exists();

    hold.leave();
    assertThat(daemon.controller().recover()).isPresent();
    daemon.assertRuns();
    assertThat(notes()).isEmpty();
  }

  @Test
  void aHoldThatFailsByAnErrorLeavesItsNote() throws IOException {
    HoldNote note = new HoldNote(daemon.notes(), "daemon", "");
    assertThatThrownBy(
            () ->
                NotedHold.take(
                    HoldNote.Kind.STOPPED,
                    note,
                    () -> {
                      throw new StackOverflowError("the test says so");
                    }))
        .isInstanceOf(StackOverflowError.class);

    assertThat(note.settle(left -> Optional.of(left.words())))
        .hasValueSatisfying(words -> assertThat(words).startsWith("stopped by process"));
  }

  @Test
  void whatWasStoppedAndRunsAgainIsSettledAlsoByWhoeverCouldNotStartIt() throws IOException {
    stoppableByPidFile().stop().leave();
    daemon.start();
    LocalService soon =
        LocalService.builder("daemon")
            .pidFile(daemon.pidFile())
            .notes(daemon.notes())
            .timeout(Duration.ofMillis(500))
            .build();

    assertThat(soon.recover()).isEmpty();
    daemon.assertRuns();
    assertThat(notes()).isEmpty();
  }

  @Test
  void whatGoesDownYetIsNotSettledByWhoeverCannotStartIt() throws IOException {
    stoppableByPidFile().stop().leave();
    daemon.start();
    new ProcessBuilder("/bin/sh", "-c", "sleep 1; kill " + daemon.pid()).start();

    assertThatThrownBy(pausable()::recover).isInstanceOf(ServiceNotResumed.class);
    assertThat(onlyNote()).exists();
  }

  private Path onlyNote() throws IOException {
    List<Path> held = notes().stream().filter(file -> file.toString().endsWith(".held")).toList();
    assertThat(held).hasSize(1);
    return held.get(0);
  }

  @Test
  void aNoteIsFoundByWhoeverNamesThePidFileInAnotherWay() throws IOException {
    stoppableByPidFile().stop().leave();
    Path link = Files.createSymbolicLink(directory.resolve("link"), daemon.file(""));
    LocalService same = daemon.builder().pidFile(link.resolve("pid")).build();

    assertThat(same.recover()).isPresent();
    daemon.assertRuns();
    assertThat(notes()).isEmpty();
  }

  @Test
  void aServiceThatWasStartedMayBeStoppedAgainAndTheNoteGoesWithTheHold() throws IOException {
    LocalService service = daemon.controller();
    Hold first = service.stop();
    service.start();
    daemon.assertRuns();
    Hold second = service.stop();
    daemon.assertIsDown();
    assertThat(onlyNote()).exists();
    service.start();
    first.close();
    assertThat(notes()).isEmpty();
    second.close();
    daemon.assertRuns();
    assertThat(notes()).isEmpty();
  }

  /** A restore that ends while a backup that shares its controller stops the service. */
  @Test
  void aHoldStartsTheServiceThoughTheOneThatItIsWithinHasEndedMeanwhile() throws Exception {
    LocalService service = daemon.controller();
    Hold outer = service.stop();
    service.start();
    daemon.override(
        "stop() { touch stopping; until [ -e go ]; do sleep 0.01; done; kill $(pid); }");
    FutureTask<Hold> taking = new FutureTask<>(service::stop);
    new Thread(taking).start();
    daemon.awaitFile("stopping");
    outer.close();
    Files.createFile(daemon.file("go"));
    Hold inner = taking.get();
    daemon.assertIsDown();

    inner.close();
    daemon.assertRuns();
  }

  @Test
  void startingWhatADeadProcessStoppedSettlesIt() throws IOException {
    daemon.controller().stop().leave();
    daemon.controller().start();
    daemon.assertRuns();
    assertThat(notes()).isEmpty();
  }

  /** A restore that failed: its service was started, and must be stopped for the way back. */
  @Test
  void aServiceThatWasStartedIsStoppedAgainOnADiskThatIsFullByThen() throws Exception {
    Files.createDirectory(daemon.notes());
    try (Mount small = Mount.tmpfs(daemon.notes(), "size=64k,nr_inodes=40")) {
      LocalService service = daemon.controller();
      Hold hold = service.stop();
      service.start();
      small.fill();

      service.stop();
      daemon.assertIsDown();
      service.start();
      hold.close();

      daemon.assertRuns();
      small.empty();
      assertThat(notes()).isEmpty();
    }
  }

  @Test
  void aServiceThatWasStoppedAgainIsLeftToTheNext() throws IOException {
    LocalService service = daemon.controller();
    Hold hold = service.stop();
    service.start();
    service.stop();
    hold.leave();
    daemon.assertIsDown();

    assertThat(daemon.controller().recover()).isPresent();
    daemon.assertRuns();
    assertThat(notes()).isEmpty();
  }

  @Test
  void withAHoldWithinAHoldTheNoteGoesWithTheLast() throws IOException {
    LocalService service = pausable();
    try (Hold outer = service.pause()) {
      service.pause().close();
      assertThat(notes()).isNotEmpty();
    }
    assertThat(notes()).isEmpty();
  }

  @Test
  void withoutANoteTheServiceIsNotTouched() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    LocalService service =
        daemon.builder().statusCommand(daemon.words("status")).notes(file.resolve("x")).build();

    assertThatThrownBy(service::stop)
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("cannot be written down in " + file.resolve("x"))
        .hasMessageContaining("kept elsewhere (LocalService.Builder.notes")
        .hasMessageContaining("XDG_STATE_HOME");
    daemon.assertRuns();
    assertThat(daemon.starts()).isEqualTo(1);
  }

  /** As for a user whose home is {@code /dev/null}. */
  @Test
  void whereNotesCannotBeItIsToldAllTheSameWhetherTheServiceRuns() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    LocalService service =
        daemon.builder().pidFile(daemon.pidFile()).notes(file.resolve("x/held")).build();
    assertThat(service.isRunning()).isTrue();

    daemon.kill();

    assertThat(service.isRunning()).isFalse();
    service.stop().close();
    assertThat(daemon.starts()).isEqualTo(1);
    service.start();
    daemon.assertRuns();
  }

  /** As Java has it for a user who is not in the list of users, in a container for example. */
  @Test
  void whereThereIsNoHomeTheServiceIsNotTouchedNorAnythingWritten() throws IOException {
    Path nowhere = Path.of("?", ".local", "state");
    HoldNote note = new HoldNote(nowhere, "daemon", "");

    assertThatThrownBy(() -> note.write(HoldNote.Kind.STOPPED))
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("this user has no home directory")
        .hasMessageContaining("XDG_STATE_HOME");
    assertThat(note.settle(left -> Optional.of("settled"))).isEmpty();
    note.tellOfOthers();
    assertThat(Path.of("?")).doesNotExist();
  }

  /** Whoever recovers another service looks at the notes of all. */
  @Test
  void aNoteThatIsBeingLookedAtIsSettledAllTheSame() throws Exception {
    daemon.controller().stop().leave();
    Claim onlooker = Claim.on(onlyNote()).orElseThrow();
    FutureTask<Optional<String>> recovery = new FutureTask<>(daemon.controller()::recover);
    Thread recovering = new Thread(recovery);
    recovering.start();
    while (recovering.getState() != Thread.State.TIMED_WAITING && recovering.isAlive()) {
      Thread.onSpinWait();
    }
    onlooker.leave();

    assertThat(recovery.get()).isPresent();
    daemon.assertRuns();
    assertThat(notes()).isEmpty();
  }

  /** Which processes are frozen is known from there alone. */
  @Test
  void whatADeadProcessFrozeGoesOnBeforeItsNoteMakesRoomForAnother() throws Exception {
    LocalProcess frozen = LocalProcess.find(daemon.pid()).orElseThrow();
    try (ForkedProcess holder = ForkedProcess.run("pause", daemon.file(""));
        CapturedLog log = new CapturedLog()) {
      killWithItsGuard(holder);
      assertThat(frozen.isStoppedBySignal()).isTrue();

      noteByPidFile().write(HoldNote.Kind.PAUSED);

      assertThat(frozen.isStoppedBySignal()).isFalse();
      assertThat(log.text())
          .contains("was paused by process " + holder.pid())
          .contains("it goes on");
    }
  }

  @Test
  void aNoteThatWasNeverFinishedHoldsNothing() throws IOException {
    daemon.controller().stop().close();
    daemon.controller().stop();
    Path note = onlyNote();
    Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve(note.getFileName()), "stopped by pro");
    LocalService service =
        daemon.builder().statusCommand(daemon.words("status")).notes(elsewhere).build();

    assertThat(service.recover()).isEmpty();
    daemon.assertIsDown();
    assertThat(FileTree.children(elsewhere)).isEmpty();
  }

  @Test
  void theLockOfANoteThatIsGoneAlreadyGoesWithTheNextCall() throws IOException {
    Path lock;
    try (Hold hold = daemon.controller().stop()) {
      lock =
          notes().stream()
              .filter(file -> file.toString().endsWith(".lock"))
              .findAny()
              .orElseThrow();
    }
    Files.createFile(lock); // killed between the deletion of the note and that of its lock
    assertThat(daemon.controller().recover()).isEmpty();
    assertThat(notes()).isEmpty();
  }

  @Test
  void notesOfOtherServicesThatDeadProcessesLeftAreWarnedOf() throws Exception {
    try (ForkedProcess holder = ForkedProcess.run("stop", daemon.file(""));
        CapturedLog log = new CapturedLog()) {
      holder.kill();
      LocalService other =
          LocalService.builder("other").pid(anybody()).notes(daemon.notes()).build();
      assertThat(other.recover()).isEmpty();
      assertThat(log.text())
          .contains("service daemon was stopped by process " + holder.pid())
          .contains("is no more");
    }
    daemon.assertIsDown();
    assertThat(notes()).isNotEmpty();
  }

  private long anybody() throws IOException {
    return new ProcessBuilder("sleep", "1").start().pid();
  }

  @Test
  void servicesOfOneNameAreToldApart() throws IOException {
    try (ScriptedService second = new ScriptedService(directory.resolve("second"))) {
      second.start();
      LocalService same =
          second.builder().notes(daemon.notes()).statusCommand(second.words("status")).build();
      try (Hold one = daemon.controller().stop();
          Hold other = same.stop()) {
        daemon.assertIsDown();
        second.assertIsDown();
      }
      daemon.assertRuns();
      second.assertRuns();
    }
  }
}
