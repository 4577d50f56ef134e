package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.files.Interruption;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * One connection to an engine: what this package asks of it, with its errors translated and every
 * call ended by a deadline. Safe for use by several threads.
 *
 * <p>Every method throws {@link io.chromabackup.ChromaBackupException.EngineUnavailable} if the
 * engine cannot be reached, {@link NoSuchContainer} where a container is named that is not there,
 * {@link java.io.InterruptedIOException} with the flag set if interrupted, and {@link
 * EngineException} for what else the engine refuses.
 */
final class Engine implements Closeable {
  /** How long an engine may take over stopping, beyond what the container may. */
  private static final Duration STOP_MARGIN = Duration.ofSeconds(60);

  private static final int STOP_DEFAULT_SECONDS = 10;

  /** How long what must be done waits for an engine that is restarted, or for the way to it. */
  private static final Duration ABSENCE = Duration.ofSeconds(60);

  private static final long PAUSE_IN_ABSENCE = 1000;

  private final EngineConnection connection;
  private final ArchiveEndpoint archives;

  private Engine(EngineConnection connection) {
    this.connection = connection;
    this.archives = new ArchiveEndpoint(connection);
  }

  /** Connects, and agrees on an API version. */
  static Engine connect(DockerHost host) throws IOException {
    return new Engine(new EngineConnection(EngineAddress.of(host)));
  }

  /**
   * Does what must be done, once more for some time if the engine cannot be reached, or the
   * connection breaks. What the engine refuses it would refuse again, and what is another's stays
   * so.
   */
  void persist(Interruption.Work work) throws IOException {
    Patience patience = Patience.of(ABSENCE);
    while (true) {
      try {
        work.run();
        return;
      } catch (EngineException
          | NoSuchContainer
          | ChromaBackupException.Locked
          | InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        if (patience.isOver() || connection.isClosed()) {
          throw e;
        }
        Interruption.sleep(PAUSE_IN_ABSENCE);
      }
    }
  }

  /** Names the engine: {@code unix:///var/run/docker.sock}. Never a secret. */
  String describe() {
    return connection.address().describe();
  }

  /** Whether the engine is reached over a socket of this machine. */
  boolean isLocal() {
    return connection.address().isLocal();
  }

  /**
   * Whether the engine seems to be on another machine, or in a virtual one, though its socket is
   * here: {@code ssh -L} brings it. Then this machine's own ports may be somebody else's. Docker
   * Desktop brings those of its containers here too. Not if the engine does not tell.
   */
  boolean isForwarded() throws IOException {
    if (!isLocal()) {
      return false;
    }
    Json info = connection.ask(Call.of("GET", "/info", "asking for its name")).json();
    return info.at("Name")
            .said()
            .filter(name -> !name.equalsIgnoreCase(OwnerProcess.hostName()))
            .isPresent()
        && !info.at("OperatingSystem").text().startsWith("Docker Desktop");
  }

  /** The host name of an engine reached over the network. */
  Optional<String> hostName() {
    return connection.address().hostName();
  }

  /**
   * All containers, also those that do not run, that have these labels (all of them; a value may be
   * empty for any). Light: only id, name, image, state, labels and mounts are filled.
   */
  List<Container> containers(Map<String, String> labels) throws IOException {
    List<String> wanted =
        labels.entrySet().stream()
            .map(l -> l.getValue().isEmpty() ? l.getKey() : l.getKey() + "=" + l.getValue())
            .toList();
    String filters = Call.encode(Json.write(Map.of("label", wanted)));
    String doing = "listing containers";
    Reply reply =
        connection.ask(Call.of("GET", "/containers/json?all=1&filters=" + filters, doing));
    if (!reply.succeeded()) {
      throw reply.refusal(doing);
    }
    return reply.json().list().stream().map(ContainerJson::listed).toList();
  }

  /** A container by name or id. */
  Container inspect(String nameOrId) throws IOException {
    return ContainerJson.inspected(connection.describe(nameOrId));
  }

  /**
   * Which of its runs a container is at: when that began, in the engine's words.
   *
   * @param id the container's, or the beginning of it; a name is none
   * @return empty if it is down, or gone
   */
  Optional<String> run(String id) throws IOException {
    try {
      Json json = connection.describe(id);
      Container found = ContainerJson.inspected(json);
      return found.id().startsWith(id) && found.state().isUp()
          ? json.at("State", "StartedAt").said()
          : Optional.empty();
    } catch (NoSuchContainer e) {
      return Optional.empty();
    }
  }

