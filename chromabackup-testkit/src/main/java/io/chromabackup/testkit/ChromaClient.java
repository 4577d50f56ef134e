package io.chromabackup.testkit;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** As much of a client of Chroma's HTTP API v2 as the tests need. Threads may share it. */
public final class ChromaClient {

  /** Exists in every server. */
  public static final String DEFAULT_TENANT = "default_tenant";

  /** Exists in the default tenant. */
  public static final String DEFAULT_DATABASE = "default_database";

  /** An answer of the server that is not a success. */
  public static final class ServerError extends RuntimeException {
    private final int status;

    private ServerError(String request, int status, String body) {
      super("%s: %d %s".formatted(request, status, body));
      this.status = status;
    }

    /** Whether the request may well be taken later: 429 is what waiting for a lock ends in. */
    public boolean isBusy() {
      return status == 429 || status == 503;
    }
  }

  /**
   * A collection as the server lists it.
   *
   * @param dimension 0 before the first write
   */
  public record Collection(
      String id, String tenant, String database, String name, String space, int dimension) {

    private String path() {
      return databasePath(tenant, database) + "/collections/" + id;
    }

    @Override
    public String toString() {
      return tenant + "/" + database + "/" + name;
    }
  }

  /** One record; a document or metadata that it does not have is null. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  public record Entry(
      String id,
      float[] embedding,
      @Nullable String document,
      @Nullable Map<String, Object> metadata) {}

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** Chroma answers 100 collections unless told otherwise. */
  private static final int LIST_PAGE = 100;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private final URI url;

  /**
   * A client; it connects with each request.
   *
   * @param url of the server, without a path
   */
  public ChromaClient(URI url) {
    this.url = url;
  }

  /** Whether the server answers its heartbeat, which says nothing about its data. */
  public boolean isUp() {
    try {
      call("GET", "/heartbeat", null);
      return true;
    } catch (ServerError | UncheckedIOException e) {
      return false;
    }
  }

  /** Creates a tenant. */
  public void createTenant(String tenant) {
    call("POST", "/tenants", Map.of("name", tenant));
  }

  /** Creates a database in a tenant. */
  public void createDatabase(String tenant, String database) {
    call("POST", "/tenants/" + encoded(tenant) + "/databases", Map.of("name", database));
  }

  /** The names of a tenant's databases. */
  public List<String> databases(String tenant) {
    List<String> names = new ArrayList<>();
    for (Object row : list(call("GET", "/tenants/" + encoded(tenant) + "/databases", null))) {
      names.add((String) map(row).get("name"));
    }
    return names;
  }

  /** Creates a collection in the default database, with the server's own HNSW settings. */
  public Collection createCollection(String name, String space) {
    return createCollection(DEFAULT_TENANT, DEFAULT_DATABASE, name, space, Map.of());
  }

  /**
   * Creates a collection. Its dimension is that of the first record it gets.
   *
   * @param hnsw more settings, such as {@code sync_threshold}: the number of operations after which
   *     the server writes its HNSW files
   */
  public Collection createCollection(
      String tenant, String database, String name, String space, Map<String, Object> hnsw) {
    Map<String, Object> settings = new LinkedHashMap<>(hnsw);
    settings.put("space", space);
    Map<String, Object> body = Map.of("name", name, "configuration", Map.of("hnsw", settings));
    return collection(call("POST", databasePath(tenant, database) + "/collections", body));
  }

  /** Deletes a collection with its records. */
  public void deleteCollection(Collection collection) {
    String path = databasePath(collection.tenant(), collection.database()) + "/collections/";
    call("DELETE", path + encoded(collection.name()), null);
  }

  /** All collections of a database. */
  public List<Collection> collections(String tenant, String database) {
    String path = databasePath(tenant, database) + "/collections?limit=" + LIST_PAGE + "&offset=";
    List<Collection> all = new ArrayList<>();
    List<?> page;
    do {
      page = list(call("GET", path + all.size(), null));
      page.forEach(row -> all.add(collection(row)));
    } while (page.size() == LIST_PAGE);
    return all;
  }

  /** Adds records; those whose id is there already are left as they are, without a word. */
  public void add(Collection collection, List<Entry> entries) {
    write(collection, "add", entries);
  }

  /** Adds records, or changes those whose id is there. */
  public void upsert(Collection collection, List<Entry> entries) {
    write(collection, "upsert", entries);
  }

  /** Changes records; those whose id is not there are passed over. */
  public void update(Collection collection, List<Entry> entries) {
    write(collection, "update", entries);
  }

  /** Deletes the records of these ids that exist. */
  public void delete(Collection collection, List<String> ids) {
    call("POST", collection.path() + "/delete", Map.of("ids", ids));
  }

