package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Engines that misbehave, or behave as others than the one at hand do. */
@Timeout(60)
class EngineScriptedTest {
  private static final Duration SOON = Duration.ofMillis(500);

  private ScriptedEngine script;

  @BeforeEach
  void start() throws IOException {
    script = new ScriptedEngine("1.41", "1.24");
  }

  @AfterEach
  void stop() {
    script.close();
  }

  @ParameterizedTest
  @CsvSource({"1.41,1.12,1.41", "1.52,1.44,1.44", "1.60,1.50,1.50", "1.9,1.2,1.9"})
  void theNewestVersionThatBothKnowIsAgreedOn(String newest, String oldest, String agreed)
      throws IOException {
    try (ScriptedEngine other = new ScriptedEngine(newest, oldest)) {
      other.on("/v" + agreed + "/containers/json", ScriptedEngine.answer(200, "[]"));
      try (Engine engine = other.connect()) {
        assertThat(engine.containers(Map.of())).isEmpty();
      }
      assertThat(other.requests.get(0)).isEqualTo("GET /version");
    }
  }

  @Test
  void aTransferThatStallsIsBrokenOff() throws IOException {
    script.on("/v1.41/containers/c/archive", script.stalled(new byte[512]));
    try (Engine engine = script.connect();
        InputStream in = engine.read("c", "/data", SOON)) {
      assertThat(in.readNBytes(512)).hasSize(512);
      assertThatThrownBy(in::read)
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(InterruptedIOException.class);
    }
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void aReaderMayBeSlowerThanTheStallLimit() throws Exception {
    script.on("/v1.41/containers/c/archive", ScriptedEngine.ended(new byte[4096]));
    try (Engine engine = script.connect();
        InputStream in = engine.read("c", "/data", SOON)) {
      Thread.sleep(SOON.toMillis() * 3);
      assertThat(in.readAllBytes()).hasSize(4096);
    }
  }

  @Test
  void aTransferThatIsCutOffDoesNotJustEnd() throws IOException {
    script.on("/v1.41/containers/c/archive", ScriptedEngine.cutOff(new byte[2048]));
    try (Engine engine = script.connect();
        InputStream in = engine.read("c", "/data", SOON)) {
      assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aTarStreamWithoutItsEndDoesNotJustEnd() throws IOException {
    byte[] tar = new byte[2048];
    tar[1500] = 1;
    script.on("/v1.41/containers/c/archive", ScriptedEngine.ended(tar));
    try (Engine engine = script.connect();
        InputStream in = engine.read("c", "/data", SOON)) {
      assertThatThrownBy(in::readAllBytes)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("before its end");
    }
  }

  @Test
  void aWaitEndsWithItsPatience() throws IOException {
    script.on("/v1.41/containers/c/wait", script.stalled(new byte[0]));
    try (Engine engine = script.connect()) {
      assertThatThrownBy(() -> engine.await("c", SOON))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isFalse();
    }
  }

  @Test
  void anInterruptEndsACallAlsoOverTheNetwork() throws Exception {
    script.on("/v1.41/containers/c/json", script.stalled(new byte[0]));
    try (Engine engine = script.connect()) {
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      CompletableFuture<Boolean> flag = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                thrown.set(catchThrowable(() -> engine.inspect("c")));
                flag.complete(Thread.currentThread().isInterrupted());
              });
      thread.start();
      Thread.sleep(300);
      thread.interrupt();

      assertThat(flag.get(5, TimeUnit.SECONDS)).isTrue();
      assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
    }
  }

  @Test
  void closingEndsWhatIsGoingOnAndLeavesNoThread() throws Exception {
    script.on("/v1.41/containers/c/json", script.stalled(new byte[0]));
    script.on("/v1.41/containers/c/archive", script.stalled(new byte[512]));
    Engine engine = script.connect();
    CompletableFuture<Throwable> call =
        CompletableFuture.supplyAsync(() -> catchThrowable(() -> engine.inspect("c")));
    InputStream stream = engine.read("c", "/data", Duration.ofMinutes(1));
    Thread.sleep(300);
    engine.close();

    assertThat(call.get(5, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    assertThatThrownBy(stream::readAllBytes).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> engine.inspect("c")).isInstanceOf(IOException.class);
    Thread.sleep(300);
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("chromabackup") || name.startsWith("docker-java"));
  }

  @Test
  void whatIsSoAlreadyIsNoErrorHoweverTheEngineSaysIt() throws IOException {
    state("paused");
    script.on("/v1.41/containers/c/pause", ScriptedEngine.answer(500, "{\"message\":\"paused\"}"));
    try (Engine engine = script.connect()) {
      assertThatCode(() -> engine.pause("c")).doesNotThrowAnyException();
    }
  }

  @Test
  void whatIsRefusedAndNotSoIsAnErrorInTheEnginesWords() throws IOException {
    state("exited");
    script.on(
        "/v1.41/containers/c/pause", ScriptedEngine.answer(409, "{\"message\":\"not running\"}"));
    try (Engine engine = script.connect()) {
      assertThatThrownBy(() -> engine.pause("c"))
          .isInstanceOf(EngineException.class)
          .hasMessageContaining("not running");
    }
  }

  @Test
  void whatIsPausedIsUnpausedWhereTheEngineWouldNotStopIt() throws IOException {
    state("paused");
    script.on("/v1.41/containers/c/stop", ScriptedEngine.answer(500, "{\"message\":\"paused\"}"));
    script.on("/v1.41/containers/c/unpause", ScriptedEngine.answer(204, ""));
    try (Engine engine = script.connect()) {
      assertThatThrownBy(() -> engine.stop("c", OptionalInt.of(7)))
          .isInstanceOf(EngineException.class);
    }
    assertThat(script.requests)
        .containsSubsequence(
            "POST /v1.41/containers/c/stop?t=7",
            "POST /v1.41/containers/c/unpause",
            "POST /v1.41/containers/c/stop?t=7");
  }

  @Test
  void aMissingPathIsNotAMissingContainer() throws IOException {
    state("exited");
    script.on("/v1.41/containers/c/archive", ScriptedEngine.answer(404, ""));
    try (Engine engine = script.connect()) {
      assertThat(engine.stat("c", "/nowhere")).isEmpty();
      assertThatThrownBy(() -> engine.stat("d", "/nowhere")).isInstanceOf(NoSuchContainer.class);
    }
  }

  @Test
  void aSourceThatCannotBeReadIsItsOwnError() throws IOException {
    script.on("/v1.41/containers/c/archive", ScriptedEngine.answer(200, ""));
    InputStream broken =
        new FilterInputStream(new ByteArrayInputStream(new byte[100_000])) {
          private int left = 50_000;

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left <= 0) {
              throw new IOException("the disk is gone");
            }
            int n = super.read(buffer, offset, Math.min(length, left));
            left -= n;
            return n;
          }
        };
    try (Engine engine = script.connect()) {
      assertThatThrownBy(() -> engine.write("c", "/data", broken))
          .isInstanceOf(IOException.class)
          .hasMessage("the disk is gone");
    }
  }

  private void state(String status) {
    script.on(
        "/v1.41/containers/c/json",
        ScriptedEngine.answer(
            200, "{\"Id\":\"c\",\"State\":{\"Status\":\"%s\"},\"Config\":{}}".formatted(status)));
  }
}
