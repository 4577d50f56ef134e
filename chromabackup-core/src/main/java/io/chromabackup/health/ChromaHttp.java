package io.chromabackup.health;

import com.fasterxml.jackson.jr.ob.JSON;
import io.chromabackup.health.HealthProblem.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Asks a server, and turns all that is no answer into a {@link HealthProblem}. */
final class ChromaHttp {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration LEAST_TIMEOUT = Duration.ofMinutes(5);
  private static final Set<Integer> UNAVAILABLE = Set.of(408, 425, 429, 502, 503, 504);
  private static final Set<Integer> REFUSED = Set.of(401, 403);

  private final ChromaAddress server;
  private final Patience patience;
  private final HttpClient client;

  /** Asks with a client of its own, whose threads end with it. */
  ChromaHttp(ChromaAddress server, Patience patience) {
    this.server = server;
    this.patience = patience;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
  }

  /**
   * What a server said.
   *
   * @param status the HTTP status
   * @param body the text
   */
  record Answer(int status, String body) {
    boolean isSuccess() {
      return status / 100 == 2;
    }
  }

  /**
   * Sends a request once.
   *
   * @param path what to ask for, beginning with a slash
   * @param body what to send as JSON; null for none
   * @param timeout how long until the whole answer must be there
   * @return the answer, whatever its status
   * @throws HealthProblem if there is none
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   */
  Answer send(String path, @Nullable Object body, Duration timeout)
      throws HealthProblem, InterruptedIOException {
    HttpRequest request = request(path, body);
    CompletableFuture<HttpResponse<String>> future =
        client.sendAsync(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
    try {
      HttpResponse<String> response = future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(response.statusCode(), response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (TimeoutException e) {
      throw new HealthProblem(
          Kind.FINAL,
          "no answer within %s s. If it is at work on what is queued, it needs %s"
              .formatted(
                  timeout.toMillis() / 1000.0,
                  server.timeout().isPresent() ? "a longer requestTimeout" : "more patience"),
          e);
    } catch (ExecutionException e) {
      throw unavailable(e.getCause() == null ? e : e.getCause());
    } finally {
      future.cancel(true);
    }
  }

  /**
   * Sends a request until the server is there to answer it, or patience ends.
   *
   * @param path what to ask for
   * @param body what to send as JSON; null for none
   * @return the answer, an error perhaps
   * @throws HealthProblem if there is none
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   */
  Answer ask(String path, @Nullable Object body) throws HealthProblem, InterruptedIOException {
    return patience.whileUnavailable(
        () -> {
          Answer answer = send(path, body, timeout());
          if (UNAVAILABLE.contains(answer.status())) {
            throw new HealthProblem(Kind.UNAVAILABLE, inWords(answer), null);
          }
          return answer;
        });
  }

  /** A server that is at work on its answer is there: it is waited for as long as for its start. */
  Duration timeout() {
    Duration left = patience.left();
    return server.timeout().orElse(left.compareTo(LEAST_TIMEOUT) > 0 ? left : LEAST_TIMEOUT);
  }

  /** Asks, and takes the answer for JSON: lists, maps, numbers, strings. */
  Object json(String path, @Nullable Object body) throws HealthProblem, InterruptedIOException {
    return json(ask(path, body));
  }

  /** The JSON of an answer. */
  Object json(Answer answer) throws HealthProblem {
    if (!answer.isSuccess()) {
      throw new HealthProblem(kind(answer), inWords(answer), null);
    }
    Object value;
    try {
      value = JSON.std.anyFrom(answer.body());
    } catch (IOException e) {
      value = null;
    }
    if (value == null) {
      throw HealthProblem.wrong("the answer is no JSON: " + inWords(answer));
    }
    return value;
  }

  private static Kind kind(Answer answer) {
    if (UNAVAILABLE.contains(answer.status())) {
      return Kind.UNAVAILABLE;
    }
    return answer.status() / 100 == 3 || REFUSED.contains(answer.status())
        ? Kind.FINAL
        : Kind.WRONG;
  }

  /** Status and text, with advice where there is some. */
  String inWords(Answer answer) {
    String status = "status " + answer.status();
    if (answer.status() / 100 == 3) {
      return status + ", a redirect; give the address that it leads to";
    }
    if (REFUSED.contains(answer.status())) {
      return status + ", access refused; give the header that the server wants";
    }
    String text = server.quoted(answer.body());
    return text.isEmpty() ? status : status + ", " + text;
  }

  private HttpRequest request(String path, @Nullable Object body) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(server.base() + path));
    server.headers().forEach(header -> builder.header(header.name(), header.value()));
    if (body == null) {
      return builder.GET().build();
    }
    try {
      return builder
          .setHeader("Content-Type", "application/json")
          .POST(BodyPublishers.ofString(JSON.std.asString(body)))
          .build();
    } catch (IOException e) {
      throw new IllegalStateException("a map of strings and numbers is not JSON", e);
    }
  }

  private HealthProblem unavailable(Throwable cause) {
    String why =
        cause instanceof ConnectException
            ? "no connection"
            : cause.getClass().getSimpleName()
                + " "
                + server.quoted(String.valueOf(cause.getMessage()));
    return new HealthProblem(Kind.UNAVAILABLE, why, cause);
  }
}
