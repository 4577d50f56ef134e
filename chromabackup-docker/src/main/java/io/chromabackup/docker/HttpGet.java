package io.chromabackup.docker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Asks with GET for the beginning of an answer: whoever listens there may never end it. */
final class HttpGet {
  private static final int BEGINNING = 4096;

  private final HttpClient client;
  private final Map<String, String> headers;

  HttpGet(HttpClient.Redirect redirects, Duration connect, Map<String, String> headers) {
    this.headers = headers;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(redirects)
            .connectTimeout(connect)
            .build();
  }

  /** A status, and how the text begins. */
  record Answer(int status, String beginning) {
    boolean isSuccess() {
      return status / 100 == 2;
    }
  }

  /**
   * Asks once.
   *
   * @param timeout for all of it
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   * @throws IOException if there is no answer; says why
   */
  Answer ask(URI address, Duration timeout) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(address);
    headers.forEach(request::header);
    CompletableFuture<HttpResponse<String>> future =
        client.sendAsync(request.build(), answer -> new Beginning());
    try {
      HttpResponse<String> answer = future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(answer.statusCode(), answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + timeout.toMillis() / 1000.0 + " s", e);
    } catch (ExecutionException e) {
      throw new IOException(inWords(e.getCause()), e);
    } finally {
      future.cancel(true);
    }
  }

  private static String inWords(@Nullable Throwable cause) {
    boolean nobody =
        cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException;
    return nobody ? "no connection" : "no answer";
  }

  /** Takes what is enough, and cancels the rest. */
  private static final class Beginning implements BodySubscriber<String> {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<String> text = new CompletableFuture<>();
    private @Nullable Subscription subscription;

    @Override
    public CompletionStage<String> getBody() {
      return text;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      this.subscription = subscription;
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> items) {
      for (ByteBuffer item : items) {
        byte[] some = new byte[Math.min(item.remaining(), BEGINNING - bytes.size())];
        item.get(some);
        bytes.writeBytes(some);
      }
      if (bytes.size() == BEGINNING && subscription != null) {
        subscription.cancel();
        onComplete();
      }
    }

    @Override
    public void onError(Throwable throwable) {
      text.completeExceptionally(throwable);
    }

    @Override
    public void onComplete() {
      text.complete(bytes.toString(StandardCharsets.UTF_8));
    }
  }
}
