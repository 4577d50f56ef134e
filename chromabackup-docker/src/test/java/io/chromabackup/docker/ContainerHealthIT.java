package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackupException.Unhealthy;
import io.chromabackup.files.Interruption;
import io.chromabackup.testkit.RealDocker;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class ContainerHealthIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(3);
  private static final String SILENT = "sleep 1000";

  /** What an engine of another machine says of itself. */
  private static final String FAR = "{\"Name\":\"far\",\"OperatingSystem\":\"Debian\"}";

  @TempDir Path directory;
  private Engine engine;
  private Containments docker;

  @BeforeAll
  static void requireDocker() {
    RealDocker.require();
  }

  @BeforeEach
  void connect() throws IOException {
    docker = Containments.connect();
    engine = docker.engine();
  }

  @AfterEach
  void removeAll() throws IOException {
    docker.close();
  }

  @Test
  void thePublishedPortIsAskedFirst() throws Exception {
    String name = docker.run("-p", "127.0.0.1::8000", RealDocker.image());

    assertThat(check(name))
        .startsWith("0 collections with 0 documents, asked of Chroma in container " + name)
        .contains("at http://127.0.0.1:")
        .contains("published port");
  }

  /** What listens at that port here may be this machine's own Chroma. */
  @Test
  void behindAForwardedSocketTheWayThroughTheEngineComesFirst() throws Exception {
    String name = docker.run("-p", "127.0.0.1::8000", RealDocker.image());

    assertThat(checkedBy(FAR, name, LONG)).contains("through the engine");
  }

  @Test
  void behindAForwardedSocketAnImageWithoutBashIsAskedAtItsAddresses() throws Exception {
    String name = docker.run("-p", "127.0.0.1::8000", RealDocker.image());
    docker.docker("exec", name, "sh", "-c", "rm -f /bin/bash /usr/bin/bash");

    assertThat(checkedBy(FAR, name, LONG)).doesNotContain("through the engine");
  }

  @Test
  void behindAForwardedSocketNobodyElseIsAskedWhileChromaComesUp() throws Exception {
    String name =
        docker.run("-p", "127.0.0.1::8000", "--entrypoint", "sh", RealDocker.image(), "-c", SILENT);

    assertThatThrownBy(() -> checkedBy(FAR, name, SHORT))
        .isInstanceOf(Unhealthy.class)
        .hasMessageContaining("through the engine: no connection")
        .hasMessageNotContaining("published port");
  }

  @Test
  void whatDockerDesktopPublishesIsAskedHere() throws Exception {
    String name = docker.run("-p", "127.0.0.1::8000", RealDocker.image());
    String desktop = "{\"Name\":\"docker-desktop\",\"OperatingSystem\":\"Docker Desktop\"}";

    assertThat(checkedBy(desktop, name, LONG)).doesNotContain("through the engine");
  }

  private String checkedBy(String info, String name, Duration patience) throws Exception {
    try (ForwardedEngine forwarded =
            new ForwardedEngine(engine, directory.resolve("engine.sock"), info);
        Engine there = forwarded.connect()) {
      return new ContainerHealth(there, name, Optional.empty()).check(List.of(), patience);
    }
  }

  @Test
  void withoutAPublishedPortItsAddressInANetworkIs() throws Exception {
    String name = docker.run(RealDocker.image());

    assertThat(check(name)).containsAnyOf("(network bridge)", "through the engine");
  }

  @Test
  void withoutAnyNetworkItIsAskedThroughTheEngineAndNothingIsLeft() throws Exception {
    String name = docker.run("--network", "none", RealDocker.image());
    int before = docker.processes(name);

    assertThat(check(name)).endsWith("Chroma in container " + name + " through the engine");

    awaitNoTunnelThread();
    for (int i = 0; i < 50 && docker.processes(name) > before; i++) {
      Thread.sleep(100);
    }
    assertThat(docker.processes(name)).isEqualTo(before);
  }

  @Test
  void anotherPortIsFoundInItsConfiguration() throws Exception {
    String name =
        docker.run(
            "--network",
            "none",
            "-e",
            "CHROMA_PORT=9123",
            RealDocker.image(),
            "run",
            "/config.yaml");

    assertThat(ChromaConfiguration.of(engine, engine.inspect(name)).port()).isEqualTo(9123);
    assertThat(check(name)).contains("through the engine");
  }

  @Test
  void anAddressThatWasGivenIsTheOnlyOne() throws Exception {
    String name = docker.run(RealDocker.image());
    ContainerHealth health =
        new ContainerHealth(engine, name, Optional.of(URI.create("http://127.0.0.1:9")))
            .withHeader("Authorization", "Bearer s3cret");

    assertThatThrownBy(() -> health.check(List.of(), SHORT))
        .isInstanceOf(Unhealthy.class)
        .hasMessageContaining("Chroma in container " + name)
        .hasMessageContaining("asked at http://127.0.0.1:9: no heartbeat: no connection")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void aContainerThatEndedIsNotWaitedFor() throws Exception {
    String name = docker.run("--entrypoint", "sh", RealDocker.image(), "-c", "echo cannot; exit 3");
    docker.docker("wait", name);

    assertThatThrownBy(() -> check(name))
        .isInstanceOf(Unhealthy.class)
        .hasMessageContaining("exit code 3")
        .hasMessageContaining("Its last lines: cannot");
  }

  @Test
  void aCrashLoopIsNotWaitedFor() throws Exception {
    String name =
        docker.run(
            "--restart=always",
            "--entrypoint",
            "sh",
            RealDocker.image(),
            "-c",
            "sleep 0.2; echo torn; exit 7");
    long start = System.nanoTime();

    assertThatThrownBy(() -> check(name))
        .isInstanceOf(Unhealthy.class)
        .hasMessageContaining("exit code 7")
        .hasMessageContaining("over and over")
        .hasMessageContaining("torn");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(40));
  }

  @Test
  void whatNeverListensIsToldWithAllWaysAndWhatToDo() throws Exception {
    String name =
        docker.run("-p", "127.0.0.1::8000", "--entrypoint", "sh", RealDocker.image(), "-c", SILENT);
    long start = System.nanoTime();

    assertThatThrownBy(
            () -> new ContainerHealth(engine, name, Optional.empty()).check(List.of(), SHORT))
        .isInstanceOf(Unhealthy.class)
        .hasMessageContaining("its published port")
        .hasMessageContaining("network bridge")
        .hasMessageContaining("through the engine: no connection")
        .hasMessageContaining("give its address");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void anImageWithoutBashIsToldSo() throws Exception {
    String name =
        docker.run("--network", "none", "--entrypoint", "sh", RealDocker.image(), "-c", SILENT);
    docker.docker("exec", name, "sh", "-c", "rm -f /bin/bash /usr/bin/bash");

    assertThatThrownBy(
            () -> new ContainerHealth(engine, name, Optional.empty()).check(List.of(), SHORT))
        .hasMessageContaining("through the engine: the image has no bash");
  }

  @Test
  void anInterruptEndsIt() throws Exception {
    String name =
        docker.run("--network", "none", "--entrypoint", "sh", RealDocker.image(), "-c", SILENT);
    Thread test = Thread.currentThread();
    Thread interrupting =
        new Thread(
            () -> {
              try {
                Interruption.sleep(1500);
              } catch (InterruptedIOException e) {
                return;
              }
              test.interrupt();
            });
    interrupting.start();

    assertThatThrownBy(() -> check(name)).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    awaitNoTunnelThread();
  }

  @Test
  void aDependentWithoutHealthCheckMustStayUp() throws Exception {
    String up = docker.run("--entrypoint", "sh", RealDocker.image(), "-c", SILENT);
    String down =
        docker.run("--entrypoint", "sh", RealDocker.image(), "-c", "sleep 1; echo bye; exit 5");

    DependentHealth.await(engine, engine.inspect(up), Optional.empty(), LONG);
    assertThatThrownBy(
            () -> DependentHealth.await(engine, engine.inspect(down), Optional.empty(), LONG))
        .isInstanceOf(Unhealthy.class)
        .hasMessageContaining("container " + down)
        .hasMessageContaining("exit code 5")
        .hasMessageContaining("bye");
  }

  @Test
  void aDependentsOwnHealthCheckIsWaitedFor() throws Exception {
    String name =
        docker.run(
            "--health-cmd=test -e /ready",
            "--health-interval=1s",
            "--health-retries=1",
            "--entrypoint",
            "sh",
            RealDocker.image(),
            "-c",
            "sleep 3; touch /ready; sleep 1000");
    String never =
        docker.run(
            "--health-cmd=false",
            "--health-interval=1s",
            "--health-retries=1",
            "--entrypoint",
            "sh",
            RealDocker.image(),
            "-c",
            SILENT);

    DependentHealth.await(engine, engine.inspect(name), Optional.empty(), LONG);
    assertThat(engine.inspect(name).state().health()).contains("healthy");
    assertThatThrownBy(
            () ->
                DependentHealth.await(
                    engine, engine.inspect(never), Optional.empty(), Duration.ofSeconds(4)))
        .isInstanceOf(Unhealthy.class)
        .hasMessageContaining("its own health check says unhealthy");
  }

  @Test
  void aDependentsAddressMustAnswer() throws Exception {
    String name = docker.run("-p", "127.0.0.1::8000", RealDocker.image());
    Container container = engine.inspect(name);
    int port = container.published().get(8000).port();
    URI good = URI.create("http://127.0.0.1:%d/api/v2/heartbeat?token=s3cret".formatted(port));
    URI bad = URI.create("http://127.0.0.1:%d/api/v1/heartbeat?token=s3cret".formatted(port));

    DependentHealth.await(engine, container, Optional.of(good), LONG);
    assertThatThrownBy(
            () -> DependentHealth.await(engine, container, Optional.of(bad), Duration.ofSeconds(4)))
        .isInstanceOf(Unhealthy.class)
        .hasMessageContaining("/api/v1/heartbeat: status 4")
        .hasMessageNotContaining("s3cret");
  }

  private String check(String name) throws IOException {
    return new ContainerHealth(engine, name, Optional.empty()).check(List.of(), LONG);
  }

  /** One that has done its work takes a moment to be gone. */
  private static void awaitNoTunnelThread() throws InterruptedException {
    for (int i = 0; i < 50 && tunnelThreads() > 0; i++) {
      Thread.sleep(100);
    }
    assertThat(tunnelThreads()).isZero();
  }

  private static long tunnelThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("chromabackup tunnel"))
        .count();
  }
}
