package io.chromabackup.docker;

import com.fasterxml.jackson.jr.ob.JSON;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import io.chromabackup.ChromaBackupException.EngineUnavailable;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests to an engine, over docker-java's transport. Its commands are not used: they have no
 * HEAD, have archives compressed on the way, and lose the messages of errors.
 *
 * <p>Each request runs on a thread of its own and is waited for: a read of a socket knows neither
 * deadlines nor, over TCP, interrupts.
 */
final class EngineConnection implements Closeable {
  private static final int LONGEST_ANSWER = 64 << 20;
  private static final long BEAT_MILLIS = 1000;

  private final DockerHttpClient http;
  private final String engine;
  private final String prefix;
  private final ExecutorService requests;

  private EngineConnection(
      DockerHttpClient http, String engine, String prefix, ExecutorService requests) {
    this.http = http;
    this.engine = engine;
    this.prefix = prefix;
    this.requests = requests;
  }

  /** A connection that asks for no version of the API yet. */
  static EngineConnection over(DockerHttpClient http, String engine) {
    return new EngineConnection(
        http,
        engine,
        "",
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "chromabackup-docker");
              thread.setDaemon(true);
              return thread;
            }));
  }

  /** The same connection, speaking a version of the API. */
  EngineConnection speaking(String version) {
    return new EngineConnection(http, engine, "/v" + version, requests);
  }

  /** The engine's address. */
  String engine() {
    return engine;
  }

  /** What the engine answered. */
  record Answer(int status, String body) {
    boolean isSuccess() {
      return status / 100 == 2;
    }

    /** The engine's own words, or the whole answer. */
    String message() {
      try {
        Object message = JSON.std.mapFrom(body).get("message");
        return message == null ? body.strip() : message.toString();
      } catch (IOException e) {
        return body.strip();
      }
    }

    Map<String, Object> json() throws IOException {
      return JSON.std.mapFrom(body);
    }
  }

  /** A request to come. */
  record Call(String what, String method, String path) {}

  /** Asks, and reads the whole answer. */
  Answer ask(Call call, @Nullable Object body, Duration deadline) throws IOException {
    Request.Builder request = request(call);
    if (body != null) {
      byte[] json = JSON.std.asString(body).getBytes(StandardCharsets.UTF_8);
      request.putHeader("Content-Type", "application/json").bodyBytes(json);
    }
    return within(
        deadline,
        call.what(),
        () -> {
          try (Response response = http.execute(request.build())) {
            return answer(response);
          }
        });
  }

  /** Asks with HEAD, and returns one header of the answer; null if the answer is 404. */
  @Nullable String head(Call call, String header, Duration deadline) throws IOException {
    return within(
        deadline,
        call.what(),
        () -> {
          try (Response response = http.execute(request(call).build())) {
            if (response.getStatusCode() == 404) {
              return null;
            }
            String value = response.getHeader(header);
            if (response.getStatusCode() / 100 != 2 || value == null) {
              throw new EngineException(
                  call.what(), response.getStatusCode(), "the engine refused", null);
            }
            return value;
          }
        });
  }

  /** Asks for something long, which is read by the caller. */
  Response open(Call call, Duration deadline) throws IOException {
    return opened(call, request(call).putHeader("Accept-Encoding", "identity"), deadline);
  }

  /** Begins a conversation: what {@code input} gives is sent, what comes back is read. */
  Response converse(Call call, Object body, InputStream input, Duration deadline)
      throws IOException {
    byte[] json = JSON.std.asString(body).getBytes(StandardCharsets.UTF_8);
    Request.Builder request =
        request(call)
            .putHeader("Content-Type", "application/json")
            .bodyBytes(json)
            .hijackedInput(input);
    return opened(call, request, deadline);
  }

  private Response opened(Call call, Request.Builder request, Duration deadline)
      throws IOException {
    Response response = within(deadline, call.what(), () -> http.execute(request.build()));
    if (response.getStatusCode() / 100 == 2 || response.getStatusCode() == 101) {
      return response;
    }
    try (response) {
      Answer answer = answer(response);
      throw new EngineException(call.what(), answer.status(), answer.message(), null);
    }
  }

  /** Sends a stream, as long as it moves. */
  Answer send(Call call, InputStream body, BooleanSupplier moved, Duration stall)
      throws IOException {
    Request.Builder request =
        request(call).putHeader("Content-Type", "application/x-tar").body(body);
    Future<Answer> future =
        requests.submit(
            () -> {
              try (Response response = http.execute(request.build())) {
                return answer(response);
              }
            });
    long lastMove = System.nanoTime();
    while (true) {
      try {
        return future.get(BEAT_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (moved.getAsBoolean()) {
          lastMove = System.nanoTime();
        } else if (System.nanoTime() - lastMove > stall.toNanos()) {
          future.cancel(true);
          throw late(call.what(), stall);
        }
      } catch (InterruptedException e) {
        throw interrupted(future);
      } catch (ExecutionException e) {
        throw translated(call.what(), e.getCause() == null ? e : e.getCause());
      }
    }
  }

  private Request.Builder request(Call call) {
    Request.Builder request = Request.builder();
    request.method(call.method()).path(prefix + call.path());
    return request;
  }

  private static Answer answer(Response response) throws IOException {
    if (response.getStatusCode() == 204 || response.getStatusCode() == 304) {
      return new Answer(response.getStatusCode(), "");
    }
    byte[] body = response.getBody().readNBytes(LONGEST_ANSWER);
    return new Answer(response.getStatusCode(), new String(body, StandardCharsets.UTF_8));
  }

  /** Does something on another thread and waits for it, until the deadline or an interrupt. */
  private <T> T within(Duration deadline, String what, Callable<T> work) throws IOException {
    Future<T> future = requests.submit(work);
    try {
      return future.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      future.cancel(true);
      throw late(what, deadline);
    } catch (InterruptedException e) {
      throw interrupted(future);
    } catch (ExecutionException e) {
      throw translated(what, e.getCause() == null ? e : e.getCause());
    }
  }

  private static InterruptedIOException interrupted(Future<?> future) {
    future.cancel(true);
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted");
  }

  private IOException late(String what, Duration deadline) {
    return new IOException(
        "%s: the engine %s did not answer within %d s"
            .formatted(what, engine, deadline.toSeconds()));
  }

  private IOException translated(String what, Throwable failure) {
    if (failure instanceof EngineException e) {
      return e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    return EngineFailure.of(engine, failure)
        .<IOException>map(problem -> new EngineUnavailable(engine, problem, failure))
        .orElseGet(() -> new IOException(what + " failed at " + engine + ": " + failure, failure));
  }

  @Override
  public void close() throws IOException {
    requests.shutdownNow();
    http.close();
  }
}
