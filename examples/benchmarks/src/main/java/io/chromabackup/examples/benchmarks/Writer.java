package io.chromabackup.examples.benchmarks;

import com.fasterxml.jackson.jr.ob.JSON;
import io.chromabackup.testkit.ChromaClient;
import io.chromabackup.testkit.ChromaClient.Collection;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/** Fills a real server, with embeddings in base64. Threads may share it. */
final class Writer {
  /** Chroma writes its vector files, and empties its queue, after so many records. */
  private static final int BATCH = 1_000;

  /** Far less than Chroma's 100: what is measured is files, not how well they are searched. */
  private static final Map<String, Object> QUICK_TO_BUILD = Map.of("ef_construction", 12);

  private final URI url;
  private final ChromaClient client;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  Writer(URI url) {
    this.url = url;
    this.client = new ChromaClient(url);
  }

  static String name(int collection) {
    return "handbook-%03d".formatted(collection);
  }

  /** Makes a collection and adds its records. */
  void fill(int number, int records) throws IOException {
    Collection collection =
        client.createCollection(
            ChromaClient.DEFAULT_TENANT,
            ChromaClient.DEFAULT_DATABASE,
            name(number),
            "cosine",
            QUICK_TO_BUILD);
    write(collection, "add", number, records, 1);
  }

  /** Changes the first records of a collection. */
  void change(Collection collection, int number, int count, int version) throws IOException {
    write(collection, "upsert", number, count, version);
  }

  private void write(Collection collection, String operation, int number, int count, int version)
      throws IOException {
    for (int first = 0; first < count; first += BATCH) {
      int size = Math.min(BATCH, count - first);
      post(collection, operation, Records.request(number, first, size, version));
    }
  }

  private void post(Collection collection, String operation, Map<String, Object> body)
      throws IOException {
    URI target =
        url.resolve(
            "/api/v2/tenants/%s/databases/%s/collections/%s/%s"
                .formatted(collection.tenant(), collection.database(), collection.id(), operation));
    HttpRequest request =
        HttpRequest.newBuilder(target)
            .timeout(Duration.ofMinutes(5))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(JSON.std.asBytes(body)))
            .build();
    HttpResponse<String> response = send(request);
    if (response.statusCode() / 100 != 2) {
      throw new IOException(
          "POST %s: %d %s".formatted(target, response.statusCode(), response.body()));
    }
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted in POST " + request.uri());
    }
  }
}
