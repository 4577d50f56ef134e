package io.chromabackup.health;

import io.chromabackup.health.ChromaHttp.Answer;
import io.chromabackup.health.HealthProblem.Kind;
import java.io.InterruptedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * As much of Chroma's HTTP API as it takes to look at the data, in either of its versions: the
 * first has the tenant and the database as parameters, and cannot list databases.
 *
 * @param http asks
 * @param version 1 or 2
 */
record ChromaApi(ChromaHttp http, int version) {
  private static final Duration HEARTBEAT_TIMEOUT = Duration.ofSeconds(10);
  private static final int LIST_PAGE = 100;

  /** What a server says that has no such route. */
  private static final Set<Integer> NO_SUCH_ROUTE = Set.of(404, 405, 410);

  /**
   * A collection as the server lists it.
   *
   * @param id its id
   * @param name its name
   * @param dimension the length of its vectors; null if the server does not say
   * @param path where it is asked for
   */
  record Listed(String id, String name, @Nullable Number dimension, String path) {}

  /**
   * Asks a server for its heartbeat.
   *
   * @param http asks
   * @param patience how long the answer may take; ten seconds are enough
   * @return the API that it has
   * @throws HealthProblem if there is none, or not yet
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   */
  static ChromaApi connect(ChromaHttp http, Duration patience)
      throws HealthProblem, InterruptedIOException {
    Duration timeout = patience.compareTo(HEARTBEAT_TIMEOUT) < 0 ? patience : HEARTBEAT_TIMEOUT;
    try {
      int version = 2;
      Answer answer = http.send("/api/v2/heartbeat", null, timeout);
      if (NO_SUCH_ROUTE.contains(answer.status())) {
        version = 1;
        answer = http.send("/api/v1/heartbeat", null, timeout);
      }
      if (http.json(answer) instanceof Map<?, ?> map && map.containsKey("nanosecond heartbeat")) {
        return new ChromaApi(http, version);
      }
      throw HealthProblem.wrong("this is no Chroma: " + http.inWords(answer));
    } catch (HealthProblem e) {
      throw new HealthProblem(kind(e), "no heartbeat: " + e.message(), e.getCause());
    }
  }

  /** Whatever a server says while it starts, or a proxy before it, it may say better later. */
  private static Kind kind(HealthProblem problem) {
    boolean refused = problem.kind() == Kind.FINAL && problem.getCause() == null;
    return refused ? Kind.FINAL : Kind.UNAVAILABLE;
  }

  /**
   * The databases of a tenant.
   *
   * @return their names; none if the server cannot list them, or does not let us
   * @throws HealthProblem if there is no answer
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   */
  List<String> databases(String tenant) throws HealthProblem, InterruptedIOException {
    if (version == 1) {
      return List.of();
    }
    String path = tenantPath(tenant) + "/databases";
    if (http.ask(path, null).status() / 100 == 4) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    for (Map<?, ?> row : listed(path + "?")) {
      names.add(text(row, "name"));
    }
    return names;
  }

  /** The collections of a database. */
  List<Listed> collections(String tenant, String database)
      throws HealthProblem, InterruptedIOException {
    String collections =
        version == 1
            ? "/api/v1/collections"
            : tenantPath(tenant) + "/databases/" + encoded(database) + "/collections";
    String which =
        version == 1 ? "?tenant=" + encoded(tenant) + "&database=" + encoded(database) + "&" : "?";
    List<Listed> all = new ArrayList<>();
    for (Map<?, ?> row : listed(collections + which)) {
      String id = text(row, "id");
      Number dimension = row.get("dimension") instanceof Number number ? number : null;
      all.add(new Listed(id, text(row, "name"), dimension, collections + "/" + encoded(id)));
    }
    return all;
  }

  /** How many documents are in a collection. */
  long count(Listed collection) throws HealthProblem, InterruptedIOException {
    Object answer = http.json(collection.path() + "/count", null);
    if (answer instanceof Number number) {
      return number.longValue();
    }
    throw HealthProblem.wrong("its count is no number");
  }

  /**
   * A page of a collection's embeddings.
   *
   * @return the embeddings, one for each of the page's records, but of whatever types
   */
  List<?> embeddings(Listed collection, long offset, int limit)
      throws HealthProblem, InterruptedIOException {
    Map<String, Object> page =
        Map.of("offset", offset, "limit", limit, "include", List.of("embeddings"));
    if (http.json(collection.path() + "/get", page) instanceof Map<?, ?> answer
        && answer.get("ids") instanceof List<?> ids
        && answer.get("embeddings") instanceof List<?> embeddings) {
      if (ids.size() != embeddings.size()) {
        throw HealthProblem.wrong(
            "%d records have %d embeddings".formatted(ids.size(), embeddings.size()));
      }
      return embeddings;
    }
    throw HealthProblem.wrong("its records come without embeddings");
  }

  /** All pages of a list; a server that knows no pages sends all of it each time. */
  private Set<Map<?, ?>> listed(String path) throws HealthProblem, InterruptedIOException {
    Set<Map<?, ?>> rows = new LinkedHashSet<>();
    int before;
    do {
      before = rows.size();
      Object page = http.json(path + "limit=" + LIST_PAGE + "&offset=" + before, null);
      if (!(page instanceof List<?> list)) {
        throw HealthProblem.wrong("the answer is no list");
      }
      for (Object row : list) {
        if (!(row instanceof Map<?, ?> map)) {
          throw HealthProblem.wrong("the list holds something else than it should");
        }
        rows.add(map);
      }
    } while (rows.size() > before);
    return rows;
  }

  private static String tenantPath(String tenant) {
    return "/api/v2/tenants/" + encoded(tenant);
  }

  private static String text(Map<?, ?> row, String key) throws HealthProblem {
    if (row.get(key) instanceof String text) {
      return text;
    }
    throw HealthProblem.wrong("the list holds something without a " + key);
  }

  /** A name as part of a path. The names {@code .} and {@code ..} would mean something there. */
  private static String encoded(String name) {
    String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    return encoded.matches("\\.{1,2}") ? encoded.replace(".", "%2E") : encoded;
  }
}
