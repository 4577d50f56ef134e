package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException.Unhealthy;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Waits until a container that was started does its work, as far as can be told. */
final class DependentHealth {
  private static final Duration SETTLED = Duration.ofSeconds(2);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final Set<String> NO_CHECK = Set.of("", "none");
  private static final Set<String> SCHEMES = Set.of("http", "https");
  private static final int QUOTED = 200;
  private static final long PAUSE_WHILE_SETTLING = 100;
  private static final long PAUSE = 500;

  private final Engine engine;
  private final Container container;
  private final Patience patience;

  private DependentHealth(Engine engine, Container container, Patience patience) {
    this.engine = engine;
    this.container = container;
    this.patience = patience;
  }

  /**
   * Waits until its own health check is content, if it has one, or else until it has been up for a
   * moment; and then until the address answers with success, if there is one.
   *
   * @throws Unhealthy if that is not so when patience ends, or at once if it has ended
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   */
  static void await(Engine engine, Container container, Optional<URI> health, Duration patience)
      throws IOException {
    DependentHealth waiting = new DependentHealth(engine, container, Patience.of(patience));
    if (waiting.ownCheck().isPresent()) {
      waiting.untilHealthy();
    } else {
      waiting.untilSettled();
    }
    if (health.isPresent()) {
      waiting.untilAnswered(health.get());
    }
  }

  /**
   * Refuses what nobody can ask, before anything is stopped: a compose service may have an
   * underscore in its name, which {@link URI} does not take for a host.
   */
  static URI requireAskable(URI address) {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    if (!SCHEMES.contains(scheme)) {
      throw new IllegalArgumentException(
          "'%s' cannot be asked for its health: give an address that begins with http:// or https://"
              .formatted(withoutSecrets(address)));
    }
    if (address.getHost() == null) {
      throw new IllegalArgumentException(
          "'%s' names no host that can be asked: a host name has letters, digits, dots and hyphens, and no underscore. Give its IP address, or the port that it publishes on localhost"
              .formatted(withoutSecrets(address)));
    }
    return address;
  }

  private Optional<String> ownCheck() throws IOException {
    Optional<String> failure = ContainerFailure.of(engine, container.id());
    if (failure.isPresent()) {
      throw unhealthy(failure.get());
    }
    return engine.inspect(container.id()).state().health().filter(word -> !NO_CHECK.contains(word));
  }

  private void untilHealthy() throws IOException {
    for (Optional<String> word = ownCheck(); ; word = ownCheck()) {
      if (word.equals(Optional.of("healthy"))) {
        return;
      }
      if (patience.isOver()) {
        throw unhealthyAtLast("its own health check says " + word.orElse("nothing any more"));
      }
      pause(PAUSE);
    }
  }

  private void untilSettled() throws IOException {
    Patience settling = Patience.of(patience.atMost(SETTLED));
    while (!settling.isOver()) {
      Interruption.sleep(PAUSE_WHILE_SETTLING);
      ownCheck();
    }
  }

  private void untilAnswered(URI address) throws IOException {
    HttpGet http = new HttpGet(Redirect.NORMAL, ANSWER, Map.of());
    while (true) {
      Optional<String> problem = problem(http, address);
      if (problem.isEmpty()) {
        return;
      }
      ownCheck();
      if (patience.isOver()) {
        throw unhealthyAtLast("%s: %s".formatted(withoutSecrets(address), problem.get()));
      }
      pause(PAUSE);
    }
  }

  private Optional<String> problem(HttpGet http, URI address) throws InterruptedIOException {
    try {
      HttpGet.Answer answer = http.ask(address, patience.atMost(ANSWER));
      return answer.isSuccess() ? Optional.empty() : Optional.of(inWords(answer));
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  static String inWords(HttpGet.Answer answer) {
    String text = answer.beginning().replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    String quoted = text.length() <= QUOTED ? text : text.substring(0, QUOTED) + " ...";
    return "status " + answer.status() + (quoted.isEmpty() ? "" : ", " + quoted);
  }

  /** Tokens are put into queries. */
  static String withoutSecrets(URI address) {
    if (address.getHost() == null) {
      return address.toString().replaceAll("[^/]*@|[?#].*", "");
    }
    String port = address.getPort() < 0 ? "" : ":" + address.getPort();
    return address.getScheme() + "://" + address.getHost() + port + address.getRawPath();
  }

  private void pause(long millis) throws InterruptedIOException {
    Interruption.sleep(Math.max(1, Math.min(millis, patience.left().toMillis())));
  }

  private Unhealthy unhealthyAtLast(String problem) throws InterruptedIOException {
    return unhealthy(problem + ContainerFailure.lastWords(engine, container.id()));
  }

  private Unhealthy unhealthy(String problem) {
    return new Unhealthy("container " + container.name(), problem, null);
  }
}
