package io.chromabackup.health;

import io.chromabackup.ChromaBackupException.Unhealthy;
import io.chromabackup.CollectionSummary;
import io.chromabackup.HealthCheck;
import io.chromabackup.health.ChromaQuestions.Found;
import io.chromabackup.health.HealthProblem.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Asks a running Chroma over HTTP for what it should have: every collection, how many documents are
 * in it, and a page of its embeddings from the beginning and one from the end (which is all of a
 * small collection). A collection that nobody expects, in a database that is looked at, is wrong
 * too: it is another server then, or somebody writes to it. Every database of an expected
 * collection's tenant is looked at; if no collection is expected, those of the default tenant.
 *
 * <pre>{@code
 * ChromaHealth.at(URI.create("http://localhost:8000"))
 *     .header("Authorization", "Bearer " + token);
 * }</pre>
 *
 * <p>Until the server answers to its heartbeat, and whenever it is unavailable after that (no
 * connection, 429, 502, 503, 504), it is asked again as long as there is patience. A wrong answer,
 * 500 among them, is asked for again twice within two seconds, and then it counts; the others are
 * asked for once then, to tell them all. Redirects are not followed.
 *
 * <p>Speaks the second version of Chroma's API (since 0.5.16), and the first with servers that have
 * no other.
 *
 * <p>Immutable, and safe for use by several threads. An interrupt ends {@link #check} with {@link
 * InterruptedIOException}, with the thread's flag set.
 */
public final class ChromaHealth implements HealthCheck {
  private final ChromaAddress server;
  private final Supplier<Optional<String>> hopeless;

  private ChromaHealth(ChromaAddress server, Supplier<Optional<String>> hopeless) {
    this.server = server;
    this.hopeless = hopeless;
  }

  /**
   * A check of the server at an address.
   *
   * @param base where it is: {@code http://localhost:8000}, or with a path if a proxy serves it
   *     there
   * @return the check
   * @throws IllegalArgumentException if it is not an absolute http or https address, or if it holds
   *     a user, a query or a fragment (a password belongs in a {@linkplain #header header})
   */
  public static ChromaHealth at(URI base) {
    return new ChromaHealth(ChromaAddress.at(base), Optional::empty);
  }

  /**
   * The same check with one more header in each request: the token that Chroma or the proxy before
   * it wants. It is in no message; where a server's answer repeats it, it is blotted out.
   *
   * @param name the header's name
   * @param value its value
   * @return the check
   * @throws IllegalArgumentException if HTTP does not allow it; the message does not hold the value
   */
  public ChromaHealth header(String name, String value) {
    return new ChromaHealth(server.withHeader(name, value), hopeless);
  }

  /**
   * The same check, which does not wait on for a server that cannot come up any more.
   *
   * @param why asked each time the server is unavailable; says why waiting is hopeless, such as
   *     that its process has ended, or nothing while there is hope
   * @return the check
   */
  public ChromaHealth unless(Supplier<Optional<String>> why) {
    return new ChromaHealth(server, Objects.requireNonNull(why));
  }

  /**
   * The same check with a limit for each request. A server that is first asked for a collection
   * after its start replays what its index has yet to take in, which can take minutes, or hours if
   * its index is seldom saved.
   *
   * @param timeout longer than nothing. If this is not called, a request may take what is left of
   *     the patience, and five minutes at least
   * @return the check
   * @throws IllegalArgumentException if it is zero or negative
   */
  public ChromaHealth requestTimeout(Duration timeout) {
    if (timeout.isZero() || timeout.isNegative()) {
      throw new IllegalArgumentException("a timeout must be longer than nothing: " + timeout);
    }
    return new ChromaHealth(server.withTimeout(timeout), hopeless);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Takes at most {@code patience}, and what the server needs for its answers once it is there.
   *
   * @throws Unhealthy if the server does not answer in time, or answers otherwise; the message
   *     names the collections of which this is so, what was expected, and what the answer was
   * @throws InterruptedIOException if interrupted
   */
  @Override
  public String check(List<CollectionSummary> expected, Duration patience) throws IOException {
    Patience asking = new Patience(patience, hopeless);
    ChromaHttp http = new ChromaHttp(server, asking);
    boolean connected = false;
    try {
      ChromaApi api = asking.whileUnavailable(() -> ChromaApi.connect(http, asking.left()));
      connected = true;
      ChromaQuestions questions = new ChromaQuestions(api);
      WrongAnswers wrong = new WrongAnswers(asking);
      for (Found found : collections(questions, expected, wrong)) {
        wrong.ask(() -> questions.documents(found));
      }
      wrong.requireNone();
      return "%d collections with %d documents, asked of %s"
          .formatted(
              expected.size(),
              expected.stream().mapToLong(CollectionSummary::documents).sum(),
              server);
    } catch (HealthProblem e) {
      throw connected && e.kind() == Kind.WRONG
          ? Unhealthy.ofAnswer(server.toString(), e.message(), e)
          : new Unhealthy(server.toString(), e.message(), e);
    }
  }

  private static List<Found> collections(
      ChromaQuestions questions, List<CollectionSummary> expected, WrongAnswers wrong)
      throws HealthProblem, InterruptedIOException {
    Optional<List<Found>> all = wrong.ask(() -> questions.collections(expected));
    return all.isPresent()
        ? all.get()
        : wrong.ask(() -> questions.collections(expected, wrong::take)).orElse(List.of());
  }

  @Override
  public String toString() {
    return "ChromaHealth[" + server + "]";
  }
}
