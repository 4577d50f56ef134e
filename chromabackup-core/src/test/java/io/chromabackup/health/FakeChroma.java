package io.chromabackup.health;

import com.fasterxml.jackson.jr.ob.JSON;
import io.chromabackup.CollectionSummary;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Answers like a Chroma server as far as {@link ChromaHealth} asks, and otherwise where a test
 * wants it to.
 */
final class FakeChroma implements AutoCloseable {
  /** What came in: the path is as it was sent, with its query. */
  record Request(String method, String path, Map<String, String> headers, String body) {
    String line() {
      return method + " " + path;
    }
  }

  /** What goes out. */
  record Answer(int status, String body, Map<String, String> headers) {
    static Answer of(int status, String body) {
      return new Answer(status, body, Map.of());
    }

    static Answer json(Object value) throws IOException {
      return of(200, JSON.std.asString(value));
    }
  }

  /** A collection that it has. */
  record Stored(
      String tenant, String database, String name, String id, Integer dimension, int documents) {}

  /** Answers one request; null leaves it to the next. */
  @FunctionalInterface
  interface Handler {
    @Nullable Answer answer(Request request) throws IOException;
  }

  private final ServerSocket socket;
  private final List<Stored> collections = new CopyOnWriteArrayList<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedDeque<Handler> handlers = new ConcurrentLinkedDeque<>();
  private volatile String prefix = "/api/v2";

  private FakeChroma(ServerSocket socket) {
    this.socket = socket;
  }

  /** Starts one without data on a free port. */
  static FakeChroma start() throws IOException {
    FakeChroma chroma = new FakeChroma(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    daemon(chroma::accept);
    return chroma;
  }

  /** Makes it an old one, which has only the first version of the API. */
  void speakOnlyTheFirstVersion() {
    prefix = "/api/v1";
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  /** Stores a collection in the default database. */
  CollectionSummary store(String name, int dimension, int documents) {
    return store("default_tenant", "default_database", name, dimension, documents);
  }

  /** Stores a collection; what is expected of it comes back. */
  CollectionSummary store(
      String tenant, String database, String name, int dimension, int documents) {
    String id = new UUID(7, collections.size()).toString();
    collections.add(new Stored(tenant, database, name, id, dimension, documents));
    return new CollectionSummary(
        tenant, database, name, id, OptionalInt.of(dimension), "l2", documents, 0);
  }

  /** Has the requests answered by {@code handler} first. */
  void first(Handler handler) {
    handlers.addFirst(handler);
  }

  /** Has the requests to paths that end so answered otherwise. */
  void whenPathEndsWith(String end, Answer answer) {
    first(request -> request.path().endsWith(end) ? answer : null);
  }

  /** Serves nothing but what is below a path. */
  void serveBelow(String base) {
    first(
        request ->
            request.path().startsWith(base + "/")
                ? regular(
                    new Request(
                        request.method(),
                        request.path().substring(base.length()),
                        request.headers(),
                        request.body()))
                : Answer.of(403, "not here"));
  }

  /** Changes what the records of all collections look like. */
  void embeddings(Function<List<Object>, Object> change) {
    first(
        request -> {
          if (!request.path().endsWith("/get")) {
            return null;
          }
          Map<String, Object> answer = JSON.std.mapFrom(regular(request).body());
          @SuppressWarnings("unchecked")
          List<Object> embeddings = (List<Object>) answer.get("embeddings");
          answer.put("embeddings", change.apply(embeddings));
          return Answer.json(answer);
        });
  }

  List<Request> requests() {
    return requests;
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = socket.accept();
        daemon(() -> serve(connection));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "fake-chroma");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(Socket connection) {
    try (connection) {
      Request request = read(new BufferedInputStream(connection.getInputStream()));
      requests.add(request);
      Answer answer = answer(request);
      StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.status() + " Said\r\n");
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      head.append("Content-Length: ").append(body.length).append("\r\nConnection: close\r\n");
      answer.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
      OutputStream out = connection.getOutputStream();
      out.write((head + "\r\n").getBytes(StandardCharsets.UTF_8));
      out.write(body);
      out.flush();
    } catch (IOException e) {
      // a test dropped the connection, or the client did
    }
  }

  private static Request read(InputStream in) throws IOException {
    String[] start = line(in).split(" ", 3);
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(line.substring(0, colon).toLowerCase(), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return new Request(start[0], start[1], headers, body);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the client went away");
      }
      line.append((char) c);
    }
    return line.toString().strip();
  }

