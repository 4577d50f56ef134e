package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.testkit.RealDocker;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class EngineTunnelIT {
  /** Answers with what it was sent; without a length, so that the end of the connection is its. */
  private static final String ECHO =
      """
      require('http').createServer((q, s) => {
        s.setHeader('Connection', 'close'); s.useChunkedEncodingByDefault = false; q.pipe(s);
      }).listen(8000, '127.0.0.1')
      """;

  private Containments docker;
  private String name;

  @BeforeAll
  static void requireDocker() {
    RealDocker.require();
  }

  @BeforeEach
  void serve() throws Exception {
    docker = Containments.connect();
    name =
        docker.run("--network", "none", "--entrypoint", "node", RealDocker.nodeImage(), "-e", ECHO);
  }

  @AfterEach
  void removeAll() throws IOException {
    docker.close();
  }

  @Test
  void muchIsCarriedBothWaysByManyAtOnceAndNothingIsLeft() throws Exception {
    int before = docker.processes(name);
    byte[] much = new byte[4 << 20];
    new Random(1).nextBytes(much);
    try (EngineTunnel tunnel = tunnel()) {
      awaitOpen(tunnel);
      HttpClient client = HttpClient.newHttpClient();
      List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        answers.add(client.sendAsync(post(tunnel.address(), much), BodyHandlers.ofByteArray()));
      }
      for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
        assertThat(answer.get().body()).isEqualTo(much);
      }
    }
    awaitProcesses(before);
  }

  @Test
  void closingItEndsConnectionsThatAreUsed() throws Exception {
    int before = docker.processes(name);
    try (Socket socket = new Socket()) {
      try (EngineTunnel tunnel = tunnel()) {
        awaitOpen(tunnel);
        socket.connect(new InetSocketAddress("127.0.0.1", tunnel.address().getPort()), 1000);
        socket.getOutputStream().write("POST / HTTP/1.1\r\n".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < 100 && docker.processes(name) < before + 3; i++) {
          Thread.sleep(50);
        }
        assertThat(docker.processes(name)).isGreaterThanOrEqualTo(before + 3);
      }
      awaitProcesses(before);
      InputStream in = socket.getInputStream();
      assertThat(endOf(in)).isTrue();
    }
  }

  @Test
  void aServerThatDiesEndsTheConnection() throws Exception {
    try (EngineTunnel tunnel = tunnel()) {
      awaitOpen(tunnel);
      try (Socket socket = new Socket("127.0.0.1", tunnel.address().getPort())) {
        socket.getOutputStream().write(10);
        Thread.sleep(500);
        docker.docker("kill", name);
        assertThat(endOf(socket.getInputStream())).isTrue();
      }
    }
  }

  @Test
  void whyNothingIsCarriedIsTold() throws Exception {
    try (EngineTunnel tunnel = EngineTunnel.to(docker.engine(), id(), 9);
        Socket socket = new Socket("127.0.0.1", tunnel.address().getPort())) {
      assertThat(endOf(socket.getInputStream())).isTrue();
      assertThat(tunnel.problem()).contains("no connection");
    }
  }

  private static boolean endOf(InputStream in) {
    try {
      return in.read() < 0;
    } catch (IOException e) {
      return true; // reset
    }
  }

  private EngineTunnel tunnel() throws IOException {
    return EngineTunnel.to(docker.engine(), id(), 8000);
  }

  private String id() throws IOException {
    return docker.engine().inspect(name).id();
  }

  private static HttpRequest post(URI address, byte[] body) {
    return HttpRequest.newBuilder(address)
        .timeout(Duration.ofSeconds(60))
        .POST(BodyPublishers.ofByteArray(body))
        .build();
  }

  private void awaitOpen(EngineTunnel tunnel) throws Exception {
    for (int i = 0; i < 100; i++) {
      try {
        HttpClient.newHttpClient()
            .send(post(tunnel.address(), new byte[1]), BodyHandlers.discarding());
        return;
      } catch (IOException e) {
        Thread.sleep(100);
      }
    }
    throw new IOException("it does not listen: " + tunnel.problem());
  }

  private void awaitProcesses(int count) throws Exception {
    for (int i = 0; i < 50 && docker.processes(name) > count; i++) {
      Thread.sleep(100);
    }
    assertThat(docker.processes(name)).isEqualTo(count);
  }
}
