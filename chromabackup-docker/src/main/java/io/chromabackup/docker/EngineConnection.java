package io.chromabackup.docker;

import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import io.chromabackup.ChromaBackupException.EngineUnavailable;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The way to an engine, in a version of its API that both sides know. */
final class EngineConnection implements Closeable {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(20);

  private final EngineAddress address;
  private final EngineErrors errors;
  private final Watchdog watchdog = new Watchdog();
  private final String prefix;

  /** Connects, and agrees on a version. */
  EngineConnection(EngineAddress address) throws IOException {
    this.address = address;
    this.errors = new EngineErrors(address);
    this.prefix = "/v" + agree();
  }

  private ApiVersion agree() throws IOException {
    Call call = Call.of("GET", "/version", "connecting to it").within(CONNECT_LIMIT);
    Reply reply;
    try (Exchange exchange = exchange(call)) {
      exchange.send(request(call, call.path()));
      reply = exchange.reply();
    } catch (EngineUnavailable | InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      throw new EngineUnavailable(address.describe(), String.valueOf(e.getMessage()), e);
    }
    return ApiVersion.agreedWith(reply).orElseThrow(() -> errors.stranger(reply));
  }

  EngineAddress address() {
    return address;
  }

  /** Calls, and leaves it to the caller to read the answer and to close the exchange. */
  Exchange open(Call call) throws IOException {
    Exchange exchange = exchange(call);
    try {
      exchange.send(request(call, prefix + call.path()));
      return exchange;
    } catch (IOException | RuntimeException | Error e) {
      exchange.close();
      throw e;
    }
  }

  /** Calls, and reads the answer, whatever it is. */
  Reply ask(Call call) throws IOException {
    try (Exchange exchange = open(call)) {
      return exchange.reply();
    }
  }

  /** All that the engine says of a container. */
  Json describe(String nameOrId) throws IOException {
    if (nameOrId.isBlank()) {
      throw new NoSuchContainer("without a name");
    }
    String doing = "inspecting container " + nameOrId;
    Reply reply = ask(Call.of("GET", Call.container(nameOrId, "/json"), doing));
    if (reply.isNotFound() && reply.message().isPresent()) {
      throw new NoSuchContainer(nameOrId);
    }
    if (!reply.succeeded() || reply.json().at("Id").isMissing()) {
      throw reply.refusal(doing);
    }
    return reply.json();
  }

  private Exchange exchange(Call call) {
    DockerHttpClient client =
        new ZerodepDockerHttpClient.Builder()
            .dockerHost(address.uri())
            .sslConfig(address.tls())
            .connectionTimeout(CONNECT_LIMIT)
            .maxConnections(1)
            .build();
    return new Exchange(call, client, errors, watchdog);
  }

  private static DockerHttpClient.Request request(Call call, String path) throws IOException {
    DockerHttpClient.Request.Builder request =
        DockerHttpClient.Request.builder()
            .method(call.method())
            .path(path)
            // the transport asks for gzip by default, which costs an engine 20 times the time
            .putHeader("Accept-Encoding", "identity");
    @Nullable String json = call.json() == null ? null : Json.write(call.json());
    if (json != null) {
      request.putHeader("Content-Type", "application/json");
      request.body(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }
    if (call.tar() != null) {
      request.putHeader("Content-Type", "application/x-tar").body(call.tar());
    }
    if (call.input() != null) {
      request.hijackedInput(call.input());
    }
    return request.build();
  }

  boolean isClosed() {
    return watchdog.isClosed();
  }

  /** Ends every call that is still going on. */
  @Override
  public void close() {
    watchdog.close();
  }
}
