package io.chromabackup.docker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An engine over TCP that says what it is told to say. */
final class ScriptedEngine implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);
  final List<String> requests = new CopyOnWriteArrayList<>();

  ScriptedEngine(String newest, String oldest) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    on(
        "/version",
        answer(200, "{\"ApiVersion\":\"%s\",\"MinAPIVersion\":\"%s\"}".formatted(newest, oldest)));
    on("/", answer(404, "{\"message\":\"page not found\"}"));
    server.start();
  }

  void on(String path, HttpHandler handler) {
    server.createContext(
        path,
        exchange -> {
          requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          handler.handle(exchange);
        });
  }

  static HttpHandler answer(int status, String json) {
    return exchange -> {
      exchange.getRequestBody().readAllBytes();
      byte[] body = json.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    };
  }

  /** Sends some bytes, and then nothing, until the test is over. */
  HttpHandler stalled(byte[] first) {
    return exchange -> {
      if (first.length > 0) {
        begin(exchange, first);
      }
      try {
        closing.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  /** Sends some bytes, and ends as if that was all. */
  static HttpHandler ended(byte[] all) {
    return exchange -> {
      begin(exchange, all);
      exchange.close();
    };
  }

  /** Announces more bytes than it sends, and hangs up. */
  static HttpHandler cutOff(byte[] first) {
    return exchange -> {
      exchange.sendResponseHeaders(200, first.length + 5000L);
      exchange.getResponseBody().write(first);
      exchange.getResponseBody().flush();
      throw new IOException("hangs up");
    };
  }

  private static void begin(HttpExchange exchange, byte[] first) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().write(first);
    exchange.getResponseBody().flush();
  }

  Engine connect() throws IOException {
    return Engine.connect(
        new DockerHost(
            Optional.of("tcp://127.0.0.1:" + server.getAddress().getPort()), Optional.empty()));
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
