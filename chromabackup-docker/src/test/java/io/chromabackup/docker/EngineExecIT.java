package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.chromabackup.testkit.RealDocker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands in running containers, and talking to them, at a real engine. */
@Timeout(120)
class EngineExecIT {
  private static final String SERVER =
      "require('http').createServer((q,s)=>s.end('you asked for '+q.url)).listen(8000,()=>console.log('up'))";

  private static final String TUNNEL = "exec 3<>/dev/tcp/127.0.0.1/8000; cat <&3 & cat >&3";

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
  void aCommandIsTalkedToInTurns() throws IOException {
    try (ExecSession cat = engine.exec(docker.running(), List.of("cat"))) {
      BufferedReader output = reader(cat);
      for (String word : List.of("one", "two", "drei €")) {
        say(cat, word + "\n");
        assertThat(output.readLine()).isEqualTo(word);
      }
    }
  }

  @Test
  void httpIsTalkedToAPortInTheContainer() throws Exception {
    String id = docker.create("node", "-e", SERVER);
    engine.start(id);
    for (int i = 0; i < 100 && !engine.logs(id, 5).contains("up"); i++) {
      Thread.sleep(100);
    }
    try (ExecSession tunnel = engine.exec(id, List.of("bash", "-c", TUNNEL))) {
      BufferedReader output = reader(tunnel);
      for (String path : List.of("/api/v2/heartbeat", "/again")) {
        say(tunnel, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(path));
        assertThat(output.readLine()).isEqualTo("HTTP/1.1 200 OK");
        assertThat(body(output, path.length())).isEqualTo("you asked for " + path);
      }
    }
  }

  private static String body(BufferedReader output, int length) throws IOException {
    String line = output.readLine();
    while (!line.isEmpty()) {
      line = output.readLine();
    }
    char[] body = new char["you asked for ".length() + length];
    for (int n = 0; n < body.length; ) {
      n += output.read(body, n, body.length - n);
    }
    return new String(body);
  }

  @Test
  void muchGoesBothWaysAtOnce() throws Exception {
    byte[] much = new byte[3_000_000];
    new Random(7).nextBytes(much);
    try (ExecSession cat = engine.exec(docker.running(), List.of("cat"))) {
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(
              () -> assertThatCode(() -> cat.input().write(much)).doesNotThrowAnyException());

      assertThat(cat.output().readNBytes(much.length)).isEqualTo(much);
      writing.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void whatACommandComplainsOfIsKeptApart() throws IOException {
    try (ExecSession command =
        engine.exec(
            docker.running(), List.of("sh", "-c", "echo bad >&2; echo good; echo worse >&2"))) {
      assertThat(new String(command.output().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("good\n");
      assertThat(command.errors()).isEqualTo("bad\nworse\n");
    }
  }

  @Test
  void aCommandThatIsNotThereSaysNothingAndEnds() throws IOException {
    try (ExecSession command = engine.exec(docker.running(), List.of("no-such-command"))) {
      assertThat(new String(command.output().readAllBytes(), StandardCharsets.UTF_8))
          .doesNotStartWith("HTTP");
    }
  }

  @Test
  void closingEndsTheCommandsInput() throws Exception {
    String id = docker.running();
    try (ExecSession command =
        engine.exec(id, List.of("sh", "-c", "echo ready; cat >/tmp/in; mv /tmp/in /tmp/all"))) {
      assertThat(reader(command).readLine()).isEqualTo("ready");
      say(command, "the last words");
    }
    for (int i = 0; i < 100 && engine.stat(id, "/tmp/all").isEmpty(); i++) {
      Thread.sleep(50);
    }
    assertThat(engine.stat(id, "/tmp/all").orElseThrow().size()).isEqualTo(14);
  }

  @Test
  void aCommandThatDoesNotListenIsLetGoOf() throws Exception {
    String id = docker.running();
    CompletableFuture<Void> closed =
        CompletableFuture.runAsync(
            () ->
                assertThatCode(
                        () -> {
                          try (ExecSession deaf = engine.exec(id, List.of("sleep", "60"))) {
                            byte[] piece = new byte[4096];
                            for (int i = 0; i < 4; i++) {
                              deaf.input().write(piece);
                            }
                          }
                        })
                    .doesNotThrowAnyException());
    closed.get(20, TimeUnit.SECONDS);
  }

  private static BufferedReader reader(ExecSession connection) {
    return new BufferedReader(new InputStreamReader(connection.output(), StandardCharsets.UTF_8));
  }

  private static void say(ExecSession connection, String words) throws IOException {
    connection.input().write(words.getBytes(StandardCharsets.UTF_8));
    connection.input().flush();
  }
}
