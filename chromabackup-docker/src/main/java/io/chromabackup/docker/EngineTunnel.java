package io.chromabackup.docker;

import io.chromabackup.files.Interruption;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port of this machine that leads to one in a container: each connection is carried by a bash
 * that the engine runs there. Nothing of it is left, here or there, when it is closed.
 */
final class EngineTunnel implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(EngineTunnel.class);

  private static final int BUFFER = 1 << 16;
  private static final int LONGEST_GREETING = 4096;
  private static final int SECONDS_TO_END = 5;

  /** Whichever side ends first takes the other along. */
  private static final String SCRIPT =
      """
      exec 3<>/dev/tcp/127.0.0.1/%1$d || exec 3<>/dev/tcp/::1/%1$d || exit 1
      exec 4<&0
      echo chromabackup
      cat <&4 >&3 & up=$!
      cat <&3 & down=$!
      wait -n
      kill $up $down 2>/dev/null
      """;

  private static final String GREETING = "chromabackup";
  private static final String NO_BASH = "the image has no bash, which that takes";
  private static final String REFUSED = "the engine refuses: ";

  /** In the words of runc, and of crun. */
  private static final Pattern NOT_FOUND =
      Pattern.compile("executable file .*not found|no such file", Pattern.CASE_INSENSITIVE);

  private final Engine engine;
  private final String id;
  private final int port;
  private final ServerSocket server;
  private final ExecutorService threads;
  private final Set<Closeable> carried = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;
  private volatile @Nullable String problem;

  private EngineTunnel(Engine engine, String id, int port, ServerSocket server) {
    this.engine = engine;
    this.id = id;
    this.port = port;
    this.server = server;
    this.threads = Executors.newCachedThreadPool(EngineTunnel::thread);
  }

  /** Opens one to a port of a running container. */
  static EngineTunnel to(Engine engine, String id, int port) throws IOException {
    byte[] loopback = {127, 0, 0, 1};
    ServerSocket server = new ServerSocket(0, 0, InetAddress.getByAddress(loopback));
    EngineTunnel tunnel = new EngineTunnel(engine, id, port, server);
    tunnel.threads.execute(tunnel::accept);
    return tunnel;
  }

  /** Where it begins. */
  URI address() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /** Why the last connection was not carried through, if it was not. */
  Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /** Whether it will never lead anywhere, whoever listens there. */
  boolean isImpossible() {
    String last = problem;
    return last != null && (last.equals(NO_BASH) || last.startsWith(REFUSED));
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "chromabackup tunnel");
    thread.setDaemon(true);
    return thread;
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        carried.add(socket);
        threads.execute(() -> carry(socket));
      }
    } catch (IOException | RejectedExecutionException e) {
      // closed
    }
  }

  private void carry(Socket socket) {
    try (socket;
        ExecSession exec = engine.exec(id, List.of("bash", "-c", SCRIPT.formatted(port)))) {
      carried.add(exec);
      if (isOpen(exec)) {
        carryBothWays(socket, exec);
      }
      carried.remove(exec);
    } catch (IOException e) {
      problem = REFUSED + e.getMessage();
    } finally {
      carried.remove(socket);
    }
  }

  private boolean isOpen(ExecSession exec) throws IOException {
    String greeting = closed ? "" : firstLine(exec.output());
    boolean open = greeting.equals(GREETING);
    problem = open ? null : problem(greeting, exec.errors());
    return open;
  }

  private void carryBothWays(Socket socket, ExecSession exec) {
    try {
      threads.execute(() -> copyUp(socket, exec));
      copy(exec.output(), socket.getOutputStream());
    } catch (IOException | RejectedExecutionException e) {
      // one side has ended, or this tunnel has
    }
  }

  /** What the client says. When it says no more, the whole connection has served. */
  private static void copyUp(Socket socket, ExecSession exec) {
    try (exec) {
      copy(socket.getInputStream(), exec.input());
    } catch (IOException e) {
      // the other direction has ended
    }
  }

  private static void copy(InputStream from, OutputStream to) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      to.write(buffer, 0, count);
      to.flush();
    }
  }

  private static String firstLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read();
        next >= 0 && next != '\n' && line.length() < LONGEST_GREETING;
        next = in.read()) {
      line.append((char) next);
    }
    return new String(line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
        .strip();
  }

  /** Why bash did not open the connection, by what came instead. */
  static String problem(String output, String errors) {
    String said = (output + " " + errors).replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    if (said.contains("refused")) {
      return "no connection";
    }
    if (NOT_FOUND.matcher(said).find()) {
      return NO_BASH;
    }
    return said.isEmpty() ? "bash ended at once" : said;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    server.close();
    threads.shutdownNow();
    closeCarried();
    Interruption.shielded(this::awaitThreads);
    closeCarried(); // what was accepted just then
  }

  private void closeCarried() {
    for (Closeable each : carried) {
      try {
        each.close();
      } catch (IOException e) {
        // it is broken already, which is what is wanted
      }
    }
  }

  private void awaitThreads() {
    try {
      if (!threads.awaitTermination(SECONDS_TO_END, TimeUnit.SECONDS)) {
        log.warn("a connection through the engine to container {} does not end", id);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
