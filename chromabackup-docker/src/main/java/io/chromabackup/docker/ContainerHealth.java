package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException.Unhealthy;
import io.chromabackup.CollectionSummary;
import io.chromabackup.HealthCheck;
import io.chromabackup.files.Interruption;
import io.chromabackup.health.ChromaHealth;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the Chroma in a container for its data, by the first way on which a Chroma answers: at the
 * address that was given, or else at its published port, at its address in a network, or through
 * the engine. An engine whose socket is forwarded from elsewhere is asked to lead there first, as
 * another Chroma may listen at such an address here; if the image has no bash for that, there is no
 * other way. The container is looked at anew each time, as its addresses change when it starts.
 * Immutable.
 */
final class ContainerHealth implements HealthCheck {
  private static final URI NOWHERE = URI.create("http://localhost");
  private static final String SECRET = "***";
  private static final long SHORTEST_PAUSE = 250;
  private static final long LONGEST_PAUSE = 1000;

  private final Engine engine;
  private final String container;
  private final Optional<URI> address;
  private final Map<String, String> headers;

  /**
   * Asks without any header.
   *
   * @param container its name, which it keeps if compose makes it anew
   * @param address where Chroma is asked, if that is not to be found out
   * @throws IllegalArgumentException if that cannot be the address of a Chroma
   */
  ContainerHealth(Engine engine, String container, Optional<URI> address) {
    this(engine, container, address, Map.of());
  }

  private ContainerHealth(
      Engine engine, String container, Optional<URI> address, Map<String, String> headers) {
    this.engine = engine;
    this.container = container;
    this.address = address;
    this.headers = headers;
    chromaAt(address.orElse(NOWHERE));
  }

  /**
   * The same check with one more header in each request; its value is in no message.
   *
   * @throws IllegalArgumentException if HTTP does not allow it
   */
  ContainerHealth withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new ContainerHealth(engine, container, address, more);
  }

  @Override
  public String check(List<CollectionSummary> expected, Duration patience) throws IOException {
    Patience left = Patience.of(patience);
    if (address.isPresent()) {
      return served(Route.given(address.get()), expected, left);
    }
    Container first = present();
    int port = ChromaConfiguration.of(engine, first).port();
    Heartbeat heartbeat = new Heartbeat(headers);
    boolean forwarded = engine.isForwarded();
    for (long pause = SHORTEST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
      Attempt attempt = new Attempt(present(), port, heartbeat, left);
      Optional<String> outcome =
          forwarded ? attempt.askThrough(expected) : attempt.askDirectly(expected);
      if (outcome.isPresent()) {
        return outcome.get();
      }
      if (left.isOver()) {
        throw attempt.noWay();
      }
      Interruption.sleep(Math.min(pause, Math.max(1, left.left().toMillis())));
    }
  }

  /** The container as it is now, if it may answer. */
  private Container present() throws IOException {
    Optional<String> failure = ContainerFailure.of(engine, container);
    if (failure.isPresent()) {
      throw unhealthy(failure.get(), null);
    }
    return engine.inspect(container);
  }

  /** One round of all ways. */
  private final class Attempt {
    private final Container now;
    private final int port;
    private final Heartbeat heartbeat;
    private final Patience patience;
    private final List<String> tried = new ArrayList<>();

    Attempt(Container now, int port, Heartbeat heartbeat, Patience patience) {
      this.now = now;
      this.port = port;
      this.heartbeat = heartbeat;
      this.patience = patience;
    }

    /**
     * Directly only if there is no other way: somebody else may listen at the same address here.
     */
    Optional<String> askThrough(List<CollectionSummary> expected) throws IOException {
      try (EngineTunnel tunnel = EngineTunnel.to(engine, now.id(), port)) {
        Route route = through(tunnel);
        if (answers(route, tunnel::problem)) {
          return Optional.of(served(route, expected, patience));
        }
        if (!tunnel.isImpossible()) {
          return Optional.empty();
        }
      }
      Optional<Route> direct = direct();
      return direct.isEmpty()
          ? Optional.empty()
          : Optional.of(served(direct.get(), expected, patience));
    }

    private static Route through(EngineTunnel tunnel) {
      return new Route(tunnel.address(), "through the engine");
    }

    /** Through the engine only if there is no other way. */
    Optional<String> askDirectly(List<CollectionSummary> expected) throws IOException {
      Optional<Route> direct = direct();
      if (direct.isPresent()) {
        return Optional.of(served(direct.get(), expected, patience));
      }
      try (EngineTunnel tunnel = EngineTunnel.to(engine, now.id(), port)) {
        Route route = through(tunnel);
        if (!answers(route, tunnel::problem)) {
          return Optional.empty();
        }
        // it may have come up just now: the shorter way is the better one
        return Optional.of(served(direct().orElse(route), expected, patience));
      }
    }

    private Optional<Route> direct() throws IOException {
      Optional<String> remoteHost = engine.isLocal() ? Optional.empty() : engine.hostName();
      for (Route route : Route.to(now, port, remoteHost)) {
        if (answers(route, Optional::empty)) {
          return Optional.of(route);
        }
      }
      return Optional.empty();
    }

    private boolean answers(Route route, Supplier<Optional<String>> because) throws IOException {
      Optional<String> problem = heartbeat.problem(route.address(), patience);
      problem.ifPresent(why -> tried.add(route.description() + ": " + because.get().orElse(why)));
      return problem.isEmpty();
    }

    Unhealthy noWay() throws IOException {
      return unhealthy(
          "no Chroma answers on port %d by any route (%s). If it is well, give its address, or publish the port%s"
              .formatted(
                  port, String.join("; ", tried), ContainerFailure.lastWords(engine, now.id())),
          null);
    }
  }

  private String served(Route route, List<CollectionSummary> expected, Patience patience)
      throws IOException {
    String server = "Chroma at " + route.address();
    try {
      return chromaAt(route.address())
          .unless(() -> ContainerFailure.ofIfKnown(engine, container).map(this::blotted))
          .check(expected, patience.left())
          .replace(server, "Chroma in container " + container + " " + route.description());
    } catch (Unhealthy e) {
      String problem = e.getMessage().replace("service " + server + " is not healthy: ", "");
      String told = "asked " + route.description() + ": " + problem;
      throw e.answers() ? Unhealthy.ofAnswer(named(), blotted(told), e) : unhealthy(told, e);
    }
  }

  private ChromaHealth chromaAt(URI base) {
    ChromaHealth chroma = ChromaHealth.at(base);
    for (Map.Entry<String, String> header : headers.entrySet()) {
      chroma = chroma.header(header.getKey(), header.getValue());
    }
    return chroma;
  }

  private String named() {
    return "Chroma in container " + container;
  }

  private Unhealthy unhealthy(String problem, @Nullable Throwable cause) {
    return new Unhealthy(named(), blotted(problem), cause);
  }

  /** A log may repeat what was sent. */
  private String blotted(String text) {
    String blotted = text;
    for (String header : headers.values()) {
      String value = header.strip();
      if (!value.isEmpty()) {
        String token = value.substring(value.lastIndexOf(' ') + 1);
        blotted = blotted.replace(value, SECRET).replace(token, SECRET);
      }
    }
    return blotted;
  }
}
