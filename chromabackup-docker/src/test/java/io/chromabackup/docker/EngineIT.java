package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.chromabackup.docker.Container.HostPort;
import io.chromabackup.docker.Container.Mount;
import io.chromabackup.docker.Container.Status;
import io.chromabackup.testkit.RealDocker;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What containers are, and what is done to them, at a real engine. */
@Timeout(120)
class EngineIT {
  private LiveEngine docker;
  private Engine engine;

  @BeforeAll
  static void requireDocker() {
    RealDocker.require();
  }

  @BeforeEach
  void connect() throws IOException {
    docker = LiveEngine.connect();
    engine = docker.engine();
  }

  @AfterEach
  void clean() throws IOException {
    docker.close();
  }

  @Test
  void theEngineOfTheEnvironmentIsNamed() {
    assertThat(engine.describe()).contains("://");
    assertThat(engine.isLocal()).isEqualTo(engine.hostName().isEmpty());
  }

  @Test
  void aContainerIsFoundByNameIdAndLabels() throws IOException {
    String name = docker.freshName();
    String id = engine.create(companion(Optional.of(name), "sleep", "60"));

    assertThat(engine.inspect(name).id()).isEqualTo(id);
    assertThat(engine.inspect(id).name()).isEqualTo(name);
    assertThat(engine.containers(docker.labels())).extracting(Container::name).contains(name);
    String anyValue = docker.labels().keySet().iterator().next();
    assertThat(engine.containers(Map.of(anyValue, ""))).extracting(Container::id).contains(id);
    assertThat(engine.containers(Map.of(anyValue, "other"))).isEmpty();
  }

  @Test
  void aCompanionIsCutOffFromAllElse() throws IOException {
    String id = engine.create(companion(Optional.empty(), "sleep", "60"));
    Container made = engine.inspect(id);

    assertThat(made.state().status()).isEqualTo(Status.CREATED);
    assertThat(made.command()).containsExactly("sleep", "60");
    assertThat(made.user()).isEqualTo("0:0");
    assertThat(made.addresses()).isEmpty();
    assertThat(made.state().health()).isEmpty();
    assertThat(made.removedOnExit()).isFalse();
    assertThat(made.labels()).containsAllEntriesOf(docker.labels());
  }

  @Test
  void aCompanionWithoutACommandDoesNothing() throws IOException {
    String id = docker.create();
    engine.start(id);

    assertThat(engine.await(id, Duration.ofSeconds(30))).isZero();
  }

