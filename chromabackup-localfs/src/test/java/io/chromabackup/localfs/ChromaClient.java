package io.chromabackup.localfs;

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

/** As much of a client of Chroma's HTTP API v2 as the tests need. Threads may share it. */
final class ChromaClient {

  static final String DEFAULT_TENANT = "default_tenant";
  static final String DEFAULT_DATABASE = "default_database";

  /** An answer of the server that is not a success. */
  static final class ServerError extends RuntimeException {
    private final int status;

    private ServerError(String request, int status, String body) {
      super("%s: %d %s".formatted(request, status, body));
      this.status = status;
    }

    /** Whether the request may well be taken later: 429 is what waiting for a lock ends in. */
    boolean isBusy() {
      return status == 429 || status == 503;
    }
  }

  /**
   * A collection as the server lists it.
   *
   * @param dimension 0 before the first write
   */
  record Collection(
      String id, String tenant, String database, String name, String space, int dimension) {

    private String path() {
      return databasePath(tenant, database) + "/collections/" + id;
    }

    @Override
    public String toString() {
      return tenant + "/" + database + "/" + name;
    }
  }

  /** One record; what was not asked for or is not there is null. */
  record Entry(String id, float[] embedding, String document, Map<String, Object> metadata) {}

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** Chroma answers 100 collections unless told otherwise. */
  private static final int LIST_PAGE = 100;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private final URI url;

  ChromaClient(URI url) {
    this.url = url;
  }

  boolean isUp() {
    try {
      call("GET", "/heartbeat", null);
      return true;
    } catch (ServerError | UncheckedIOException e) {
      return false;
    }
  }

  void createTenant(String tenant) {
    call("POST", "/tenants", Map.of("name", tenant));
  }

  void createDatabase(String tenant, String database) {
    call("POST", "/tenants/" + encoded(tenant) + "/databases", Map.of("name", database));
  }

  List<String> databases(String tenant) {
    List<String> names = new ArrayList<>();
    for (Object row : list(call("GET", "/tenants/" + encoded(tenant) + "/databases", null))) {
      names.add((String) map(row).get("name"));
    }
    return names;
  }

  /** Creates a collection in the default database, with the server's own HNSW settings. */
  Collection createCollection(String name, String space) {
    return createCollection(DEFAULT_TENANT, DEFAULT_DATABASE, name, space, Map.of());
  }

  /**
   * Creates a collection. Its dimension is that of the first record it gets.
   *
   * @param hnsw more settings, such as {@code sync_threshold}: the number of operations after which
   *     the server writes its HNSW files
   */
  Collection createCollection(
      String tenant, String database, String name, String space, Map<String, Object> hnsw) {
    Map<String, Object> settings = new LinkedHashMap<>(hnsw);
    settings.put("space", space);
    Map<String, Object> body = Map.of("name", name, "configuration", Map.of("hnsw", settings));
    return collection(call("POST", databasePath(tenant, database) + "/collections", body));
  }

  void deleteCollection(Collection collection) {
    String path = databasePath(collection.tenant(), collection.database()) + "/collections/";
    call("DELETE", path + encoded(collection.name()), null);
  }

  /** All collections of a database. */
  List<Collection> collections(String tenant, String database) {
    String path = databasePath(tenant, database) + "/collections?limit=" + LIST_PAGE + "&offset=";
    List<Collection> all = new ArrayList<>();
    List<?> page;
    do {
      page = list(call("GET", path + all.size(), null));
      page.forEach(row -> all.add(collection(row)));
    } while (page.size() == LIST_PAGE);
    return all;
  }

  void add(Collection collection, List<Entry> entries) {
    write(collection, "add", entries);
  }

  void upsert(Collection collection, List<Entry> entries) {
    write(collection, "upsert", entries);
  }

  void update(Collection collection, List<Entry> entries) {
    write(collection, "update", entries);
  }

  void delete(Collection collection, List<String> ids) {
    call("POST", collection.path() + "/delete", Map.of("ids", ids));
  }

  int count(Collection collection) {
    return ((Number) call("GET", collection.path() + "/count", null)).intValue();
  }

  /** A page of records in the server's own order, which is stable as long as nobody writes. */
  List<Entry> page(Collection collection, int offset, int limit) {
    return get(collection, Map.of("offset", offset, "limit", limit));
  }

  /** The records of these ids that exist, in the server's order. */
  List<Entry> get(Collection collection, List<String> ids) {
    return get(collection, Map.of("ids", ids, "limit", ids.size()));
  }

  /** The ids nearest to each vector, nearest first. */
  List<List<String>> query(Collection collection, List<float[]> vectors, int results) {
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
  private Object call(String method, String path, Object body) {
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

  private HttpRequest request(String method, String path, Object body) throws IOException {
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

  private static Collection collection(Object row) {
    Map<?, ?> fields = map(row);
    Map<?, ?> hnsw = map(map(fields.get("configuration_json")).get("hnsw"));
    Object dimension = fields.get("dimension");
    return new Collection(
        (String) fields.get("id"),
        (String) fields.get("tenant"),
        (String) fields.get("database"),
        (String) fields.get("name"),
        (String) hnsw.get("space"),
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

  private static float[] vector(Object values) {
    List<?> numbers = list(values);
    float[] vector = new float[numbers.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = ((Number) numbers.get(i)).floatValue();
    }
    return vector;
  }

  private static Map<String, Object> metadata(Object value) {
    if (value == null) {
      return null;
    }
    Map<String, Object> metadata = new LinkedHashMap<>();
    map(value).forEach((key, entry) -> metadata.put((String) key, entry));
    return metadata;
  }

  private static List<String> strings(Object value) {
    return list(value).stream().map(String.class::cast).toList();
  }

  private static List<?> list(Object value) {
    return (List<?>) value;
  }

  private static Map<?, ?> map(Object value) {
    return (Map<?, ?>) value;
  }
}
