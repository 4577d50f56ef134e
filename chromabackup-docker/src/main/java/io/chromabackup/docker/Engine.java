package io.chromabackup.docker;

import com.fasterxml.jackson.jr.ob.JSON;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import io.chromabackup.docker.EngineConnection.Answer;
import io.chromabackup.docker.EngineConnection.Call;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/**
 * What this package asks of an engine, with its errors translated and every call ended by a
 * deadline. Safe for use by several threads.
 *
 * <p>Every method throws {@link io.chromabackup.ChromaBackupException.EngineUnavailable} if the
 * engine cannot be reached, {@link NoSuchContainer} where a container is named that is not there,
 * {@link java.io.InterruptedIOException} with the flag set if interrupted, and {@link
 * EngineException} for what else the engine refuses.
 */
final class Engine implements Closeable {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** The engine's own limit where neither the caller nor the container has one. */
  private static final int STOP_SECONDS = 10;

  private static final long DIRECTORY = 1L << 31;
  private static final int NOT_FOUND = 404;
  private static final byte[] EMPTY_TAR = new byte[1024];

  private final EngineConnection connection;
  private final URI address;
  private final ScheduledThreadPoolExecutor timer;

  private Engine(EngineConnection connection) {
    this.connection = connection;
    this.address = URI.create(connection.engine());
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "chromabackup-docker-watch");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
  }

  /** Connects, and agrees on a version of the API. */
  static Engine connect(DockerHost host) throws IOException {
    return new Engine(host.connect());
  }

  /** Names the engine: {@code unix:///var/run/docker.sock}. Never a secret. */
  String describe() {
    return connection.engine();
  }

  /** Whether the engine is reached over a socket of this machine. */
  boolean isLocal() {
    return address.getHost() == null;
  }

  /** The host name of an engine reached over the network. */
  Optional<String> hostName() {
    return Optional.ofNullable(address.getHost());
  }

  /**
   * All containers, also those that do not run, that have all these labels; an empty value stands
   * for any. Not all is known of them: id, name, image, what they do, labels and mounts.
   */
  List<Container> containers(Map<String, String> labels) throws IOException {
    List<String> wanted =
        labels.entrySet().stream()
            .map(
                label ->
                    label.getKey() + (label.getValue().isEmpty() ? "" : "=" + label.getValue()))
            .toList();
    String filters = JSON.std.asString(Map.of("label", wanted));
    Answer answer =
        ask(
            "listing containers",
            "GET",
            "/containers/json?all=1&filters=" + encoded(filters),
            null);
    List<Container> containers = new ArrayList<>();
    for (Object each : JSON.std.listFrom(require(answer, "listing containers").body())) {
      if (each instanceof Map<?, ?> json) {
        containers.add(Descriptions.listed(json));
      }
    }
    return containers;
  }

  /** A container by name or id. */
  Container inspect(String nameOrId) throws IOException {
    String what = "looking at container " + nameOrId;
    Answer answer = ask(what, "GET", path(nameOrId, "/json"), null);
    return Descriptions.inspected(requireContainer(answer, what, nameOrId).json());
  }

  void pause(String id) throws IOException {
    order(id, "pause", "", DEADLINE);
  }

  void unpause(String id) throws IOException {
    order(id, "unpause", "", DEADLINE);
  }

  /**
   * Stops it; does nothing if it is stopped.
   *
   * @param seconds after which the engine kills it; else its own limit, else the engine's ten
   */
  void stop(String id, OptionalInt seconds) throws IOException {
    int limit = seconds.orElse(inspect(id).stopSeconds().orElse(STOP_SECONDS));
    order(
        id,
        "stop",
        seconds.isPresent() ? "?t=" + seconds.getAsInt() : "",
        DEADLINE.plusSeconds(limit));
  }

  /** Starts it; does nothing if it runs. */
  void start(String id) throws IOException {
    order(id, "start", "", DEADLINE);
  }

  private void order(String id, String verb, String query, Duration deadline) throws IOException {
    String what = verb + " container " + id;
    Answer answer =
        connection.ask(new Call(what, "POST", path(id, "/" + verb) + query), null, deadline);
    if (answer.status() != 304) { // it is so already
      requireContainer(answer, what, id);
    }
  }

  /** What is at a path; empty if there is nothing. */
  Optional<PathStat> stat(String id, String path) throws IOException {
    Call call =
        new Call(
            "looking at " + path + " in container " + id,
            "HEAD",
            path(id, "/archive?path=" + encoded(path)));
    String header = connection.head(call, "X-Docker-Container-Path-Stat", DEADLINE);
    if (header == null) {
      inspect(id); // or is it the container that is not there?
      return Optional.empty();
    }
    return Optional.of(stat(header));
  }

  private static PathStat stat(String header) throws IOException {
    Map<String, Object> json =
        JSON.std.mapFrom(new String(Base64.getDecoder().decode(header), StandardCharsets.UTF_8));
    return new PathStat(
        text(json.get("name")),
        number(json.get("size")),
        OffsetDateTime.parse(text(json.get("mtime"))).toInstant(),
        (number(json.get("mode")) & DIRECTORY) != 0,
        text(json.get("linkTarget")));
  }

  /**
   * The file or directory at a path as a tar stream, uncompressed on the way. Closing it early
   * breaks the transfer off at once. It fails, and does not just end, if it is cut off, or if the
   * engine sends nothing for {@code stall}.
   *
   * @throws FileNotFoundException if there is nothing at that path
   */
  InputStream read(String id, String path, Duration stall) throws IOException {
    String what = "reading " + path + " in container " + id;
    Call call = new Call(what, "GET", path(id, "/archive?path=" + encoded(path)));
    Response response;
    try {
      response = connection.open(call, stall.compareTo(DEADLINE) > 0 ? stall : DEADLINE);
    } catch (EngineException e) {
      if (e.status() != NOT_FOUND) {
        throw e;
      }
      inspect(id);
      FileNotFoundException missing = new FileNotFoundException(what + ": " + e.getMessage());
      missing.initCause(e);
      throw missing;
    }
    return new ArchiveStream(response, stall, timer);
  }

  /**
   * Unpacks a tar stream into a directory; owners, modes and times as in the stream. Not atomic.
   *
   * @throws IOException also what reading {@code tar} throws
   */
  void write(String id, String directory, InputStream tar) throws IOException {
    String what = "writing to " + directory + " in container " + id;
    Call call = new Call(what, "PUT", path(id, "/archive?path=" + encoded(directory)));
    // an engine that refuses a large body breaks the connection before its reason can be read
    send(call, id, new WatchedInput(new ByteArrayInputStream(EMPTY_TAR)));
    send(call, id, new WatchedInput(tar));
  }

  private void send(Call call, String id, WatchedInput body) throws IOException {
    Answer answer;
    try {
      answer = connection.send(call, body, body::hasMoved, DEADLINE);
    } catch (IOException e) {
      throw body.failure().orElse(e);
    }
    requireContainer(answer, call.what(), id);
  }

  /** Makes a container from what is there already: nothing is pulled. Returns its id. */
  String create(Companion companion) throws IOException {
    String what = "making a container from image " + companion.imageId();
    String query = companion.name().map(name -> "?name=" + encoded(name)).orElse("");
    Answer answer = ask(what, "POST", "/containers/create" + query, description(companion));
    return text(require(answer, what).json().get("Id"));
  }

  private static Map<String, Object> description(Companion companion) {
    Map<String, Object> host = new LinkedHashMap<>();
    host.put("NetworkMode", "none");
    companion
        .volumesOf()
        .ifPresent(
            id -> host.put("VolumesFrom", List.of(id + (companion.writable() ? ":rw" : ":ro"))));
    List<String> command = companion.command().isEmpty() ? List.of("true") : companion.command();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Image", companion.imageId());
    json.put("User", "0:0");
    json.put("WorkingDir", "/");
    json.put("Entrypoint", command.subList(0, 1));
    json.put("Cmd", command.subList(1, command.size()));
    json.put("Labels", companion.labels());
    json.put("Healthcheck", Map.of("Test", List.of("NONE")));
    json.put("HostConfig", host);
    return json;
  }

  /** Removes a container, by force, with its anonymous volumes. Does nothing if it is gone. */
  void remove(String id) throws IOException {
    String what = "removing container " + id;
    Answer answer = ask(what, "DELETE", path(id, "") + "?force=1&v=1", null);
    boolean isOnItsWay = answer.status() == 409 && answer.message().contains("already in progress");
    if (answer.status() != NOT_FOUND && !isOnItsWay) {
      require(answer, what);
    }
  }

  /** Waits until a container has ended by itself; returns its exit code. */
  int await(String id, Duration patience) throws IOException {
    String what = "waiting for container " + id;
    Answer answer = connection.ask(new Call(what, "POST", path(id, "/wait")), null, patience);
    return (int) number(requireContainer(answer, what, id).json().get("StatusCode"));
  }

  /** The last lines of what a container said, on both streams, in order. */
  String logs(String id, int lines) throws IOException {
    Call call =
        new Call(
            "reading what container " + id + " said",
            "GET",
            path(id, "/logs?stdout=1&stderr=1&tail=" + lines));
    try (Response response = connection.open(call, DEADLINE);
        InputStream in = Frames.everything(response.getBody())) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (EngineException e) {
      throw e.status() == NOT_FOUND ? new NoSuchContainer(id) : e;
    }
  }

  /** Runs a command in a running container; input and output of it are the connection's. */
  ExecConnection exec(String id, List<String> command) throws IOException {
    String what = "running a command in container " + id;
    Map<String, Object> wanted =
        Map.of("AttachStdin", true, "AttachStdout", true, "AttachStderr", true, "Cmd", command);
    Answer answer = ask(what, "POST", path(id, "/exec"), wanted);
    String exec = text(requireContainer(answer, what, id).json().get("Id"));
    HandedOver input = new HandedOver();
    Response response =
        connection.converse(
            new Call(what, "POST", "/exec/" + exec + "/start"),
            Map.of("Detach", false, "Tty", false),
            input,
            DEADLINE);
    return new ExecConnection(response, input);
  }

  private Answer ask(String what, String method, String path, @Nullable Object body)
      throws IOException {
    return connection.ask(new Call(what, method, path), body, DEADLINE);
  }

  private static Answer require(Answer answer, String what) throws EngineException {
    if (!answer.isSuccess()) {
      throw new EngineException(what, answer.status(), answer.message(), null);
    }
    return answer;
  }

  private static Answer requireContainer(Answer answer, String what, String container)
      throws IOException {
    boolean isMissing =
        answer.status() == NOT_FOUND
            && answer.message().toLowerCase(Locale.ROOT).contains("no such container");
    if (isMissing) {
      throw new NoSuchContainer(container);
    }
    return require(answer, what);
  }

  private static String path(String container, String rest) {
    return "/containers/" + encoded(container) + rest;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  private static long number(@Nullable Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }

  @Override
  public String toString() {
    return describe();
  }

  @Override
  public void close() throws IOException {
    timer.shutdownNow();
    connection.close();
  }
}
