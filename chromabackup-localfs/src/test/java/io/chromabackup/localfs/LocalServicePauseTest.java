package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackupException.ServiceNotHeld;
import io.chromabackup.ChromaBackupException.ServiceNotResumed;
import io.chromabackup.Quiet;
import io.chromabackup.ServiceController.Hold;
import io.chromabackup.files.Interruption;
import io.chromabackup.testkit.Skip;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class LocalServicePauseTest {
  @TempDir Path directory;

  @AfterEach
  void thisThreadIsNotInterrupted() {
    Thread.interrupted();
  }

  @Test
  void aPausedProcessStandsStillAndGoesOnAfterwards() throws IOException {
    try (Ticker ticker = Ticker.shell(directory)) {
      LocalService service = LocalService.process(ticker.pid());
      try (Hold hold = service.pause()) {
        ticker.assertStandsStill();
        assertThat(service.isRunning()).isTrue();
      }
      ticker.assertTicks();
      assertThat(service.offers()).containsExactly(Quiet.PAUSE);
    }
  }

  @Test
  void everyThreadOfAPausedProcessStandsStill() throws IOException {
    try (Ticker ticker = Ticker.java(directory)) {
      for (int i = 0; i < 20; i++) {
        try (Hold hold = LocalService.process(ticker.pid()).pause()) {
          String states = ProcessTable.ofThisSystem().threadStates(ticker.pid());
          assertThat(states).matches("T+");
          if (i == 0) {
            ticker.assertStandsStill();
          }
        }
        ticker.assertTicks();
      }
    }
  }

  @Test
  void theServerBehindAWrapperScriptStandsStillToo() throws IOException {
    try (Ticker ticker = Ticker.behindWrapper(directory)) {
      try (Hold hold = LocalService.process(ticker.pid()).pause()) {
        ticker.assertStandsStill();
      }
      ticker.assertTicks();
    }
  }

  @Test
  void aProcessThatWasStoppedBeforeStaysStoppedAfterwards() throws IOException {
    try (Ticker ticker = Ticker.behindWrapper(directory)) {
      LocalService service = LocalService.process(ticker.pid());
      Hold first = service.pause();
      service.pause().close();
      ticker.assertStandsStill();
      first.close();
      ticker.assertTicks();
    }
  }

  @Test
  void closingTwiceReleasesOnce() throws IOException {
    try (Ticker ticker = Ticker.shell(directory)) {
      Hold hold = LocalService.process(ticker.pid()).pause();
      hold.close();
      ticker.signal("STOP");
      hold.close();
      ticker.assertStandsStill();
    }
  }

  @Test
  void aProcessThatSomebodyElseLetGoIsNoErrorAtTheEnd() throws IOException {
    try (Ticker ticker = Ticker.shell(directory)) {
      try (Hold hold = LocalService.process(ticker.pid()).pause()) {
        ticker.signal("CONT");
        awaitStates(ticker.pid(), "[^T]+");
      }
      ticker.assertTicks();
    }
  }

  @Test
  void aProcessThatDiesWhilePausedIsReported() throws IOException {
    try (Ticker ticker = Ticker.shell(directory)) {
      Hold hold = LocalService.process(ticker.pid()).pause();
      ticker.killAndWait();
      assertThatThrownBy(hold::close)
          .isInstanceOf(ServiceNotResumed.class)
          .hasMessageContaining("process " + ticker.pid() + " ended while it was frozen");
      hold.close();
    }
  }

  @Test
  void anInterruptedThreadReleasesAllTheSame() throws IOException {
    try (Ticker ticker = Ticker.shell(directory)) {
      Hold hold = LocalService.process(ticker.pid()).pause();
      Thread.currentThread().interrupt();
      hold.close();
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
      ticker.assertTicks();
    }
  }

  @Test
  void anInterruptedThreadPausesNothing() throws IOException {
    try (Ticker ticker = Ticker.shell(directory)) {
      LocalService service = LocalService.process(ticker.pid());
      Thread.currentThread().interrupt();
      assertThatThrownBy(service::pause).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
      ticker.assertTicks();
    }
  }

  @Test
  void anInterruptAtAnyTimeLeavesTheProcessRunning() throws Exception {
    try (Ticker ticker = Ticker.behindWrapper(directory)) {
      LocalService service = LocalService.process(ticker.pid());
      for (int millis = 0; millis < 40; millis += 2) {
        Thread main = Thread.currentThread();
        int delay = millis;
        Thread interrupter =
            new Thread(
                () -> {
                  try {
                    Thread.sleep(delay);
                    main.interrupt();
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                });
        interrupter.start();
        try (Hold hold = service.pause()) {
          interrupter.join();
        } catch (InterruptedIOException | InterruptedException e) {
          Thread.interrupted();
        }
        interrupter.join();
        Thread.interrupted();
        ticker.assertTicks();
      }
    }
  }

  @Test
  void aProcessThatEndedIsDownAndStaysSo() throws IOException {
    try (Ticker ticker = Ticker.shell(directory)) {
      LocalService service = LocalService.process(ticker.pid());
      ticker.killAndWait();
      assertThat(service.isRunning()).isFalse();
      try (Hold hold = service.pause()) {
        assertThat(hold.held()).hasValue(Duration.ZERO);
      }
    }
  }

  @Test
  void aLaterProcessWithTheSameNumberIsNotTouched() throws IOException {
    try (Ticker ticker = Ticker.shell(directory)) {
      LocalService service = LocalService.process(ticker.pid());
      Hold hold = service.pause();
      ticker.killAndWait();
      ProcessHandle later = startWithPid(ticker.pid());
      try {
        new ProcessBuilder("/bin/sh", "-c", "kill -STOP " + later.pid()).inheritIO().start();
        awaitStates(later.pid(), "T+");
        assertThatThrownBy(hold::close).isInstanceOf(ServiceNotResumed.class);
        assertThat(service.isRunning()).isFalse();
        service.pause().close();
        assertThat(ProcessTable.ofThisSystem().threadStates(later.pid())).matches("T+");
      } finally {
        later.destroyForcibly();
      }
    }
  }

  @Test
  void aProcessThatNeverComesToRestIsLetGo() throws IOException {
    Skip.unless(hasPython(), "this needs Python");
    Path fifo = directory.resolve("fifo");
    String script =
        """
        import os, sys
        os.mkfifo(sys.argv[1])
        os.posix_spawn("/bin/true", ["true"], {},
            file_actions=[(os.POSIX_SPAWN_OPEN, 5, sys.argv[1], os.O_RDONLY, 0)])
        """;
    Process stuck =
        new ProcessBuilder("python3", "-c", script, fifo.toString()).inheritIO().start();
    try {
      awaitStates(stuck.pid(), "D");
      LocalService service =
          LocalService.builder("stuck").pid(stuck.pid()).timeout(Duration.ofMillis(500)).build();
      assertThatThrownBy(service::pause)
          .isInstanceOf(ServiceNotHeld.class)
          .hasMessageContaining("process " + stuck.pid())
          .hasMessageContaining("did not come to rest within 0.5 s. It runs on");
      Files.newOutputStream(fifo).close();
      assertThat(stuck.onExit().join().exitValue()).isZero();
    } finally {
      stuck.descendants().forEach(ProcessHandle::destroyForcibly);
      stuck.destroyForcibly();
    }
  }

  @Test
  void theProcessGoesOnIfTheOneThatPausedItIsKilled() throws Exception {
    try (Ticker ticker = Ticker.behindWrapper(directory)) {
      List<String> words = Ticker.javaWords(PauseAndWait.class);
      words.add(String.valueOf(ticker.pid()));
      Process pausing = new ProcessBuilder(words).redirectErrorStream(true).start();
      assertThat(pausing.inputReader().readLine()).isEqualTo("paused");
      ticker.assertStandsStill();
      pausing.destroyForcibly();
      ticker.assertTicks();
    }
  }

  @Test
  void neitherThisProcessNorOneItDependsOnIsPaused() throws IOException {
    ProcessHandle own = ProcessHandle.current();
    List<Long> untouchable = List.of(own.pid(), own.parent().orElseThrow().pid(), 1L, 0L, -1L);
    for (long pid : untouchable) {
      assertThatThrownBy(() -> LocalService.process(pid))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(String.valueOf(pid));
    }
    Path file = Files.writeString(directory.resolve("pid"), own.pid() + "\n");
    LocalService service = LocalService.builder("self").pidFile(file).build();
    assertThatThrownBy(service::pause).isInstanceOf(ServiceNotHeld.class);
  }

  @Test
  void aProcessThatDoesNotExistIsRefused() throws IOException {
    long pid;
    try (Ticker ticker = Ticker.shell(directory)) {
      pid = ticker.pid();
    }
    assertThatThrownBy(() -> LocalService.process(pid))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is no process " + pid);
  }

  @Test
  void aPidFileIsReadAtEachUse() throws IOException {
    Path file = directory.resolve("pid");
    LocalService service = LocalService.builder("ticker").pidFile(file).build();
    assertThat(service.isRunning()).isFalse();
    service.pause().close();
    try (Ticker ticker = Ticker.shell(directory)) {
      Files.writeString(file, ticker.pid() + "\n/var/lib/ticker\n");
      assertThat(service.isRunning()).isTrue();
      try (Hold hold = service.pause()) {
        ticker.assertStandsStill();
      }
      ticker.assertTicks();
    }
    assertThat(service.isRunning()).as("with a pid file left over").isFalse();
    service.pause().close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "chroma", "-1", "0", "12 13", "0x10", "99999999999999999999"})
  void aPidFileWithoutANumberIsAnError(String content) throws IOException {
    Path file = Files.writeString(directory.resolve("pid"), content);
    LocalService service = LocalService.builder("ticker").pidFile(file).build();
    assertThatThrownBy(service::isRunning)
        .isExactlyInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("holds no process number");
    assertThatThrownBy(service::pause).isExactlyInstanceOf(IOException.class);
  }

  @Test
  void aPidFileThatIsOlderThanTheProcessIsAnError() throws IOException {
    try (Ticker ticker = Ticker.shell(directory)) {
      Path file = Files.writeString(directory.resolve("pid"), ticker.pid() + "\n");
      Instant lastWeek = Instant.now().minus(Duration.ofDays(7));
      Files.setLastModifiedTime(file, FileTime.from(lastWeek));
      LocalService service = LocalService.builder("ticker").pidFile(file).build();
      assertThatThrownBy(service::pause)
          .isExactlyInstanceOf(IOException.class)
          .hasMessageContaining("is older than process " + ticker.pid())
          .hasMessageContaining("or the clock was set since")
          .hasMessageContaining("If so, touch the file");
      ticker.assertTicks();
    }
  }

  @Test
  void aDeadProcessThatNobodyHasBuriedIsDown() throws Exception {
    Process parent =
        new ProcessBuilder("/bin/sh", "-c", "sleep 1000 & echo $!; exec sleep 1000").start();
    try {
      long child = Long.parseLong(parent.inputReader().readLine());
      ProcessHandle.of(child).orElseThrow().destroyForcibly();
      awaitStates(child, "");
      assertThat(LocalProcess.find(child)).isEmpty();
    } finally {
      parent.destroyForcibly();
    }
  }

  private static void awaitStates(long pid, String pattern) throws IOException {
    ProcessTable table = ProcessTable.ofThisSystem();
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!table.threadStates(pid).matches(pattern)) {
      assertThat(System.nanoTime()).as(table.threadStates(pid)).isLessThan(end);
      Interruption.sleep(5);
    }
  }

  /**
   * Numbers are given in turn; whoever may say which was the last can have one again. It is said
   * truly again at once, or other tests would see what they have just ended come back as another.
   */
  private static ProcessHandle startWithPid(long pid) throws IOException {
    Path last = Path.of("/proc/sys/kernel/ns_last_pid");
    Skip.unless(Files.isWritable(last), "this needs the right to choose process numbers");
    String script =
        "true=$(cat %2$s); echo %1$d >%2$s; sleep 1000 >/dev/null & echo $true >%2$s; echo $!"
            .formatted(pid - 1, last);
    for (int i = 0; i < 100; i++) {
      Process shell = new ProcessBuilder("/bin/sh", "-c", script).start();
      long child = Long.parseLong(shell.inputReader().readLine());
      ProcessHandle handle = ProcessHandle.of(child).orElseThrow();
      if (child == pid) {
        return handle;
      }
      handle.destroyForcibly();
    }
    throw new AssertionError("others were faster each time");
  }

  private static boolean hasPython() throws IOException {
    try {
      return Command.of("python3", "-c", "")
          .run(Deadline.after(Duration.ofSeconds(30)))
          .succeeded();
    } catch (IOException e) {
      return false;
    }
  }

  /** Pauses the process whose number is given, and waits to be killed. */
  static final class PauseAndWait {
    private PauseAndWait() {}

    public static void main(String[] arguments) throws Exception {
      LocalService.process(Long.parseLong(arguments[0])).pause();
      System.out.println("paused");
      Thread.sleep(Long.MAX_VALUE);
    }
  }
}
