package io.chromabackup.docker;

import static io.chromabackup.docker.DockerCli.docker;

import io.chromabackup.docker.DockerCli.Result;
import io.chromabackup.testkit.ChromaClient;
import io.chromabackup.testkit.RealDocker;
import io.chromabackup.testkit.RecordCheck;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Chroma, an application and a worker that keeps writing, as {@code docker compose} would start
 * them, labels included. All is made and looked at with the {@code docker} command, never with the
 * code under test.
 *
 * <p>The application's {@code /health} answers 200 only if it reaches Chroma. The worker changes
 * two collections all the time; {@link RecordCheck} knows the records it makes. Whether a container
 * was stopped or killed, all goes on after a start: the worker reads what the server holds then.
 *
 * <p>Not safe for use by several threads.
 */
final class Stack implements AutoCloseable {
  static final String CHROMA = "chromadb";
  static final String RAG = "rag-server";
  static final String WORKER = "celery-worker";

  /** Where the official images before 1.0 had their data, and many still mount their volume. */
  static final String OLD_DATA = "/chroma/chroma";

  static final String DATA = "/data";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Settings settings;
  private final StackLabels labels = new StackLabels();
  private final String project = "cbstack" + labels.id().substring(0, 8);
  private final int ragPort;
  private final int publishedPort;
  private final Leftovers leftovers = new Leftovers(this);
  private final Thread remover = new Thread(this::remove);

  private Stack(Settings settings) {
    this.settings = settings;
    this.ragPort = freePort();
    this.publishedPort = settings.published ? freePort() : 0;
  }

  /** A stack as the settings have it from the start. */
  static Stack start() {
    return with().start();
  }

  /** The settings of a stack, to be changed before {@link Settings#start}. */
  static Settings with() {
    return new Settings();
  }

  /** What may differ from stack to stack. */
  static final class Settings {
    private String mountedAt = DATA;
    private String dataDirectory = DATA;
    private Path hostDirectory;
    private boolean published;
    private boolean rag = true;
    private boolean worker = true;
    private String restart = "unless-stopped";
    private String user = "";
    private String config;
    private int stopTimeout = 1;
    private int records = 1_500;
    private int dimension = 128;
    private int batch = 100;
    private int syncThreshold = 1_000;
    private int pauseMillis = 20;
    private List<String> command = List.of();
    private final List<String> options = new ArrayList<>();

    private Settings() {}

    /** The volume's place in the container, wherever the server keeps its data. */
    Settings mountAt(String directory) {
      mountedAt = directory;
      return this;
    }

    /** No volume: the data is in the container's own layer. */
    Settings noMount() {
      mountedAt = null;
      return this;
    }

    /** A directory of this machine in the volume's place. */
    Settings bind(Path directory) {
      hostDirectory = directory.toAbsolutePath();
      return this;
    }

    /**
     * The server keeps its data there, told by its command; see {@link #mountAt} for the volume.
     */
    Settings persistAt(String directory) {
      dataDirectory = directory;
      return command("run", "--host", "0.0.0.0", "--port", "8000", "--path", directory);
    }

    /** The server has another {@code /config.yaml}, by which it keeps its data there. */
    Settings configured(String yaml, String directory) {
      config = yaml;
      dataDirectory = directory;
      return this;
    }

    /** Chroma's arguments instead of the image's own. */
    Settings command(String... arguments) {
      command = List.of(arguments);
      return this;
    }

    /** Chroma's user, who gets the mounted directory first. */
    Settings user(String ids) {
      user = ids;
      return this;
    }

    /** An environment variable of Chroma. */
    Settings env(String name, String value) {
      return options("--env", name + "=" + value);
    }

    /** Any further options of {@code docker create} for Chroma. */
    Settings options(String... more) {
      options.addAll(List.of(more));
      return this;
    }

    /** Chroma's port on this machine's loopback address too: {@link Stack#publishedUri}. */
    Settings published() {
      published = true;
      return this;
    }

    /** The restart policy of all containers: {@code no, always, unless-stopped, on-failure}. */
    Settings restart(String policy) {
      restart = policy;
      return this;
    }

    /** How many seconds Chroma has to stop. It does not stop by itself, so it takes them all. */
    Settings stopTimeout(int seconds) {
      stopTimeout = seconds;
      return this;
    }

    Settings withoutRag() {
      rag = false;
      return this;
    }

    Settings withoutWorker() {
      worker = false;
      return this;
    }

    /**
     * How many records each of the worker's two collections has, more or less. From a quarter more
     * than the sync threshold on, both have index files when the stack has started.
     */
    Settings records(int number) {
      records = number;
      return this;
    }

    Settings dimension(int number) {
      dimension = number;
      return this;
    }

    /** After how many operations on a collection the server writes its index files. */
    Settings syncThreshold(int number) {
      syncThreshold = number;
      return this;
    }

    /** How long the worker waits between two requests for the same collection. */
    Settings pause(Duration duration) {
      pauseMillis = (int) duration.toMillis();
      return this;
    }

