package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.testkit.RealDocker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class DockerServiceIT {
  private Containments docker;
  private String name;
  private DockerService service;

  @BeforeAll
  static void requireDocker() {
    RealDocker.require();
  }

  @BeforeEach
  void run() throws IOException {
    docker = Containments.connect();
    name = docker.run("--entrypoint", "sleep", RealDocker.image(), "1h");
    service = service();
  }

  private DockerService service() {
    return new DockerService(
        docker.engine(),
        new Companions(docker.engine(), name),
        name,
        DockerService.FIRST,
        OptionalInt.of(1),
        Optional.empty());
  }

  @AfterEach
  void removeAll() throws IOException {
    docker.close();
  }

  @Test
  void whatWasStartedIsToRunAlsoIfItWentDownByItself() throws Exception {
    DockerService.Hold first = service.stop();
    service.start();
    docker.docker("kill", name);
    assertThat(markers()).as("of whoever dies now").containsExactly("running");
    DockerService.Hold second = service.stop();

    assertThat(markers()).containsExactly("running");
    service.start();
    assertThat(service.isRunning()).isTrue();
    second.close();
    first.close();
    assertThat(service.isRunning()).isTrue();
    assertThat(markers()).isEmpty();
  }

  /** A worker may be done by then; and a look at what has failed is not to be disturbed. */
  @Test
  void whatWentDownAfterItWasStartedIsNotStartedByTheEndOfItsHold() throws Exception {
    DockerService.Hold hold = service.stop();
    service.start();
    docker.docker("kill", name);

    hold.close();

    assertThat(service.isRunning()).isFalse();
    assertThat(markers()).isEmpty();
  }

  /** What marks it the second time is called as the other's first. */
  @Test
  void anotherContainersHoldIsInNobodysWayForItsName() throws Exception {
    String neighbour = name + "-2";
    docker.rename(docker.run("--entrypoint", "sleep", RealDocker.image(), "1h"), neighbour);
    DockerService other =
        new DockerService(
            docker.engine(),
            new Companions(docker.engine(), neighbour),
            neighbour,
            DockerService.FIRST,
            OptionalInt.of(1),
            Optional.empty());

    try (DockerService.Hold paused = other.pause();
        DockerService.Hold first = service.stop()) {
      service.start();
      service.stop().close();
      assertThat(List.of(paused, first)).allMatch(hold -> hold.held().isPresent());
    }

    assertThat(service.isRunning()).isTrue();
    assertThat(markers()).isEmpty();
  }

  /** Whoever started it may have to stop it again. */
  @Test
  void whatWasStartedIsHeldByNobodyElseBeforeItsHoldEnds() throws Exception {
    DockerService other = service();
    try (DockerService.Hold hold = service.stop()) {
      service.start();

      assertThatThrownBy(other::pause).isInstanceOf(ChromaBackupException.Locked.class);

      assertThat(hold.held()).isPresent();
      assertThat(service.isRunning()).isTrue();
    }
    other.pause().close();
    assertThat(markers()).isEmpty();
  }

  /** Who has stopped it will start it, be it in the midst of a restore. */
  @Test
  void whatAnotherWhoLivesHasStoppedIsNotDown() throws Exception {
    DockerService other = service();
    try (DockerService.Hold hold = service.stop()) {
      assertThat(hold.held()).isPresent();
      assertThat(service.isRunning()).as("for who has stopped it").isFalse();
      assertThat(other.isRunning()).as("for another").isTrue();

      assertThatThrownBy(other::stop).isInstanceOf(ChromaBackupException.Locked.class);
      assertThatThrownBy(other::start).isInstanceOf(ChromaBackupException.Locked.class);

      assertThat(container().state().isUp()).isFalse();
      hold.leave();
      assertThat(other.isRunning()).as("once nobody holds it").isFalse();
    }
    other.start();
    assertThat(other.isRunning()).isTrue();
    assertThat(markers()).isEmpty();
  }

  @Test
  void whatWasFoundDownAndIsStartedIsToRunFromThenOn() throws Exception {
    docker.docker("kill", name);
    try (DockerService.Hold hold = service.stop()) {
      service.start();
      assertThat(hold.held()).isPresent();
      assertThat(markers()).containsExactly("running");
    }
    assertThat(service.isRunning()).isTrue();
    assertThat(markers()).isEmpty();
  }

  @Test
  void whatAnotherHasFoundDownIsDown() throws Exception {
    docker.docker("kill", name);
    try (DockerService.Hold hold = service.stop()) {
      assertThat(hold.held()).isPresent();
      assertThat(service().isRunning()).isFalse();
    }
  }

  @Test
  void whatWasStartedOnceAndIsPausedBySomebodyLaterStaysSo() throws Exception {
    DockerService.Hold stopped = service.stop();
    service.start();
    stopped.close();
    docker.docker("pause", name);

    service.pause().close();

    assertThat(container().state().isPaused()).isTrue();
    assertThat(markers()).isEmpty();
  }

  /** Else a stop that is begun now would be taken for one that was over before the start. */
  @Test
  void whatIsStoppedOnceMoreIsMarkedAnew() throws Exception {
    try (DockerService.Hold first = service.stop()) {
      Optional<String> before = service.volumeReader();
      service.start();
      try (DockerService.Hold second = service.stop()) {
        assertThat(service.volumeReader()).isPresent().isNotEqualTo(before);
        assertThat(markers()).containsExactly("running");
        assertThat(List.of(first, second)).allMatch(hold -> hold.held().isPresent());
      }
    }
    assertThat(service.isRunning()).isTrue();
    assertThat(markers()).isEmpty();
  }

  /** {@code docker container prune} does it. */
  @Test
  void whatIsStoppedOnceMoreIsMarkedAlsoIfSomebodyHasRemovedItsMarker() throws Exception {
    try (DockerService.Hold first = service.stop()) {
      docker.docker("rm", service.volumeReader().orElseThrow());
      try (DockerService.Hold second = service.stop()) {
        assertThat(markers()).containsExactly("running");
        assertThat(List.of(first, second)).allMatch(hold -> hold.held().isPresent());
      }
    }
    assertThat(service.isRunning()).isTrue();
    assertThat(markers()).isEmpty();
  }

  /** Whoever recovers leaves alone what a living process holds. */
  @Test
  void whatIsHeldIsStoppedOnceMoreAlsoWhileSomebodyRecovers() throws Exception {
    Companions companions = new Companions(docker.engine(), name);
    try (DockerService.Hold first = service.stop()) {
      service.start();
      String recovery = companions.claim(Purpose.RECOVERY, container(), Companions.Shared.READABLE);

      try (DockerService.Hold second = service.stop()) {
        assertThat(container().state().isUp()).isFalse();
        assertThat(List.of(first, second)).allMatch(hold -> hold.held().isPresent());
      }
      companions.remove(recovery);
    }
    assertThat(markers()).isEmpty();
  }

  @Test
  void whatWasStartedSinceADeadProcessStoppedItRunsOn() throws Exception {
    String id = container().id();
    List<String> labels = new ArrayList<>(List.of("--label", Companions.BESIDE_ID + "=" + id));
    labels.addAll(List.of("--label", "io.chromabackup.hold.quiet=stop"));
    hold("running", OwnerProcessTest.dead(), labels);
    docker.docker("restart", "-t", "0", name);
    Optional<String> run = docker.engine().run(id);

    assertThat(service.recover()).isPresent();

    assertThat(docker.engine().run(id)).as("its run").isPresent().isEqualTo(run);
    assertThat(markers()).isEmpty();
  }

  @Test
  void whatWasFoundDownStaysDown() throws Exception {
    docker.docker("kill", name);
    try (DockerService.Hold hold = service.stop()) {
      assertThat(hold.held()).isPresent();
      assertThat(markers()).singleElement().asString().contains("down");
    }
    assertThat(service.isRunning()).isFalse();
  }

  @Test
  void whatWasFoundPausedAndIsThawedBySomebodyMeanwhileRunsOn() throws Exception {
    docker.docker("pause", name);
    try (DockerService.Hold hold = service.pause()) {
      assertThat(hold.held()).isPresent();
      docker.docker("unpause", name);
    }
    assertThat(container().state().isPaused()).isFalse();
    assertThat(markers()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"frozen", "down"})
  void whatRunsByNowIsLeftRunningThoughADeadProcessHadFoundItOtherwise(String found)
      throws Exception {
    hold(found, OwnerProcessTest.dead());

    assertThat(service.recover()).isPresent();

    assertThat(container().state().status()).isEqualTo(Container.Status.RUNNING);
    assertThat(markers()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"frozen", "down"})
  void whatADeadProcessHadFoundOtherwiseIsThawedIfThisOneHasPausedIt(String found)
      throws Exception {
    hold(found, OwnerProcessTest.dead());

    service.pause().close();

    assertThat(container().state().status()).isEqualTo(Container.Status.RUNNING);
    assertThat(markers()).isEmpty();
  }

  @Test
  void whatADeadProcessHadFoundRunningIsToRunThoughItIsPausedByNow() throws Exception {
    hold("running", OwnerProcessTest.dead());
    docker.docker("pause", name);

    service.pause().close();

    assertThat(container().state().status()).isEqualTo(Container.Status.RUNNING);
    assertThat(markers()).isEmpty();
  }

  @Test
  void whatIsRenamedWhileItIsHeldIsBroughtBackAllTheSame() throws Exception {
    String id = docker.engine().inspect(name).id();
    try (DockerService.Hold hold = service.pause()) {
      docker.docker("rename", name, name + "-renamed");
      assertThat(docker.engine().inspect(id).state().isPaused()).isTrue();
    }
    assertThat(docker.engine().inspect(id).state().isPaused()).isFalse();
    docker.docker("rename", name + "-renamed", name);
    assertThat(markers()).isEmpty();
  }

  /** Two servers on one volume would spoil it. */
  @Test
  void whatWasRenamedIsNotBroughtBackBesideItsSuccessor() throws Exception {
    String id = container().id();
    try (DockerService.Hold hold = service.stop()) {
      assertThat(hold.held()).isPresent();
      succeed();
    }

    requireSuccessorAlone(id);
  }

  @Test
  void whatWasRenamedAfterItsProcessDiedIsNotBroughtBackBesideItsSuccessor() throws Exception {
    String id = container().id();
    docker.docker("kill", name);
    List<String> labels = new ArrayList<>(List.of("--label", Companions.BESIDE_ID + "=" + id));
    labels.addAll(List.of("--label", "io.chromabackup.hold.quiet=stop"));
    hold("running", OwnerProcessTest.dead(), labels);
    succeed();
    Optional<String> run = docker.engine().run(container().id());

    assertThat(service.recover()).isPresent();

    assertThat(docker.engine().run(container().id())).as("its run").isEqualTo(run);
    requireSuccessorAlone(id);
  }

  /** Another container takes the name. */
  private void succeed() throws IOException {
    String successor = docker.run("--entrypoint", "sleep", RealDocker.image(), "1h");
    docker.rename(name, name + "-former");
    docker.rename(successor, name);
  }

  private void requireSuccessorAlone(String former) throws IOException {
    assertThat(docker.engine().inspect(former).state().isUp()).as("the former").isFalse();
    assertThat(service.isRunning()).isTrue();
    assertThat(markers()).isEmpty();
  }

  /** It may be about to be started. */
  @Test
  void whatIsBeingRecoveredIsHeldByNobody() throws Exception {
    hold("running", OwnerProcessTest.dead());
    Companions companions = new Companions(docker.engine(), name);
    String recovery = companions.claim(Purpose.RECOVERY, container(), Companions.Shared.READABLE);

    assertThatThrownBy(service::stop).isInstanceOf(ChromaBackupException.Locked.class);

    assertThat(service.isRunning()).isTrue();
    assertThat(markers()).as("what the dead process left").containsExactly("running");
    companions.remove(recovery);
    service.stop().close();
    assertThat(markers()).isEmpty();
  }

  /** It is not known whether the engine will make it. */
  @Test
  void aCompanionWhoseMakingFailedLocksNobodyOut() throws Exception {
    String token = OwnerToken.begin();
    List<String> labels = new ArrayList<>(List.of("--label", OwnerToken.LABEL + "=" + token));
    labels.addAll(List.of("--name", "chromabackup-hold-" + name));
    hold("running", OwnerProcess.self(), labels);
    assertThatThrownBy(service::pause).isInstanceOf(ChromaBackupException.Locked.class);

    OwnerToken.failed(token);

    service.pause().close();
    assertThat(markers()).isEmpty();
  }

  @Test
  void aHoldThatNobodyMayEndSaysHowToEndItByHand() throws Exception {
    String marker = hold("running", new OwnerProcess("elsewhere", "b", "s", 7, "1"));
    docker.docker("pause", name);

    assertThatThrownBy(service::pause)
        .isInstanceOf(ChromaBackupException.Locked.class)
        .hasMessageContaining("process 7 on elsewhere")
        .hasMessageContaining("docker start (or unpause) " + name)
        .hasMessageContaining("docker rm " + marker);
    assertThat(service.recover()).isEmpty();
    assertThat(docker.engine().inspect(name).state().isPaused()).isTrue();
    docker.docker("rm", marker);
  }

  /** Nobody outside of a container sees whether a process in it lives. */
  @Test
  void whatAProcessInAContainerHeldIsBroughtBackOnceThatContainerHasEnded() throws Exception {
    String home = docker.run("--entrypoint", "sleep", RealDocker.image(), "1h");
    String id = docker.engine().inspect(home).id();
    heldFrom(new OwnerContainer(id, docker.engine().run(id).orElseThrow()));
    assertThatThrownBy(service::pause).isInstanceOf(ChromaBackupException.Locked.class);
    assertThat(service.recover()).isEmpty();

    docker.docker("restart", "-t", "0", home);

    assertThat(service.recover()).isPresent();
    assertThat(docker.engine().inspect(name).state().isPaused()).isFalse();
    assertThat(markers()).isEmpty();
  }

  @Test
  void whatAProcessInAContainerHeldIsBroughtBackOnceThatContainerIsGone() throws Exception {
    heldFrom(new OwnerContainer("0".repeat(64), "2026-01-01T00:00:00Z"));

    assertThat(service.recover()).isPresent();

    assertThat(docker.engine().inspect(name).state().isPaused()).isFalse();
  }

  private void heldFrom(OwnerContainer container) throws IOException {
    List<String> labels = new ArrayList<>();
    container
        .labels()
        .forEach((key, value) -> labels.addAll(List.of("--label", key + "=" + value)));
    hold("running", new OwnerProcess("elsewhere", "b", "s", 7, "1"), labels);
    docker.docker("pause", name);
  }

  @Test
  void aContainerIsToldFromWithin() throws Exception {
    String within =
        docker.docker("exec", name, "cat", "/proc/self/mountinfo", "/proc/sys/kernel/hostname");
    String id = docker.engine().inspect(name).id();

    assertThat(OwnerContainer.hints(within, "")).containsExactly(id);
    assertThat(OwnerContainer.hints("", within.lines().reduce((a, b) -> b).orElseThrow()))
        .singleElement()
        .asString()
        .hasSize(12)
        .satisfies(hint -> assertThat(id).startsWith(hint));
    assertThat(docker.engine().run(id.substring(0, 12))).isPresent();
    assertThat(docker.engine().run(name)).as("a name is no id").isEmpty();
  }

  /** Such a one has the host name, and the file of it, of the other. */
  @Test
  void aContainerWhoseNetworkOthersShareIsNotToldFromThem() throws Exception {
    String home = docker.run("--entrypoint", "sleep", RealDocker.image(), "1h");
    String id = docker.engine().inspect(home).id();
    assertThat(docker.engine().lendsNetwork(id)).isFalse();

    docker.run("--network", "container:" + home, "--entrypoint", "sleep", RealDocker.image(), "1h");

    assertThat(docker.engine().lendsNetwork(id)).isTrue();
    assertThat(docker.engine().lendsNetwork(id.substring(0, 12))).isTrue();
  }

  @Test
  void aProcessThatRunsInNoContainerOfThisEngineSaysSo() throws Exception {
    assertThat(OwnerContainer.hints("1 2 0:3 /etc/hostname /etc/hostname rw - ext4", "a-host"))
        .isEmpty();
  }

  private String hold(String found, OwnerProcess owner) throws IOException {
    return hold(found, owner, List.of());
  }

  private String hold(String found, OwnerProcess owner, List<String> more) throws IOException {
    List<String> labels = new ArrayList<>(more);
    Map<String, String> facts =
        Map.of(
            Purpose.LABEL,
            "hold",
            "io.chromabackup.chroma",
            name,
            Companions.BESIDE,
            name,
            "io.chromabackup.hold.found",
            found);
    facts.forEach((key, value) -> labels.addAll(List.of("--label", key + "=" + value)));
    owner.labels().forEach((key, value) -> labels.addAll(List.of("--label", key + "=" + value)));
    labels.add(RealDocker.image());
    return docker.create(labels.toArray(String[]::new));
  }

  /** How the markers say that it was found. */
  private List<String> markers() throws IOException {
    return docker.engine().containers(Map.of(Purpose.LABEL, "hold")).stream()
        .filter(marker -> Companions.isBeside(marker, container()))
        .map(marker -> marker.labels().getOrDefault("io.chromabackup.hold.found", ""))
        .toList();
  }

  private Container container() {
    try {
      return docker.engine().inspect(name);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
