package io.chromabackup.docker;

import com.github.dockerjava.transport.DockerHttpClient;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call and its answer, on a connection of its own: so closing it aborts it at once, whatever it
 * waits for and whichever transport it is on, and disturbs no other.
 */
final class Exchange implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

  private final Call call;
  private final DockerHttpClient client;
  private final EngineErrors errors;
  private final Watchdog.Watch watch;
  private volatile DockerHttpClient.@Nullable Response response;

  Exchange(Call call, DockerHttpClient client, EngineErrors errors, Watchdog watchdog) {
    this.call = call;
    this.client = client;
    this.errors = errors;
    this.watch = watchdog.watch(call.limit(), this::disconnect);
    if (call.tar() != null) {
      call.tar().timedBy(watch);
    }
  }

  /** Sends the call, and waits for the beginning of the answer. */
  void send(DockerHttpClient.Request request) throws IOException {
    try {
      response = client.execute(request);
    } catch (RuntimeException e) {
      throw failed(e);
    }
  }

  int status() {
    return answer().getStatusCode();
  }

  /** The whole answer. */
  Reply reply() throws IOException {
    try {
      String text = new String(answer().getBody().readAllBytes(), StandardCharsets.UTF_8);
      return new Reply(status(), answer().getHeaders(), text);
    } catch (IOException | RuntimeException e) {
      throw failed(e);
    }
  }

  /** Reads more of the answer, as {@link InputStream#read(byte[], int, int)} does. */
  int read(byte[] buffer, int offset, int length) throws IOException {
    watch.waiting();
    try {
      return answer().getBody().read(buffer, offset, length);
    } catch (IOException | RuntimeException e) {
      throw failed(e);
    } finally {
      watch.done();
    }
  }

  /** What guards it: for those who wait for the engine elsewhere than in a read. */
  Watchdog.Watch watch() {
    return watch;
  }

  private DockerHttpClient.Response answer() {
    DockerHttpClient.Response answer = response;
    if (answer == null) {
      throw new IllegalStateException("not sent");
    }
    return answer;
  }

  private IOException failed(Exception e) {
    return errors.failed(e, call, watch);
  }

  /** Closes it, without reading what the engine still has to say. */
  @Override
  public void close() {
    watch.close();
    disconnect();
  }

  private void disconnect() {
    DockerHttpClient.Response answer = response;
    if (answer != null) {
      answer.close(); // first, as it aborts; closing the client would read to the end
    }
    closeQuietly(client);
    if (call.input() != null) {
      closeQuietly(call.input());
    }
  }

  private void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException | RuntimeException e) {
      LOG.debug("Closing after {}", call.doing(), e); // it is gone either way
    }
  }
}