    /** Starts it, and returns when all of it works: the worker has written to both collections. */
    Stack start() {
      RealDocker.require();
      Sweep.once();
      Stack stack = new Stack(this);
      try {
        stack.create();
        return stack;
      } catch (RuntimeException | Error e) {
        try {
          stack.close();
        } catch (RuntimeException | Error suppressed) {
          e.addSuppressed(suppressed);
        }
        throw e;
      }
    }
  }

  /** The worker that keeps writing. */
  final class Worker {
    private static final String WRITTEN = "written ";

    private Worker() {}

    /** How many record operations the server has accepted so far, up to 200 ms ago. */
    long written() {
      return DockerCli.lines("logs", "--tail", "50", container(WORKER)).stream()
          .filter(line -> line.startsWith(WRITTEN))
          .reduce((first, last) -> last)
          .map(line -> Long.parseLong(line.substring(WRITTEN.length())))
          .orElse(0L);
    }

    /** Requests that the server answered with an error, with the answers. */
    List<String> refusals() {
      return log("refused ").toList();
    }

    /** Requests that got no answer, as from a server that was stopped. */
    List<String> interruptions() {
      return log("interrupted ").toList();
    }

    /** Waits until it has written so many records more. */
    void awaitWrites(long more) {
      long goal = written() + more;
      await("the worker to write " + more + " records", () -> written() >= goal);
    }

    void start() {
      Stack.this.start(WORKER);
    }

    void stop() {
      Stack.this.stop(WORKER);
    }

    private Stream<String> log(String kind) {
      return logs(WORKER)
          .lines()
          .filter(line -> line.startsWith(kind))
          .map(line -> line.substring(kind.length()));
    }
  }

  String project() {
    return project;
  }

  /** The name of a service's container. */
  String container(String service) {
    return project + "-" + service + "-1";
  }

  String network() {
    return project + "_default";
  }

  String volume() {
    return project + "_chromadb_data";
  }

  /** Where the server keeps its data, in its container. */
  String dataDirectory() {
    return settings.dataDirectory;
  }

  Worker worker() {
    return new Worker();
  }

  /** Starts a service's container, and waits until Chroma answers if it is that. */
  void start(String service) {
    docker("start", container(service));
    if (service.equals(CHROMA)) {
      awaitChroma();
    }
  }

  void stop(String service) {
    docker("stop", container(service));
  }

  /** As {@code docker kill}: by SIGKILL. */
  void kill(String service) {
    docker("kill", container(service));
  }

  void pause(String service) {
    docker("pause", container(service));
  }

  void unpause(String service) {
    docker("unpause", container(service));
  }

  /** {@code created, running, paused, restarting, exited, dead}, or {@code none}. */
  String state(String service) {
    Result result =
        DockerCli.attempt(
            "container", "inspect", "--format", "{{.State.Status}}", container(service));
    return result.isSuccess() ? result.out().strip() : "none";
  }

  /** When the container was started last: the same as long as nobody stopped or killed it. */
  Instant startedAt(String service) {
    return Instant.parse(inspect(service, "{{.State.StartedAt}}"));
  }

  /** What {@code docker inspect} says of a service's container, by a template. */
  String inspect(String service, String format) {
    return docker("container", "inspect", "--format", format, container(service));
  }

  /** All that a service's container has printed to its standard output. */
  String logs(String service) {
    return docker("logs", container(service));
  }

  /** Runs a command in a container, which must succeed; returns what it printed. */
  String exec(String service, String... command) {
    return docker(joined(List.of("exec", container(service)), List.of(command)));
  }

  /** The container's address in its network, which may be another one after each start. */
  URI chromaUri() {
    String format = "{{(index .NetworkSettings.Networks \"%s\").IPAddress}}".formatted(network());
    String address = inspect(CHROMA, format);
    if (address.isEmpty()) {
      throw new AssertionError("Chroma is " + state(CHROMA) + " and has no address");
    }
    return URI.create("http://" + address + ":8000");
  }

  /** Chroma's port on this machine. */
  URI publishedUri() {
    if (publishedPort == 0) {
      throw new IllegalStateException("Chroma's port is not published");
    }
    return URI.create("http://127.0.0.1:" + publishedPort);
  }

  ChromaClient client() {
    return new ChromaClient(chromaUri());
  }

  /** Reads all records of the server and holds each against its own vector; nobody may write. */
  RecordCheck.Result check() {
    return RecordCheck.run(client());
  }

  /** The application's health, on this machine; the same after each start. */
  URI ragHealth() {
    return URI.create("http://127.0.0.1:" + ragPort + "/health");
  }

  /** How the application answers for its health; 0 if it does not. */
  int ragStatus() {
    HttpRequest request =
        HttpRequest.newBuilder(ragHealth()).timeout(Duration.ofSeconds(10)).build();
    try {
      return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking for the health", e);
    }
  }

  void awaitChroma() {
    await("Chroma to answer", () -> state(CHROMA).equals("running") && client().isUp());
  }

  void awaitRag() {
    await("the application to be healthy", () -> ragStatus() == 200);
  }