  @Test
  void aNameIsALock() throws IOException {
    Companion companion = companion(Optional.of(docker.freshName()), "true");
    engine.create(companion);

    assertThatThrownBy(() -> engine.create(companion))
        .isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.isConflict()).isTrue())
        .hasMessageContaining("already in use");
  }

  @Test
  void whatACompanionIsMadeOfMustBeThere() {
    Companion noImage =
        new Companion(
            Optional.empty(), "no/such:image", Optional.empty(), false, List.of(), docker.labels());
    Companion noVolumes =
        new Companion(
            Optional.empty(),
            LiveEngine.image(),
            Optional.of("chromabackup-test-nobody"),
            false,
            List.of(),
            docker.labels());

    assertThatThrownBy(() -> engine.create(noImage))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("no/such:image");
    assertThatThrownBy(() -> engine.create(noVolumes)).isInstanceOf(NoSuchContainer.class);
  }

  @Test
  void allThatAContainerIsIsRead() throws IOException {
    List<String> options =
        List.of(
            "-e",
            "CHROMA=a=b",
            "-e",
            "EMPTY=",
            "-w",
            "/opt",
            "-u",
            "7:8",
            "-p",
            "127.0.0.1::8000",
            "-p",
            "127.0.0.1::9000/udp",
            "-v",
            "/data",
            "-v",
            "/tmp:/host:ro",
            "--tmpfs",
            "/scratch",
            "--rm",
            "--stop-timeout",
            "33",
            "--health-cmd",
            "true",
            "--expose",
            "8001");
    Container found = engine.inspect(docker.run(options, "sleep", "600"));

    assertThat(found.image()).endsWith(LiveEngine.image());
    assertThat(found.imageId()).isNotEqualTo(found.image()).isNotEmpty();
    assertThat(found.state().status()).isEqualTo(Status.RUNNING);
    assertThat(found.state().health()).isPresent();
    assertThat(found.environment()).contains(entry("CHROMA", "a=b"), entry("EMPTY", ""));
    assertThat(found.workingDirectory()).isEqualTo("/opt");
    assertThat(found.user()).isEqualTo("7:8");
    assertThat(found.command()).containsExactly("sleep", "600");
    assertThat(found.removedOnExit()).isTrue();
    assertThat(found.stopSeconds()).hasValue(33);
    assertThat(found.addresses()).hasSize(1).allSatisfy((n, a) -> assertThat(a).contains("."));
    assertThat(found.published()).containsOnlyKeys(8000);
    HostPort port = found.published().get(8000);
    assertThat(port.address()).isEqualTo("127.0.0.1");
    assertThat(port.port()).isPositive();
    assertThat(found.mounts())
        .contains(
            new Mount("bind", "/tmp", "/host", false), new Mount("tmpfs", "", "/scratch", true))
        .anySatisfy(
            m -> {
              assertThat(m.type()).isEqualTo("volume");
              assertThat(m.destination()).isEqualTo("/data");
              assertThat(m.name()).doesNotContain("/");
              assertThat(m.writable()).isTrue();
            });
  }

  @Test
  void aContainerInTheHostsNetworkHasNoAddress() throws IOException {
    Container found = engine.inspect(docker.run(List.of("--network", "host"), "sleep", "600"));

    assertThat(found.addresses()).containsExactly(entry("host", ""));
    assertThat(found.published()).isEmpty();
    assertThat(found.stopSeconds()).isEmpty();
  }

  @Test
  void whatIsSoAlreadyIsNotDoneAgain() throws IOException {
    String id = docker.running();

    engine.start(id);
    engine.unpause(id);
    engine.pause(id);
    engine.pause(id);
    assertThat(engine.inspect(id).state().isPaused()).isTrue();
    engine.unpause(id);
    assertThat(status(id)).isEqualTo(Status.RUNNING);
    engine.stop(id, OptionalInt.of(20));
    engine.stop(id, OptionalInt.of(20));
    assertThat(engine.inspect(id).state().exitCode()).isEqualTo(3);
    engine.unpause(id);
    engine.start(id);
    assertThat(status(id)).isEqualTo(Status.RUNNING);
  }

  @Test
  void whatCannotBeIsRefusedInTheEnginesWords() throws IOException {
    String stopped = docker.create("true");

    assertThatThrownBy(() -> engine.pause(stopped))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("not running");
    assertThatThrownBy(() -> engine.exec(stopped, List.of("true")))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("running");
    String paused = docker.running();
    engine.pause(paused);
    assertThatThrownBy(() -> engine.start(paused)).isInstanceOf(EngineException.class);
  }

  @Test
  void aPausedContainerCanBeStopped() throws IOException {
    String id = docker.running();
    engine.pause(id);
    engine.stop(id, OptionalInt.of(1));

    assertThat(status(id)).isEqualTo(Status.EXITED);
  }

  @Test
  void aContainerThatDoesNotHearIsKilled() throws IOException {
    String id = docker.create("sh", "-c", "trap '' TERM; while :; do sleep 0.1; done");
    engine.start(id);
    engine.stop(id, OptionalInt.of(1));

    assertThat(engine.inspect(id).state().exitCode()).isEqualTo(137);
  }

  @Test
  void theEndOfAContainerIsWaitedForAndItsWordsAreKept() throws IOException {
    String id = docker.create("sh", "-c", "echo one; echo two >&2; echo thrée; exit 42");
    engine.start(id);

    assertThat(engine.await(id, Duration.ofSeconds(30))).isEqualTo(42);
    assertThat(engine.logs(id, 10)).contains("one", "two", "thrée");
    assertThat(engine.logs(id, 1).lines()).hasSize(1);
  }

  @Test
  void theWordsOfATerminalAreKeptToo() throws IOException {
    String id = docker.run(List.of("-t"), "echo", "from a terminal");
    engine.await(id, Duration.ofSeconds(30));

    assertThat(engine.logs(id, 10).strip()).isEqualTo("from a terminal");
  }

  @Test
  void patienceEnds() throws IOException {
    String id = docker.running();

    assertThatThrownBy(() -> engine.await(id, Duration.ofMillis(500)))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void anInterruptIsToldFromADeadline() throws IOException {
    String id = docker.running();
    Thread me = Thread.currentThread();
    Thread interrupter =
        new Thread(
            () -> {
              sleep(300);
              me.interrupt();
            });
    interrupter.start();

    assertThatThrownBy(() -> engine.await(id, Duration.ofSeconds(60)))
        .isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(status(id)).isEqualTo(Status.RUNNING);
  }

  @Test
  void whatIsRemovedIsGoneAndRemovingItAgainDoesNothing() throws IOException {
    String id = docker.running();
    engine.remove(id);
    engine.remove(id);

    assertThatThrownBy(() -> engine.inspect(id)).isInstanceOf(NoSuchContainer.class);
  }

  @Test
  void whatIsNotThereIsSaidToBe() {
    for (String nobody : List.of("chromabackup-test-nobody", "no/body", "")) {
      assertThatThrownBy(() -> engine.inspect(nobody)).isInstanceOf(NoSuchContainer.class);
    }
    String nobody = "chromabackup-test-nobody";
    assertThatThrownBy(() -> engine.pause(nobody)).isInstanceOf(NoSuchContainer.class);
    assertThatThrownBy(() -> engine.unpause(nobody)).isInstanceOf(NoSuchContainer.class);
    assertThatThrownBy(() -> engine.start(nobody)).isInstanceOf(NoSuchContainer.class);
    assertThatThrownBy(() -> engine.stop(nobody, OptionalInt.empty()))
        .isInstanceOf(NoSuchContainer.class);
    assertThatThrownBy(() -> engine.await(nobody, Duration.ofSeconds(5)))
        .isInstanceOf(NoSuchContainer.class);
    assertThatThrownBy(() -> engine.logs(nobody, 5)).isInstanceOf(NoSuchContainer.class);
    assertThatThrownBy(() -> engine.exec(nobody, List.of("true")))
        .isInstanceOf(NoSuchContainer.class);
  }

  private Companion companion(Optional<String> name, String... command) {
    return new Companion(
        name, LiveEngine.image(), Optional.empty(), false, List.of(command), docker.labels());
  }

  private Status status(String id) throws IOException {
    return engine.inspect(id).state().status();
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
