package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.chromabackup.ChromaBackupException.EngineUnavailable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said where no engine answers. */
@Timeout(60)
class EngineUnreachableTest {
  @TempDir Path dir;

  @Test
  void aMissingSocketAsksWhetherTheEngineRuns() {
    assertThatConnecting("unix://" + dir.resolve("no.sock"))
        .hasMessageContaining("not installed, or does not run")
        .hasMessageContaining("DOCKER_HOST");
  }

  @Test
  void aFileThatIsNoSocketHasNoListener() throws IOException {
    Path file = Files.createFile(dir.resolve("file.sock"));

    assertThatConnecting("unix://" + file).hasMessageContaining("nothing listens");
  }

  @Test
  void aRefusedConnectionIsSaid() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertThatConnecting("tcp://127.0.0.1:" + port).hasMessageContaining("refused");
  }

  @Test
  void anUnknownHostIsSaid() {
    assertThatConnecting("tcp://engine.invalid:2375").hasMessageContaining("host name");
  }

  @Test
  void aServerThatIsNoEngineIsNotTakenForOne() throws IOException {
    HttpServer chroma =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    chroma.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    chroma.start();
    try {
      assertThatConnecting("tcp://127.0.0.1:" + chroma.getAddress().getPort())
          .hasMessageContaining("something else than a Docker engine")
          .hasMessageContaining("404");
    } finally {
      chroma.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:2375",
        "/var/run/docker.sock",
        "",
        "tcp://",
        "tcp://under_score:2375",
        "unix://",
        "unix:///a b",
        "http://localhost:2375",
        "ssh://user@host"
      })
  void anAddressThatIsNoneIsSaidToBe(String address) {
    assertThatConnecting(address)
        .hasMessageContaining("address")
        .hasMessageContaining("DOCKER_HOST");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp://user:secret@127.0.0.1:1", "tcp://user:secret@not a host:1"})
  void aPasswordInTheAddressIsInNoMessage(String address) {
    assertThatConnecting(address).message().doesNotContain("secret");
  }

  @Test
  void missingCertificatesAreNamed() {
    DockerHost host =
        new DockerHost(Optional.of("tcp://127.0.0.1:2376"), Optional.of(dir.resolve("certs")));

    assertThatThrownBy(() -> Engine.connect(host))
        .isInstanceOf(EngineUnavailable.class)
        .hasMessageContaining("certs");
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertThatConnecting(String uri) {
    DockerHost host = new DockerHost(Optional.of(uri), Optional.empty());
    AbstractThrowableAssert<?, ? extends Throwable> thrown =
        assertThatThrownBy(() -> Engine.connect(host)).isInstanceOf(EngineUnavailable.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    return thrown;
  }
}
