package io.chromabackup.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HttpGetTest {
  private final HttpGet http =
      new HttpGet(Redirect.NEVER, Duration.ofSeconds(1), Map.of("X-Token", "secret"));
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private ServerSocket server;

  @BeforeEach
  void serve() throws IOException {
    server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    threads.execute(
        () -> {
          while (!server.isClosed()) {
            try {
              Socket socket = server.accept();
              threads.execute(() -> answer(socket));
            } catch (IOException e) {
              return;
            }
          }
        });
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    threads.shutdownNow();
  }

  @Test
  void headersAreSent() throws Exception {
    assertThat(http.ask(at("/token"), Duration.ofSeconds(5)))
        .isEqualTo(new HttpGet.Answer(200, "secret"));
    assertThat(http.ask(at("/nowhere"), Duration.ofSeconds(5)).status()).isEqualTo(404);
  }

  @Test
  void ofAnEndlessAnswerTheBeginningIsEnough() throws Exception {
    assertThat(http.ask(at("/endless"), Duration.ofSeconds(20)).beginning()).hasSize(4096);
  }

  @Test
  void nobodyAndSilenceAreToldApart() throws Exception {
    assertThatThrownBy(() -> http.ask(at("/silent"), Duration.ofMillis(300)))
        .isInstanceOf(IOException.class)
        .hasMessage("no answer within 0.3 s");
    URI nobody;
    try (ServerSocket socket = new ServerSocket(0)) {
      nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
    assertThatThrownBy(() -> http.ask(nobody, Duration.ofSeconds(5))).hasMessage("no connection");
  }

  @Test
  void anInterruptEndsIt() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> http.ask(at("/silent"), Duration.ofSeconds(20)))
        .isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void theOldHeartbeatIsOneToo() throws Exception {
    assertThat(new Heartbeat(Map.of()).problem(at(""), Patience.of(Duration.ofSeconds(5))))
        .isEmpty();
  }

  @Test
  void whatIsNoHeartbeat() {
    assertThat(Heartbeat.problem(new HttpGet.Answer(200, "<html>")))
        .contains("something answers that is no Chroma");
    assertThat(Heartbeat.problem(new HttpGet.Answer(503, ""))).contains("status 503");
    assertThat(Heartbeat.problem(new HttpGet.Answer(401, "")))
        .hasValueSatisfying(problem -> assertThat(problem).contains("header"));
  }

  @Test
  void aDependentsAddressIsToldWithoutItsSecrets() {
    assertThat(
            DependentHealth.withoutSecrets(
                URI.create("https://user:pw@host:81/health?token=abc#frag")))
        .isEqualTo("https://host:81/health");
    assertThat(DependentHealth.inWords(new HttpGet.Answer(500, "a\n\u0007b" + "x".repeat(500))))
        .startsWith("status 500, a bxx")
        .endsWith(" ...")
        .hasSizeLessThan(230);
  }

  private URI at(String path) {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + path);
  }

  private static void answer(Socket socket) {
    try (socket) {
      BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      String path = in.readLine().split(" ")[1];
      String token = "";
      for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
        token = line.startsWith("X-Token: ") ? line.substring("X-Token: ".length()) : token;
      }
      OutputStream out = socket.getOutputStream();
      switch (path) {
        case "/token" -> say(out, 200, token);
        case "/endless" -> endless(out);
        case "/silent" -> in.read();
        case "/api/v2/heartbeat" -> say(out, 410, "gone");
        case "/api/v1/heartbeat" -> say(out, 200, "{\"nanosecond heartbeat\": 1}");
        default -> say(out, 404, "");
      }
    } catch (IOException e) {
      // the client has heard enough
    }
  }

  private static void say(OutputStream out, int status, String text) throws IOException {
    String head = "HTTP/1.1 %d x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s";
    out.write(head.formatted(status, text.length(), text).getBytes(UTF_8));
  }

  private static void endless(OutputStream out) throws IOException {
    out.write("HTTP/1.1 200 x\r\n\r\n".getBytes(UTF_8));
    while (true) {
      out.write(new byte[8192]);
    }
  }
}