  /** How many records the server counts. */
  public int count(Collection collection) {
    return present((Number) call("GET", collection.path() + "/count", null)).intValue();
  }

  /** A page of records in the server's own order, which is stable as long as nobody writes. */
  public List<Entry> page(Collection collection, int offset, int limit) {
    return get(collection, Map.of("offset", offset, "limit", limit));
  }

  /** The records of these ids that exist, in the server's order. */
  public List<Entry> get(Collection collection, List<String> ids) {
    return get(collection, Map.of("ids", ids, "limit", ids.size()));
  }

  /** The ids nearest to each vector, nearest first. */
  public List<List<String>> query(Collection collection, List<float[]> vectors, int results) {
    List<List<Float>> queries = vectors.stream().map(ChromaClient::floats).toList();
    Map<String, Object> body =
        Map.of("query_embeddings", queries, "n_results", results, "include", List.of());
    Object answer = call("POST", collection.path() + "/query", body);
    return list(map(answer).get("ids")).stream().map(ChromaClient::strings).toList();
  }

  private List<Entry> get(Collection collection, Map<String, Object> which) {
    Map<String, Object> body = new LinkedHashMap<>(which);
    body.put("include", List.of("embeddings", "documents", "metadatas"));
    Map<?, ?> answer = map(call("POST", collection.path() + "/get", body));
    List<String> ids = strings(answer.get("ids"));
    List<?> embeddings = list(answer.get("embeddings"));
    List<?> documents = list(answer.get("documents"));
    List<?> metadatas = list(answer.get("metadatas"));
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      String document = (String) documents.get(i);
      entries.add(
          new Entry(ids.get(i), vector(embeddings.get(i)), document, metadata(metadatas.get(i))));
    }
    return entries;
  }

  private void write(Collection collection, String operation, List<Entry> entries) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("ids", entries.stream().map(Entry::id).toList());
    body.put("embeddings", entries.stream().map(entry -> floats(entry.embedding())).toList());
    body.put("documents", entries.stream().map(Entry::document).toList());
    body.put("metadatas", entries.stream().map(Entry::metadata).toList());
    call("POST", collection.path() + "/" + operation, body);
  }

  /** Sends a request; a JSON value comes back, or null for an empty answer. */
  private @Nullable Object call(String method, String path, @Nullable Object body) {
    try {
      HttpResponse<String> response =
          http.send(request(method, path, body), BodyHandlers.ofString());
      if (response.statusCode() / 100 != 2) {
        throw new ServerError(method + " " + path, response.statusCode(), response.body());
      }
      return response.body().isBlank() ? null : JSON.std.anyFrom(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException("%s %s: %s".formatted(method, path, e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in " + method + " " + path, e);
    }
  }

  private HttpRequest request(String method, String path, @Nullable Object body)
      throws IOException {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(url.resolve("/api/v2" + path)).timeout(TIMEOUT);
    if (body == null) {
      return builder.method(method, BodyPublishers.noBody()).build();
    }
    return builder
        .header("Content-Type", "application/json")
        .method(method, BodyPublishers.ofString(JSON.std.asString(body)))
        .build();
  }

  private static Collection collection(@Nullable Object row) {
    Map<?, ?> fields = map(row);
    Map<?, ?> hnsw = map(map(fields.get("configuration_json")).get("hnsw"));
    Object dimension = fields.get("dimension");
    return new Collection(
        text(fields.get("id")),
        text(fields.get("tenant")),
        text(fields.get("database")),
        text(fields.get("name")),
        text(hnsw.get("space")),
        dimension == null ? 0 : ((Number) dimension).intValue());
  }

  private static String databasePath(String tenant, String database) {
    return "/tenants/" + encoded(tenant) + "/databases/" + encoded(database);
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static List<Float> floats(float[] vector) {
    List<Float> values = new ArrayList<>(vector.length);
    for (float value : vector) {
      values.add(value);
    }
    return values;
  }

  private static float[] vector(@Nullable Object values) {
    List<?> numbers = list(values);
    float[] vector = new float[numbers.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = ((Number) numbers.get(i)).floatValue();
    }
    return vector;
  }

  private static @Nullable Map<String, Object> metadata(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    Map<String, Object> metadata = new LinkedHashMap<>();
    map(value).forEach((key, entry) -> metadata.put((String) key, entry));
    return metadata;
  }

  private static List<String> strings(@Nullable Object value) {
    return list(value).stream().map(String.class::cast).toList();
  }

  private static List<?> list(@Nullable Object value) {
    return (List<?>) present(value);
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return (Map<?, ?>) present(value);
  }

  private static String text(@Nullable Object value) {
    return (String) present(value);
  }

  private static <T> T present(@Nullable T value) {
    return Objects.requireNonNull(value, "the server's answer lacks a value");
  }
}
