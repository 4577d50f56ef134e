package io.chromabackup.testkit.contract;

import io.chromabackup.ChromaBackupException.Unhealthy;
import io.chromabackup.Quiet;
import io.chromabackup.ServiceController;
import io.chromabackup.testkit.contract.ServiceAccess.State;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Controls a service of nothing but a state. */
class InMemoryService implements ServiceController {
  /** What a process is. */
  static final class Server {
    volatile State state = State.DOWN;

    /** What it becomes by itself, each time that somebody has looked at it. */
    final Queue<State> coming = new ConcurrentLinkedQueue<>();

    int runs;
    boolean left;

    State look() {
      State seen = state;
      state = Optional.ofNullable(coming.poll()).orElse(seen);
      return seen;
    }

    void start() {
      state = State.RUNNING;
      runs++;
      left = false;
    }
  }

  final Server server;

  InMemoryService(Server server) {
    this.server = server;
  }

  @Override
  public String describe() {
    return "server";
  }

  @Override
  public Set<Quiet> offers() {
    return Set.of(Quiet.PAUSE, Quiet.STOP);
  }

  @Override
  public boolean isRunning() throws IOException {
    return server.state != State.DOWN;
  }

  @Override
  public Hold pause() throws IOException {
    if (server.state != State.RUNNING) {
      return () -> {};
    }
    server.state = State.FROZEN;
    return new Once(() -> server.state = State.RUNNING);
  }

  @Override
  public Hold stop() throws IOException {
    if (server.state == State.DOWN) {
      return () -> {};
    }
    server.state = State.DOWN;
    return new Once(this::start) {
      @Override
      public void leave() {
        server.left = true;
      }
    };
  }

  @Override
  public Optional<String> recover() throws IOException {
    if (!server.left) {
      return Optional.empty();
    }
    start();
    return Optional.of("it runs again");
  }

  @Override
  public void start() throws IOException {
    if (server.state == State.DOWN) {
      server.start();
    }
  }

  @Override
  public void awaitHealthy(Duration patience) throws IOException {
    if (server.state != State.RUNNING) {
      throw new Unhealthy("server", "it is " + server.state, null);
    }
  }

  /** What a hold does in the end. */
  interface Ending {
    void end() throws IOException;
  }

  /** A hold that ends once. */
  static class Once implements Hold {
    private final Ending ending;
    private boolean closed;

    Once(Ending ending) {
      this.ending = ending;
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        ending.end();
      }
    }

    @Override
    public Optional<Duration> held() {
      return Optional.of(Duration.ofMillis(closed ? 2 : 1));
    }
  }
}