  void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain for " + what + "\n" + describe());
      }
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for " + what, e);
      }
    }
  }

  /**
   * What the code under test has left in the engine since this stack was started, one line each:
   * its own containers, volumes and networks, volumes without a name, and files of its own in
   * Chroma's container, in or beside the data directory. Empty is good. A test that runs at the
   * same time in the same engine may be seen.
   */
  List<String> inspectOurs() {
    return leftovers.find();
  }

  /** Removes everything by force, volumes too. */
  @Override
  public void close() {
    remove();
    try {
      Runtime.getRuntime().removeShutdownHook(remover);
    } catch (IllegalStateException e) {
      // The JVM is going down: its hook does the same.
    }
  }

  private void remove() {
    Sweep.remove(labels.filter());
  }

  private void create() {
    Runtime.getRuntime().addShutdownHook(remover);
    docker(labels.network(network(), project));
    if (settings.mountedAt != null && settings.hostDirectory == null) {
      docker(labels.volume(volume(), project));
    }
    giveToUser();
    createChroma();
    docker("start", container(CHROMA));
    if (settings.rag) {
      run(RAG, "rag-server.js", "--publish", "127.0.0.1:" + ragPort + ":8001");
    }
    awaitChroma();
    leftovers.begin();
    if (settings.worker) {
      run(WORKER, "celery-worker.js", workerEnvironment());
      await("the worker to fill its collections", () -> worker().log("filled ").count() == 2);
    }
    if (settings.rag) {
      awaitRag();
    }
  }

  private void createChroma() {
    List<String> create = new ArrayList<>(labels.create(CHROMA, container(CHROMA), project));
    create.addAll(List.of("--network", network(), "--network-alias", CHROMA));
    create.addAll(List.of("--restart", settings.restart));
    create.addAll(List.of("--stop-timeout", Integer.toString(settings.stopTimeout)));
    if (settings.mountedAt != null) {
      create.addAll(List.of("--volume", mount()));
    }
    if (settings.published) {
      create.addAll(List.of("--publish", "127.0.0.1:" + publishedPort + ":8000"));
    }
    if (!settings.user.isEmpty()) {
      create.addAll(List.of("--user", settings.user));
    }
    create.addAll(settings.options);
    create.add(RealDocker.image());
    create.addAll(settings.command);
    docker(create.toArray(String[]::new));
    if (settings.config != null) {
      copyConfig();
    }
  }

  private String mount() {
    String source = settings.hostDirectory == null ? volume() : settings.hostDirectory.toString();
    return source + ":" + settings.mountedAt;
  }

  private void giveToUser() {
    if (!settings.user.isEmpty() && settings.mountedAt != null) {
      List<String> run = List.of("run", "--rm", "--network", "none", "--volume", mount());
      List<String> chown = List.of("--entrypoint", "chown", RealDocker.nodeImage());
      List<String> arguments = List.of(settings.user, settings.mountedAt);
      docker(Stream.of(run, chown, arguments).flatMap(List::stream).toArray(String[]::new));
    }
  }

  private void copyConfig() {
    try {
      Path file = Files.createTempFile("config-", ".yaml");
      Files.writeString(file, settings.config);
      docker("cp", file.toString(), container(CHROMA) + ":/config.yaml");
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run(String service, String script, String... options) {
    List<String> create = new ArrayList<>(labels.create(service, container(service), project));
    create.addAll(List.of("--network", network(), "--network-alias", service));
    create.addAll(List.of("--restart", settings.restart, "--stop-timeout", "1"));
    create.addAll(List.of("--env", "CHROMA_URL=http://" + CHROMA + ":8000"));
    create.addAll(List.of(options));
    create.addAll(List.of("--entrypoint", "node", RealDocker.nodeImage(), "-e", resource(script)));
    docker(create.toArray(String[]::new));
    docker("start", container(service));
  }

  private String[] workerEnvironment() {
    return new String[] {
      "--env", "RECORDS=" + settings.records,
      "--env", "DIMENSION=" + settings.dimension,
      "--env", "BATCH=" + settings.batch,
      "--env", "SYNC_THRESHOLD=" + settings.syncThreshold,
      "--env", "PAUSE_MILLIS=" + settings.pauseMillis
    };
  }

  private String describe() {
    StringBuilder all = new StringBuilder();
    for (String service : List.of(CHROMA, RAG, WORKER)) {
      Result logs = DockerCli.attempt("logs", "--tail", "20", container(service));
      all.append("%s is %s:%n%s%s".formatted(service, state(service), logs.out(), logs.err()));
    }
    return all.toString();
  }

  private static String resource(String name) {
    try (InputStream in = Stack.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String[] joined(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toArray(String[]::new);
  }

  /** A port that stays free while its container is stopped: none that the kernel gives away. */
  private static int freePort() {
    Random random = new Random();
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = 20_000 + random.nextInt(10_000);
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return port;
      } catch (IOException e) {
        // Somebody has it.
      }
    }
    throw new AssertionError("no free port");
  }
}