  private Answer answer(Request request) throws IOException {
    for (Handler handler : handlers) {
      Answer answer = handler.answer(request);
      if (answer != null) {
        return answer;
      }
    }
    return regular(request);
  }

  private Answer regular(Request request) throws IOException {
    String[] pathAndQuery = request.path().split("\\?", 2);
    if (!pathAndQuery[0].startsWith(prefix + "/")) {
      return prefix.endsWith("1")
          ? Answer.of(404, "{\"detail\":\"Not Found\"}")
          : Answer.of(
              410, "{\"error\":\"Unimplemented\",\"message\":\"The v1 API is deprecated\"}");
    }
    List<String> parts = new ArrayList<>();
    for (String part : pathAndQuery[0].substring(prefix.length() + 1).split("/")) {
      parts.add(URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8));
    }
    Map<String, String> query = query(pathAndQuery.length > 1 ? pathAndQuery[1] : "");
    if (parts.get(0).equals("tenants")) {
      query.put("tenant", parts.get(1));
      if (parts.size() == 3) {
        return page(databases(parts.get(1)), query);
      }
      query.put("database", parts.get(3));
      parts = parts.subList(4, parts.size());
    }
    return parts.get(0).equals("heartbeat")
        ? Answer.json(Map.of("nanosecond heartbeat", System.nanoTime()))
        : collections(parts, query, request.body());
  }

  private Answer collections(List<String> parts, Map<String, String> query, String body)
      throws IOException {
    if (parts.size() == 1) {
      return page(
          collections.stream()
              .filter(one -> one.tenant().equals(query.get("tenant")))
              .filter(one -> one.database().equals(query.get("database")))
              .map(one -> described(one))
              .toList(),
          query);
    }
    for (Stored one : collections) {
      if (one.id().equals(parts.get(1))) {
        return parts.get(2).equals("count")
            ? Answer.json(one.documents())
            : records(one, JSON.std.mapFrom(body));
      }
    }
    return Answer.of(404, "{\"error\":\"NotFoundError\"}");
  }

  private static Map<String, Object> described(Stored one) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("id", one.id());
    row.put("name", one.name());
    row.put("dimension", one.dimension());
    return row;
  }

  private List<?> databases(String tenant) {
    return collections.stream()
        .filter(one -> one.tenant().equals(tenant))
        .map(Stored::database)
        .distinct()
        .map(name -> Map.of("name", name, "tenant", tenant))
        .toList();
  }

  private static Answer page(List<?> all, Map<String, String> query) throws IOException {
    int offset = Math.min(all.size(), Integer.parseInt(query.getOrDefault("offset", "0")));
    int limit = Integer.parseInt(query.getOrDefault("limit", "100"));
    return Answer.json(all.subList(offset, Math.min(all.size(), offset + limit)));
  }

  private static Answer records(Stored one, Map<String, Object> which) throws IOException {
    int offset = ((Number) which.get("offset")).intValue();
    int end = Math.min(one.documents(), offset + ((Number) which.get("limit")).intValue());
    List<String> ids = new ArrayList<>();
    List<List<Double>> embeddings = new ArrayList<>();
    for (int i = offset; i < end; i++) {
      ids.add("id-" + i);
      embeddings.add(Collections.nCopies(one.dimension(), i + 0.5));
    }
    return Answer.json(Map.of("ids", ids, "embeddings", embeddings));
  }

  private static Map<String, String> query(String query) {
    return List.of(query.split("&")).stream()
        .filter(pair -> pair.contains("="))
        .map(pair -> pair.split("=", 2))
        .collect(
            Collectors.toMap(
                pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
