package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackupException.ServiceNotHeld;
import io.chromabackup.ChromaBackupException.Unhealthy;
import io.chromabackup.Quiet;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LocalServiceTest {
  private static final Duration SHORT = Duration.ofMillis(500);
  private static final Duration LONG = Duration.ofSeconds(60);

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
  void whatIsMissingIsSaidWhenItIsBuilt() {
    assertMissing(LocalService.builder("chroma"), "a pid, a pid file or a status command");
    assertMissing(
        LocalService.builder("chroma").statusCommand("true").stopCommand("true"),
        "a start command too");
    assertMissing(
        LocalService.builder("chroma").statusCommand("true").startCommand("true"),
        "a stop command too");
    assertMissing(
        LocalService.builder("chroma").stopCommand("true").startCommand("true"),
        "a pid, a pid file or a status command");
    assertMissing(
        LocalService.builder("chroma").pid(anyPid()).stopCommand("true").startCommand("true"),
        "a status command or a pid file");
    assertMissing(LocalService.builder("chroma").pid(anyPid()).pidFile(directory), "not both");
  }

  /** A process that is neither this one nor above it. */
  private static long anyPid() {
    return ProcessHandle.allProcesses()
        .mapToLong(ProcessHandle::pid)
        .filter(pid -> LocalProcess.whyUntouchable(pid) == null)
        .findFirst()
        .orElseThrow();
  }

  private static void assertMissing(LocalService.Builder builder, String what) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("service chroma needs")
        .hasMessageContaining(what);
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    LocalService.Builder builder = LocalService.builder("chroma");
    assertThatThrownBy(() -> LocalService.builder(" "))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.timeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(builder::stopCommand).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.startCommand("")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsNotOfferedIsRefused() {
    LocalService watched = LocalService.builder("chroma").statusCommand("true").build();
    assertThat(watched.offers()).isEmpty();
    assertThatThrownBy(watched::pause).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(watched::stop).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(watched::start).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void noArgumentOfACommandIsShown() {
    LocalService service = daemon.controller();
    assertThat(service.describe()).isEqualTo("daemon");
    assertThat(service).hasToString("LocalService[daemon]");
    assertThat(Command.of("/usr/bin/curl", "s3cret")).hasToString("curl");
  }

  @Test
  void aServiceIsHealthyOnceItsHealthCommandExitsWithZero() throws IOException {
    daemon.override(
        "health() { echo asked >>asked; [ $(wc -l <asked) -ge 3 ]; }\nstatus() { exit 0; }");
    LocalService service =
        daemon
            .builder()
            .statusCommand(daemon.words("status"))
            .healthCommand(daemon.words("health"))
            .build();
    service.awaitHealthy(LONG);
    assertThat(Files.readAllLines(daemon.file("asked"))).hasSize(3);
  }

  @Test
  void aServiceThatStaysUnhealthyIsReported() throws IOException {
    daemon.override("health() { echo connection refused; exit 7; }");
    LocalService service =
        daemon.builder().pidFile(daemon.pidFile()).healthCommand(daemon.words("health")).build();
    assertThatThrownBy(() -> service.awaitHealthy(SHORT))
        .isInstanceOf(Unhealthy.class)
        .hasMessageContaining("service daemon is not healthy: after 0.5 s, the health command sh")
        .hasMessageContaining("exited with 7, saying: connection refused")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void aHealthCommandIsAskedAtLeastOnce() throws IOException {
    LocalService service = daemon.builder().pidFile(daemon.pidFile()).healthCommand("true").build();
    service.awaitHealthy(Duration.ZERO);
  }

  @Test
  void aServiceWithoutAHealthCommandIsHealthyIfItRuns() throws IOException {
    LocalService service = daemon.builder().pidFile(daemon.pidFile()).build();
    assertThatThrownBy(() -> service.awaitHealthy(SHORT))
        .isInstanceOf(Unhealthy.class)
        .hasMessageContaining("it did not run within 0.5 s");
    daemon.start();
    service.awaitHealthy(LONG);
  }

  @Test
  void anInterruptEndsTheWaitForHealthAndItsCommand() throws Exception {
    daemon.override("health() { echo $$ >asking.new; mv asking.new asking; sleep 1000; }");
    LocalService service =
        daemon.builder().pidFile(daemon.pidFile()).healthCommand(daemon.words("health")).build();
    Thread waiting = Thread.currentThread();
    Thread interrupter =
        new Thread(
            () -> {
              try {
                daemon.awaitFile("asking");
              } catch (IOException e) {
                throw new AssertionError(e);
              } finally {
                waiting.interrupt();
              }
            });
    interrupter.start();
    assertThatThrownBy(() -> service.awaitHealthy(LONG)).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    interrupter.join();
    long pid = Long.parseLong(Files.readString(daemon.file("asking")).strip());
    assertThat(LocalProcess.find(pid)).as("the health command").isEmpty();
  }

  @Test
  void aSystemdUnitIsStoppedAndStarted() throws IOException {
    daemon.start();
    LocalService service = systemd("chroma.service");
    assertThat(service.offers()).containsExactly(Quiet.STOP);
    assertThat(service.describe()).isEqualTo("chroma.service");
    try (var hold = service.stop()) {
      daemon.assertIsDown();
      assertThat(service.isRunning()).isFalse();
    }
    daemon.assertRuns();
    assertThat(service.isRunning()).isTrue();
  }

  @Test
  void aSystemdUnitThatIsChangingIsNotDown() throws IOException {
    daemon.override("state=deactivating");
    assertThat(systemd("chroma.service").isRunning()).isTrue();
    daemon.override("state=inactive");
    assertThat(systemd("chroma.service").isRunning()).isFalse();
    daemon.override("state=failed");
    assertThat(systemd("chroma.service").isRunning()).isFalse();
  }

  @Test
  void aSystemdUnitThatDoesNotExistIsNotDown() throws IOException {
    LocalService service = systemd("chrome.service");
    assertThatThrownBy(service::isRunning)
        .isExactlyInstanceOf(IOException.class)
        .hasMessageContaining("systemd has no unit chrome.service");
    assertThatThrownBy(service::stop).isExactlyInstanceOf(IOException.class);
  }

  @Test
  void whereNoSystemdAnswersItCannotBeTold() throws IOException {
    daemon.override("show() { echo System has not been booted with systemd >&2; exit 1; }");
    assertThatThrownBy(systemd("chroma.service")::isRunning)
        .isExactlyInstanceOf(IOException.class)
        .hasMessageContaining("System has not been booted");
  }

  @Test
  void aSystemdUnitIsGivenTheTimeThatIsSaid() throws IOException {
    daemon.start();
    daemon.override("stop() { exec sleep 1000; }");
    assertThatThrownBy(systemd("chroma.service", Duration.ofSeconds(2))::stop)
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("systemctl did not end within 2 s");
    daemon.assertRuns();
    assertThatThrownBy(() -> LocalService.systemd("chroma", Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aSystemdUnitIsGivenMoreTimeThanSystemdGivesItIfNothingIsSaid() {
    assertThat(LocalService.SYSTEMD_TIMEOUT).isGreaterThan(Duration.ofSeconds(90));
  }

  private LocalService systemd(String unit) throws IOException {
    return systemd(unit, LocalService.SYSTEMD_TIMEOUT);
  }

  /** Speaks like systemctl for the one unit that there is. */
  private LocalService systemd(String unit, Duration timeout) throws IOException {
    String systemctl =
        """
        #!/bin/sh
        loaded=loaded
        for last in "$@"; do :; done
        [ "$last" = chroma.service ] || loaded=not-found
        state() { sh %1$s status && echo active || echo inactive; }
        dependents() { :; }
        show() {
          dependents "$last"
          printf 'Id=%%s\\nLoadState=%%s\\nActiveState=%%s\\n' "$last" $loaded "${state-$(state)}"
        }
        . %2$s
        case $1 in
          show) show ;;
          *) exec sh %1$s "$1" ;;
        esac
        """
            .formatted(daemon.file("service.sh"), daemon.file("override"));
    Path program = Files.writeString(directory.resolve("systemctl"), systemctl);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return LocalService.systemd(
        new SystemdDependents(new SystemdUnit(program.toString(), unit), own), timeout);
  }

  private Set<String> own = Set.of("user.slice");

  /** As systemctl has it, of rag.service by way of another unit that is not running. */
  private static final String REQUIRED =
      """
      dependents() {
        case $1 in
          chroma.service) echo BoundBy=; echo ConsistsOf=index.service ;;
          index.service) state=inactive; echo RequiredBy=rag.service chroma.service ;;
        esac
      }
      """;

  @Test
  void aSystemdUnitIsNotStoppedThatOthersWouldGoDownWith() throws IOException {
    daemon.start();
    daemon.override(REQUIRED);
    assertThatThrownBy(systemd("chroma.service")::stop)
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("systemd would stop rag.service with it, and not start that again")
        .hasMessageContaining("as dependents")
        .hasMessageContaining("in Wants=");
    daemon.assertRuns();
    assertThat(daemon.starts()).isEqualTo(1);
  }

  /** As a unit has it that is to be up with the machine. */
  @Test
  void aSystemdUnitIsStoppedThatOnlyATargetRequires() throws IOException {
    daemon.start();
    daemon.override(
        """
        dependents() {
          case $1 in
            chroma.service) echo RequiredBy=multi-user.target ;;
            multi-user.target) state=active; echo RequiredBy=graphical.target ;;
            graphical.target) state=active ;;
          esac
        }
        """);
    try (var hold = systemd("chroma.service").stop()) {
      daemon.assertIsDown();
    }
    daemon.assertRuns();
  }

  @Test
  void aSystemdUnitIsNotStoppedThatOthersRequireByWayOfATarget() throws IOException {
    daemon.start();
    daemon.override(
        REQUIRED.replace("index.service", "index.target").replace("inactive", "active"));
    assertThatThrownBy(systemd("chroma.service")::stop)
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("systemd would stop rag.service with it");
    daemon.assertRuns();
  }

  @Test
  void aSystemdUnitIsStoppedIfThoseThatRequireItAreDown() throws IOException {
    daemon.start();
    daemon.override(REQUIRED + "[ $last != rag.service ] || state=failed\n");
    try (var hold = systemd("chroma.service").stop()) {
      daemon.assertIsDown();
    }
    daemon.assertRuns();
  }

  /** It would not live to start it again. */
  @Test
  void aSystemdUnitIsNotStoppedThatThisProcessWouldGoDownWith() throws IOException {
    daemon.start();
    daemon.override(REQUIRED);
    own = Set.of("system.slice", "rag.service");
    assertThatThrownBy(systemd("chroma.service")::stop)
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("stop this process with it, which runs in rag.service")
        .hasMessageContaining("in Wants=");
    own = Set.of("system.slice", "chroma.service");
    assertThatThrownBy(systemd("chroma.service")::stop)
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("which runs in chroma.service");
    daemon.assertRuns();
  }

  /** Of a restore that failed: what has come up since must not keep the old data away. */
  @Test
  void aSystemdUnitThatWasStoppedAndStartedIsStoppedAgainWhateverRequiresIt() throws IOException {
    daemon.start();
    LocalService service = systemd("chroma.service");
    try (var hold = service.stop()) {
      service.start();
      daemon.override(REQUIRED);
      service.stop();
      daemon.assertIsDown();
    }
    daemon.assertRuns();
  }

  @Test
  void psTellsTheSameAsProc() throws IOException {
    try (Ticker ticker = Ticker.shell(directory)) {
      PsCommand ps = new PsCommand();
      assertThat(ps.threadStates(ticker.pid())).matches("[A-Z]");
      assertThat(ps.born(ticker.pid())).isNotEmpty().doesNotContain(" ");
      ticker.signal("STOP");
      while (!LocalProcess.find(ticker.pid()).orElseThrow().isStoppedBySignal()) {
        Thread.onSpinWait(); // in the midst of a write it goes on for a while
      }
      assertThat(ps.threadStates(ticker.pid())).isEqualTo("T");
      ticker.killAndWait();
      assertThat(ps.threadStates(ticker.pid())).isEmpty();
    }
  }
}
