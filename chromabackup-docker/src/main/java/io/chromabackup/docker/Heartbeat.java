package io.chromabackup.docker;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tells whether a Chroma answers at an address: somebody else might listen there. */
final class Heartbeat {
  private static final Duration CONNECT = Duration.ofSeconds(1);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /** Less would tell only of impatience, and the last question is the one that is told. */
  private static final Duration FAIR = Duration.ofSeconds(2);

  /** Since 0.5.16. */
  private static final String ROUTE = "/api/v2/heartbeat";

  private static final String OLD_ROUTE = "/api/v1/heartbeat";
  private static final Set<Integer> NO_SUCH_ROUTE = Set.of(404, 405, 410);

  private final HttpGet http;

  Heartbeat(Map<String, String> headers) {
    this.http = new HttpGet(Redirect.NEVER, CONNECT, headers);
  }

  /**
   * Asks once, and waits for the answer as long as is fair, even when patience has ended.
   *
   * @return why this is no Chroma, or not yet; empty if it is one
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   */
  Optional<String> problem(URI base, Patience patience) throws InterruptedIOException {
    try {
      HttpGet.Answer answer = http.ask(URI.create(base + ROUTE), wait(patience));
      if (NO_SUCH_ROUTE.contains(answer.status())) {
        answer = http.ask(URI.create(base + OLD_ROUTE), wait(patience));
      }
      return problem(answer);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static Duration wait(Patience patience) {
    Duration left = patience.atMost(ANSWER);
    return left.compareTo(FAIR) < 0 ? FAIR : left;
  }

  static Optional<String> problem(HttpGet.Answer answer) {
    if (answer.status() == 401 || answer.status() == 403) {
      return Optional.of(
          "status %d, access refused; give the header that it wants".formatted(answer.status()));
    }
    if (!answer.isSuccess()) {
      return Optional.of("status " + answer.status());
    }
    return answer.beginning().contains("nanosecond heartbeat")
        ? Optional.empty()
        : Optional.of("something answers that is no Chroma");
  }
}
