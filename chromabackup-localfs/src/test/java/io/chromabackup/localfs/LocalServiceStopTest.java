package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackupException.ServiceNotHeld;
import io.chromabackup.ChromaBackupException.ServiceNotResumed;
import io.chromabackup.Quiet;
import io.chromabackup.ServiceController.Hold;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class LocalServiceStopTest {
  private static final Duration SHORT = Duration.ofMillis(1500);

  @TempDir Path directory;

  private ScriptedService daemon;

  @BeforeEach
  void aServiceThatIsDown() throws IOException {
    daemon = new ScriptedService(directory.resolve("service"));
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    Thread.interrupted();
    daemon.close();
  }

  @Test
  void aStoppedServiceIsDownAndRunsAgainAfterwards() throws IOException {
    daemon.start();
    long before = daemon.pid();
    LocalService service = daemon.controller();
    try (Hold hold = service.stop()) {
      daemon.assertIsDown();
      assertThat(service.isRunning()).isFalse();
    }
    daemon.assertRuns();
    assertThat(service.isRunning()).isTrue();
    assertThat(daemon.pid()).isNotEqualTo(before);
    assertThat(service.offers()).containsExactly(Quiet.STOP);
  }

  @Test
  void aPidFileTellsWhetherItRunsWhereThereIsNoStatusCommand() throws IOException {
    daemon.start();
    LocalService service = daemon.builder().pidFile(daemon.pidFile()).build();
    assertThat(service.offers()).containsExactly(Quiet.PAUSE, Quiet.STOP);
    try (Hold hold = service.stop()) {
      daemon.assertIsDown();
    }
    daemon.assertRuns();
  }

  @Test
  void aServiceThatIsDownStaysDown() throws IOException {
    daemon.start();
    LocalService service = daemon.controller();
    try (Hold outer = service.stop()) {
      Hold inner = service.stop();
      inner.close();
      daemon.assertIsDown();
      assertThat(inner.held()).hasValue(Duration.ZERO);
      assertThat(inner.switching()).hasValue(Duration.ZERO);
    }
    assertThat(daemon.starts()).isEqualTo(2);
  }

  @Test
  void closingTwiceStartsOnce() throws IOException {
    daemon.start();
    Hold hold = daemon.controller().stop();
    hold.close();
    hold.close();
    assertThat(daemon.starts()).isEqualTo(2);
  }

  @Test
  void aServiceThatSomebodyElseStartedIsNotStartedTwice() throws IOException {
    daemon.start();
    try (Hold hold = daemon.controller().stop()) {
      daemon.start();
    }
    daemon.assertRuns();
    assertThat(daemon.starts()).isEqualTo(2);
  }

  @Test
  void startingAServiceThatRunsDoesNothing() throws IOException {
    daemon.controller().start();
    daemon.assertRuns();
    daemon.controller().start();
    assertThat(daemon.starts()).isEqualTo(1);
  }

  @Test
  void aStopCommandThatReturnsEarlyIsWaitedFor() throws IOException {
    daemon.start();
    daemon.override("stop() { (sleep 0.5; kill $(pid)) & }");
    try (Hold hold = daemon.controller().stop()) {
      daemon.assertIsDown();
    }
    daemon.assertRuns();
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "pid file"})
  void aStopCommandThatDoesNothingIsFoundOut(String known) throws IOException {
    daemon.start();
    daemon.override("stop() { :; }");
    LocalService.Builder builder = daemon.builder().timeout(SHORT);
    LocalService service =
        known.equals("status")
            ? builder.statusCommand(daemon.words("status")).build()
            : builder.pidFile(daemon.pidFile()).build();
    assertThatThrownBy(service::stop)
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("the stop command sh exited with 0, but the service was not down")
        .hasMessageContaining("It runs now");
    daemon.assertRuns();
    assertThat(daemon.starts()).isEqualTo(1);
  }

  @Test
  void aServiceThatDeletesItsPidFileAndRunsOnIsNotDownAndNotStartedTwice() throws IOException {
    daemon.start();
    long pid = daemon.pid();
    daemon.override("stop() { rm pid; }");
    LocalService service = daemon.builder().pidFile(daemon.pidFile()).timeout(SHORT).build();
    assertThatThrownBy(service::stop)
        .isInstanceOf(ServiceNotResumed.class)
        .hasMessageContaining("process " + pid + " still runs");
    assertThat(daemon.starts()).isEqualTo(1);
  }

  @Test
  void aServiceWhosePidFileIsEmptiedByAStopThatFailsIsNotStartedTwice() throws IOException {
    daemon.start();
    long pid = daemon.pid();
    daemon.override("stop() { : >pid; exit 1; }");
    LocalService service = daemon.builder().pidFile(daemon.pidFile()).timeout(SHORT).build();
    assertThatThrownBy(service::stop)
        .isInstanceOf(ServiceNotResumed.class)
        .hasMessageContaining("process " + pid + " still runs");
    assertThat(daemon.starts()).isEqualTo(1);
  }

  @Test
  void aStatusThatCannotBeToldAfterAStopThatFailedIsAskedForAgain() throws IOException {
    daemon.start();
    daemon.override(
        "stop() { touch told; exit 1; }\n"
            + "status() { [ -z \"$(find told -newermt '-2.2 seconds')\" ] || exit 4; runs; }");
    LocalService service =
        daemon.builder().statusCommand(daemon.words("status")).timeout(SHORT).build();
    assertThatThrownBy(service::stop).isInstanceOf(ServiceNotHeld.class);
    assertThat(daemon.starts()).isEqualTo(1);
  }

  @Test
  void aStopCommandThatFailsLeavesTheServiceRunning() throws IOException {
    daemon.start();
    daemon.override("stop() { echo no right to do that; exit 4; }");
    LocalService service = daemon.builder().pidFile(daemon.pidFile()).timeout(SHORT).build();
    assertThatThrownBy(service::stop)
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("service daemon could not be held still")
        .hasMessageContaining("the stop command sh exited with 4, saying: no right to do that")
        .hasMessageNotContaining("s3cret");
    daemon.assertRuns();
    assertThat(daemon.starts()).isEqualTo(1);
  }

  @Test
  void aStopCommandThatStopsTheServiceAndFailsHasItStartedAgain() throws IOException {
    daemon.start();
    daemon.override("stop() { kill $(pid); exit 1; }");
    assertThatThrownBy(() -> daemon.controller().stop())
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageEndingWith("It runs now");
    daemon.assertRuns();
    assertThat(daemon.starts()).isEqualTo(2);
  }

  @Test
  void aStopCommandThatHangsIsKilledWithItsChildren() throws IOException {
    daemon.start();
    daemon.override("stop() { sleep 1000 & echo $! >child; echo waiting; wait; }");
    LocalService service = daemon.builder().pidFile(daemon.pidFile()).timeout(SHORT).build();
    assertThatThrownBy(service::stop)
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("sh did not end within 1.5 s and was killed, saying: waiting");
    daemon.assertRuns();
    assertIsGone(daemon.file("child"));
  }

  @Test
  void aStopThatTakesEffectLateHasTheServiceStartedAgain() throws IOException {
    daemon.start();
    String late = "while kill -0 $0 2>/dev/null; do sleep 0.01; done; kill $1";
    daemon.override("stop() { (setsid sh -c '%s' $$ $(pid) &); sleep 1000; }".formatted(late));
    LocalService service =
        daemon.builder().pidFile(daemon.pidFile()).timeout(Duration.ofSeconds(4)).build();
    assertThatThrownBy(service::stop).isInstanceOf(ServiceNotHeld.class);
    daemon.assertRuns();
    assertThat(daemon.starts()).isEqualTo(2);
  }

  @Test
  void aServiceThatCannotBeStoppedNorStartedIsReportedAsDown() throws IOException {
    daemon.start();
    daemon.override("stop() { kill $(pid); exit 1; }\nstart() { exit 5; }");
    assertThatThrownBy(() -> daemon.controller().stop())
        .isInstanceOf(ServiceNotResumed.class)
        .hasMessageContaining("MAY BE DOWN")
        .hasMessageContaining("the start command sh exited with 5")
        .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessageContaining("exited with 1"));
  }

  @Test
  void aStartCommandThatFailsIsReportedWithTheLastThatItSaid() throws IOException {
    daemon.start();
    Hold hold = daemon.controller().stop();
    daemon.override(
        "start() { seq 1 100000; printf 'the \\033[31mport\\007 is taken\\n' >&2; exit 7; }");
    assertThatThrownBy(hold::close)
        .isInstanceOf(ServiceNotResumed.class)
        .hasMessageContaining("service daemon could not be brought back and MAY BE DOWN")
        .hasMessageContaining("the start command sh exited with 7, saying: ")
        .hasMessageContaining(" 99982 | ")
        .hasMessageContaining(" | 100000 | ")
        .hasMessageContaining("port")
        .hasMessageNotContaining("99980 | ")
        .hasMessageNotContaining("\u0007")
        .hasMessageNotContaining("\u001b")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void aStartCommandThatDoesNotExistIsReported() throws IOException {
    daemon.start();
    LocalService service =
        LocalService.builder("daemon")
            .pidFile(daemon.pidFile())
            .stopCommand(daemon.words("stop"))
            .startCommand("/nowhere/start-it", "s3cret")
            .build();
    Hold hold = service.stop();
    assertThatThrownBy(hold::close)
        .isInstanceOf(ServiceNotResumed.class)
        .hasMessageContaining("cannot run start-it")
        .hasMessageContaining("No such file")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void aServiceThatDiesRightAfterItsStartIsReported() throws IOException {
    daemon.start();
    LocalService service =
        daemon.builder().pidFile(daemon.pidFile()).timeout(Duration.ofSeconds(3)).build();
    Hold hold = service.stop();
    daemon.override("start() { launch; (sleep 0.2; kill $(pid)) & echo done; }");
    assertThatThrownBy(hold::close)
        .isInstanceOf(ServiceNotResumed.class)
        .hasMessageContaining("it did not stay up. The start command sh exited with 0, saying:")
        .hasMessageContaining("done");
  }

  @Test
  void aStartCommandThatStaysIsLeftAloneIfTheServiceRuns() throws IOException {
    daemon.start();
    LocalService service = daemon.builder().pidFile(daemon.pidFile()).timeout(SHORT).build();
    Hold hold = service.stop();
    daemon.override("start() { launch; wait; }");
    hold.close();
    daemon.assertRuns();
  }

  @Test
  void aStartCommandThatHangsIsKilledIfTheServiceDoesNotRun() throws IOException {
    daemon.start();
    LocalService service = daemon.builder().pidFile(daemon.pidFile()).timeout(SHORT).build();
    Hold hold = service.stop();
    daemon.override("start() { echo $$ >child; sleep 1000; }");
    assertThatThrownBy(hold::close)
        .isInstanceOf(ServiceNotResumed.class)
        .hasMessageContaining("did not end within 1.5 s and was killed");
    assertIsGone(daemon.file("child"));
  }

  @Test
  void aDaemonThatPrintsWithoutEndBlocksNobody() throws IOException {
    daemon.start();
    Hold hold = daemon.controller().stop();
    daemon.override(
        "start() { launch; head -c 30000000 /dev/zero;"
            + " (while :; do echo more; sleep 0.01; done & echo $! >>daemons) }");
    hold.close();
    daemon.assertRuns();
  }

  /** Under load, say. */
  @Test
  void aServiceThatWasStartedIsNotStartedAgainThoughItsStatusCannotBeTold() throws IOException {
    daemon.start();
    LocalService service = daemon.controller();
    Hold hold = service.stop();
    service.start();
    daemon.override("status() { exit 4; }");
    hold.close();
    assertThat(daemon.starts()).isEqualTo(2);
  }

  @Test
  void aStatusThatCannotBeToldAtFirstIsAskedForAgainBeforeTheServiceIsStarted() throws IOException {
    daemon.start();
    Hold hold = daemon.controller().stop();
    daemon.start();
    daemon.override("status() { echo asked >>asked; [ $(wc -l <asked) -gt 2 ] || exit 4; runs; }");
    hold.close();
    daemon.assertRuns();
    assertThat(daemon.starts()).isEqualTo(2);
  }

  @Test
  void aServiceWhosePidFileIsEmptyAtFirstIsStartedOnce() throws IOException {
    daemon.start();
    Hold hold = daemon.builder().pidFile(daemon.pidFile()).build().stop();
    daemon.override("start() { : >pid; (sleep 1; launch) & }");
    hold.close();
    daemon.assertRuns();
    assertThat(daemon.starts()).isEqualTo(2);
  }

  @Test
  void aServiceWhosePidFileIsWrittenAnewASecondAfterItsStartIsStartedOnce() throws IOException {
    daemon.start();
    Hold hold = daemon.builder().pidFile(daemon.pidFile()).build().stop();
    daemon.override(
        "start() { launch; one=$(pid); (sleep 0.5; : >pid; sleep 1; echo $one >pid) & }");
    hold.close();
    daemon.assertRuns();
    assertThat(daemon.starts()).isEqualTo(2);
  }

  @Test
  void anInterruptedThreadStartsItAllTheSame() throws IOException {
    daemon.start();
    Hold hold = daemon.controller().stop();
    Thread.currentThread().interrupt();
    hold.close();
    assertThat(Thread.interrupted()).isTrue();
    daemon.assertRuns();
  }

  @Test
  void aThreadThatIsInterruptedWhileStartingStartsItAllTheSame() throws Exception {
    daemon.start();
    Hold hold = daemon.controller().stop();
    daemon.override("start() { touch starting; until [ -e go ]; do sleep 0.01; done; launch; }");
    CompletableFuture<Boolean> flag = new CompletableFuture<>();
    Thread closing = new Thread(() -> flag.complete(closes(hold)));
    closing.start();
    daemon.awaitFile("starting");
    closing.interrupt();
    Files.createFile(daemon.file("go"));
    assertThat(flag.get()).as("the thread's flag").isTrue();
    daemon.assertRuns();
  }

  private static boolean closes(Hold hold) {
    try {
      hold.close();
      return Thread.currentThread().isInterrupted();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aThreadThatIsInterruptedWhileStoppingHasTheServiceRunning() throws Exception {
    daemon.start();
    daemon.override(
        "stop() { kill $(pid); echo $$ >stopping.new; mv stopping.new stopping; sleep 1000; }");
    LocalService service = daemon.controller();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Thread stopping =
        new Thread(
            () -> {
              try {
                service.stop();
              } catch (IOException e) {
                thrown.set(e);
              }
              flag.set(Thread.currentThread().isInterrupted());
            });
    stopping.start();
    daemon.awaitFile("stopping");
    stopping.interrupt();
    stopping.join();
    assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
    assertThat(flag.get()).isTrue();
    daemon.assertRuns();
    assertThat(daemon.starts()).isEqualTo(2);
    assertIsGone(daemon.file("stopping"));
  }

  @Test
  void anInterruptedThreadStopsNothing() throws IOException {
    daemon.start();
    LocalService service = daemon.controller();
    Thread.currentThread().interrupt();
    assertThatThrownBy(service::stop).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    daemon.assertRuns();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aStatusOfOneToThreeMeansDown(int code) throws IOException {
    daemon.override("status() { exit %d; }".formatted(code));
    assertThat(daemon.controller().isRunning()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 126, 127, 255})
  void anyOtherStatusIsTrouble(int code) throws IOException {
    daemon.start();
    daemon.override("status() { echo what; exit %d; }".formatted(code));
    LocalService service = daemon.controller();
    assertThatThrownBy(service::isRunning)
        .isExactlyInstanceOf(IOException.class)
        .hasMessageContaining("the status command sh exited with " + code + ", saying: what");
    assertThatThrownBy(service::stop).isExactlyInstanceOf(IOException.class);
    daemon.assertRuns();
  }

  @Test
  void aStatusCommandThatHangsIsTrouble() throws IOException {
    daemon.override("status() { sleep 1000; }");
    LocalService service =
        daemon.builder().statusCommand(daemon.words("status")).timeout(SHORT).build();
    assertThatThrownBy(service::isRunning)
        .isExactlyInstanceOf(IOException.class)
        .hasMessageContaining("did not end within 1.5 s");
  }

  @Test
  void aServiceWhoseProcessRunsIsNotDownWhateverItsStatusCommandSays() throws IOException {
    daemon.start();
    daemon.override("status() { exit 3; }");
    LocalService service =
        daemon.builder().pidFile(daemon.pidFile()).statusCommand(daemon.words("status")).build();
    assertThat(service.isRunning()).isTrue();
  }

  private static void assertIsGone(Path pidFile) throws IOException {
    long pid = Long.parseLong(Files.readString(pidFile).strip());
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (LocalProcess.find(pid).isPresent()) {
      assertThat(System.nanoTime()).as("process " + pid + " is there").isLessThan(end);
      Interruption.sleep(5);
    }
  }
}
