package io.chromabackup.examples.rag;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The application, started for a test on free ports, and asked over HTTP as its users do. */
final class App implements AutoCloseable {
  static final String TOKEN = "a token of the tests";

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final HttpClient http = HttpClient.newHttpClient();
  private final ConfigurableApplicationContext context;

  private App(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /** With {@code data} backed up to {@code store}; more settings, such as {@code rag.token=}. */
  static App start(Path data, Path store, String... settings) {
    List<String> arguments = new ArrayList<>();
    Map.of(
            "server.port",
            "0",
            "management.server.port",
            "0",
            "rag.token",
            TOKEN,
            "rag.backup.data",
            data.toString(),
            "rag.backup.store",
            store.toString())
        .forEach((name, value) -> arguments.add("--" + name + '=' + value));
    for (String setting : settings) {
      arguments.removeIf(
          known -> known.startsWith("--" + setting.substring(0, setting.indexOf('=') + 1)));
      arguments.add("--" + setting);
    }
    return new App(SpringApplication.run(RagApp.class, arguments.toArray(String[]::new)));
  }

  /** Status and body of an answer. */
  record Answer(int status, String body) {
    JsonNode json() {
      return JSON.readTree(body);
    }

    String text(String field) {
      return json().path(field).asString("");
    }
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  Answer get(String path) {
    return send(request(path).GET());
  }

  Answer put(String path, String text) {
    return send(
        request(path).header("Content-Type", "text/plain").PUT(BodyPublishers.ofString(text)));
  }

  Answer post(String path, String json) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  /** As somebody who does not know the token. */
  Answer postWithout(String path, String... header) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri("local.server.port", path)).POST(BodyPublishers.noBody());
    if (header.length > 0) {
      request.headers(header);
    }
    return send(request);
  }

  Answer management(String path) {
    return send(HttpRequest.newBuilder(uri("local.management.port", path)).GET());
  }

  Answer ask(String question) {
    return get("/answers?question=" + URLEncoder.encode(question, StandardCharsets.UTF_8));
  }

  /** Waits for the operation that an answer tells of; returns how it ended. */
  JsonNode finish(Answer started) {
    if (started.status() != 202) {
      throw new AssertionError("not started: " + started);
    }
    return await(
        () -> get("/operations/" + started.text("id")).json(),
        status -> !status.path("state").asString().equals("RUNNING"));
  }

  interface Wanted<T> {
    boolean isIt(T value);
  }

  interface Look<T> {
    T look();
  }

  static <T> T await(Look<T> look, Wanted<T> wanted) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      T value = look.look();
      if (wanted.isIt(value)) {
        return value;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("still " + value);
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri("local.server.port", path))
        .header("Authorization", "Bearer " + TOKEN);
  }

  private URI uri(String port, String path) {
    return URI.create(
        "http://127.0.0.1:" + context.getEnvironment().getRequiredProperty(port) + path);
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