  /**
   * Whether a container was started since another was made, by the engine's own clock. Not if it
   * does not tell, or one of them is gone.
   */
  boolean wasStartedSince(String id, String made) throws IOException {
    try {
      String started = connection.describe(id).at("State", "StartedAt").text();
      String since = connection.describe(made).at("Created").text();
      return OffsetDateTime.parse(started).isAfter(OffsetDateTime.parse(since));
    } catch (NoSuchContainer | DateTimeParseException e) {
      return false;
    }
  }

  /** Whether other containers are in the network of this one. */
  boolean lendsNetwork(String id) throws IOException {
    Container lender = inspect(id);
    String doing = "listing containers";
    Reply reply = connection.ask(Call.of("GET", "/containers/json?all=1", doing));
    if (!reply.succeeded()) {
      throw reply.refusal(doing);
    }
    return reply.json().list().stream()
        .map(json -> json.at("HostConfig", "NetworkMode").text())
        .anyMatch(
            mode ->
                mode.equals("container:" + lender.id())
                    || mode.equals("container:" + lender.name()));
  }

  /** Whether a volume is in memory, so that it is emptied when the last of its containers stops. */
  boolean isInMemory(String volume) throws IOException {
    Call call = Call.of("GET", "/volumes/" + Call.encode(volume), "looking at volume " + volume);
    Reply reply = connection.ask(call);
    if (reply.isNotFound()) {
      return false;
    }
    if (!reply.succeeded()) {
      throw reply.refusal(call.doing());
    }
    return reply.json().at("Options", "type").said().filter("tmpfs"::equals).isPresent();
  }

