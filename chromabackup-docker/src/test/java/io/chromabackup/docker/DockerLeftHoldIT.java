package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackupException.ServiceNotResumed;
import io.chromabackup.ServiceController.Hold;
import io.chromabackup.docker.KilledOperation.Moment;
import io.chromabackup.testkit.RealDocker;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A Chroma that this living process does not bring back, and that another one does. */
@Timeout(300)
class DockerLeftHoldIT {
  @TempDir Path directory;
  private DockerEngine docker;

  @BeforeAll
  static void requireDocker() {
    RealDocker.require();
  }

  @BeforeEach
  void connect() throws Exception {
    docker = DockerEngine.connect();
  }

  @AfterEach
  void disconnect() throws Exception {
    docker.close();
  }

  private void recoverInAnotherProcess(String container) throws Exception {
    KilledOperation.run(Moment.never(), "recover", directory.resolve("s").toString(), container);
  }

  @Test
  void whatWasLeftIsBroughtBackByAnotherProcessThoughThisOneLives() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      String container = stack.container(Stack.CHROMA);
      docker.chroma(container).deployment().service().stop().leave();
      assertThat(stack.state(Stack.CHROMA)).isEqualTo("exited");

      recoverInAnotherProcess(container);

      assertThat(stack.state(Stack.CHROMA)).isEqualTo("running");
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void whatIsHeldIsNotBroughtBackByAnotherProcess() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      String container = stack.container(Stack.CHROMA);
      try (Hold hold = docker.chroma(container).deployment().service().pause()) {
        recoverInAnotherProcess(container);

        assertThat(stack.state(Stack.CHROMA)).isEqualTo("paused");
        assertThat(hold.held()).isPresent();
      }
      assertThat(stack.state(Stack.CHROMA)).isEqualTo("running");
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  /** Somebody has taken its port meanwhile. */
  @Test
  void whatCouldNotBeBroughtBackIsBroughtBackByAnotherProcess() throws Exception {
    try (Stack stack = Stack.with().published().withoutRag().withoutWorker().start()) {
      String container = stack.container(Stack.CHROMA);
      Hold hold = docker.chroma(container).deployment().service().stop();
      String port = stack.publishedUri().getAuthority();
      String thief = stack.project() + "-thief";
      DockerCli.docker(
          "run",
          "-d",
          "--name",
          thief,
          "-p",
          port + ":8000",
          "--entrypoint",
          "sleep",
          RealDocker.nodeImage(),
          "1000");
      try {
        assertThatThrownBy(hold::close)
            .isInstanceOf(ServiceNotResumed.class)
            .hasMessageContaining("recover");
      } finally {
        DockerCli.docker("rm", "-f", thief);
      }

      recoverInAnotherProcess(container);

      assertThat(stack.state(Stack.CHROMA)).isEqualTo("running");
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }
}