  /** Where a kernel is busy, runc may fail to freeze what it freezes a moment later. */
  void pause(String id) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        bring(id, "/pause", "pausing", Container.State::isPaused);
        return;
      } catch (EngineException e) {
        if (attempt == 5 || !String.valueOf(e.getMessage()).contains("unable to freeze")) {
          throw e;
        }
        Interruption.sleep(200L * attempt);
      }
    }
  }

  void unpause(String id) throws IOException {
    bring(id, "/unpause", "unpausing", s -> !s.isPaused());
  }

  /** Starts it; does nothing if it runs. */
  void start(String id) throws IOException {
    bring(id, "/start", "starting", s -> s.isUp() && !s.isPaused());
  }

  /**
   * Stops it; does nothing if it is stopped. After the seconds (else its own limit, else the
   * engine's ten) it is killed by the engine.
   */
  void stop(String id, OptionalInt seconds) throws IOException {
    OptionalInt patience = seconds.isPresent() ? seconds : inspect(id).stopSeconds();
    Call stop =
        Call.of(
                "POST",
                Call.container(
                    id, "/stop" + (seconds.isPresent() ? "?t=" + seconds.getAsInt() : "")),
                "stopping container " + id)
            .within(STOP_MARGIN.plusSeconds(patience.orElse(STOP_DEFAULT_SECONDS)));
    Reply reply = connection.ask(stop);
    if (!reply.succeeded()
        && inspect(id).state().isPaused()) { // podman does not stop what is paused
      unpause(id);
      reply = connection.ask(stop);
    }
    settle(id, stop, reply, s -> !s.isUp());
  }

  private void bring(String id, String path, String doing, Predicate<Container.State> there)
      throws IOException {
    Call call = Call.of("POST", Call.container(id, path), doing + " container " + id);
    settle(id, call, connection.ask(call), there);
  }

  /** Engines differ in how they refuse what is so already: what counts is how it is. */
  private void settle(String id, Call call, Reply reply, Predicate<Container.State> there)
      throws IOException {
    if (!reply.succeeded() && !there.test(inspect(id).state())) {
      throw reply.refusal(call.doing());
    }
  }

  /** What is at a path; empty if there is nothing. */
  Optional<PathStat> stat(String id, String path) throws IOException {
    return archives.stat(id, path);
  }

  /**
   * The file or directory at a path as a tar stream, uncompressed on the way. Closing it early
   * aborts the transfer at once. Fails, and does not just end, if it is cut off. A transfer that
   * brings nothing for {@code stall} is aborted and fails.
   *
   * @throws java.io.FileNotFoundException if there is nothing at that path
   */
  InputStream read(String id, String path, Duration stall) throws IOException {
    return archives.read(id, path, stall);
  }

  /**
   * Unpacks a tar stream into a directory; owners, modes and times as in the stream. Not atomic.
   */
  void write(String id, String directory, InputStream tar) throws IOException {
    archives.write(id, directory, tar);
  }

  /** Makes a container from what is there already: nothing is pulled. Returns its id. */
  String create(Companion companion) throws IOException {
    String query = companion.name().map(n -> "?name=" + Call.encode(n)).orElse("");
    String doing = "making a container" + companion.volumesOf().map(v -> " beside " + v).orElse("");
    Call call =
        Call.of("POST", "/containers/create" + query, doing).sending(Requests.create(companion));
    Reply reply = connection.ask(call);
    Optional<String> id = reply.json().at("Id").said();
    if (!reply.succeeded() || id.isEmpty()) {
      throw notMade(companion, reply, doing);
    }
    return id.get();
  }

  /** Finds out why: the status alone says it at Docker only. */
  private IOException notMade(Companion companion, Reply reply, String doing) throws IOException {
    if (companion.name().isPresent() && exists(companion.name().get())) {
      String taken = reply.message().orElse("the name is in use");
      return new EngineException(doing, EngineException.CONFLICT, taken, null);
    }
    if (companion.volumesOf().isPresent() && !exists(companion.volumesOf().get())) {
      return new NoSuchContainer(companion.volumesOf().get());
    }
    return reply.refusal(doing);
  }

  private boolean exists(String nameOrId) throws IOException {
    try {
      connection.describe(nameOrId);
      return true;
    } catch (NoSuchContainer e) {
      return false;
    }
  }

  /**
   * Removes a container, by force. Does nothing if it is gone. No volume is removed with it: one
   * that it shares with a container that is gone meanwhile may hold the only copy of something.
   */
  void remove(String id) throws IOException {
    String doing = "removing container " + id;
    Reply reply = connection.ask(Call.of("DELETE", Call.container(id, "?force=1&v=0"), doing));
    if (!reply.succeeded() && !reply.isNotFound() && !isBeingRemoved(id)) {
      throw reply.refusal(doing);
    }
  }

  /** Gives a container another name. */
  void rename(String id, String name) throws IOException {
    String doing = "renaming container " + id;
    String path = Call.container(id, "/rename?name=" + Call.encode(name));
    Reply reply = connection.ask(Call.of("POST", path, doing));
    if (reply.isNotFound()) {
      throw new NoSuchContainer(id);
    }
    if (!reply.succeeded() && !inspect(id).name().equals(name)) {
      throw reply.refusal(doing);
    }
  }

  private boolean isBeingRemoved(String id) throws IOException {
    try {
      return inspect(id).state().isBeingRemoved();
    } catch (NoSuchContainer e) {
      return true;
    }
  }

  /** Waits until a container has ended by itself; returns its exit code. */
  int await(String id, Duration patience) throws IOException {
    Call call =
        Call.of("POST", Call.container(id, "/wait"), "waiting for the end of container " + id)
            .within(patience);
    Reply reply = connection.ask(call);
    Optional<Long> code = reply.json().at("StatusCode").number();
    if (reply.isNotFound()) {
      throw new NoSuchContainer(id);
    }
    if (!reply.succeeded() || code.isEmpty()) {
      throw reply.refusal(call.doing());
    }
    return Math.toIntExact(code.get());
  }

  /** The last lines of what a container said, on both streams, in order. */
  String logs(String id, int lines) throws IOException {
    boolean plain = connection.describe(id).at("Config", "Tty").isTrue();
    String path = Call.container(id, "/logs?stdout=1&stderr=1&tail=" + lines);
    Call call = Call.of("GET", path, "reading what container " + id + " said");
    try (Exchange exchange = connection.open(call)) {
      if (exchange.status() != 200) {
        throw exchange.reply().refusal(call.doing());
      }
      return plain ? OutputTail.plain(exchange) : OutputTail.framed(exchange);
    }
  }

  /**
   * Runs a command in a running container; input and output of it are the returned connection's.
   */
  ExecSession exec(String id, List<String> command) throws IOException {
    String doing = "running %s in container %s".formatted(command.get(0), id);
    Reply made =
        connection.ask(
            Call.of("POST", Call.container(id, "/exec"), doing).sending(Requests.exec(command)));
    if (made.isNotFound()) {
      inspect(id);
    }
    if (!made.succeeded()) {
      throw made.refusal(doing);
    }
    StandardInput input = new StandardInput();
    Exchange exchange =
        connection.open(
            Call.of("POST", "/exec/" + made.json().at("Id").text() + "/start", doing)
                .within(Call.STALL)
                .sending(Map.of("Detach", false, "Tty", false))
                .takingOver(input));
    return new ExecSession(exchange, input);
  }

  @Override
  public void close() {
    connection.close();
  }
}
