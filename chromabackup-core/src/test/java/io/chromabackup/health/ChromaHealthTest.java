package io.chromabackup.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackupException.Unhealthy;
import io.chromabackup.CollectionSummary;
import io.chromabackup.files.Interruption;
import io.chromabackup.health.FakeChroma.Answer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ChromaHealthTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(300);

  private FakeChroma chroma;
  private CollectionSummary papers;

  @BeforeEach
  void aServerWithACollection() throws IOException {
    chroma = FakeChroma.start();
    papers = chroma.store("papers", 4, 250);
  }

  @AfterEach
  void stopTheServer() throws IOException {
    Thread.interrupted();
    chroma.close();
  }

  private void check(CollectionSummary... expected) throws IOException {
    ChromaHealth.at(chroma.url()).check(List.of(expected), LONG);
  }

  private void assertUnhealthy(String... parts) {
    assertUnhealthy(() -> check(papers), parts);
  }

  private void assertUnhealthy(ThrowingCallable check, String... parts) {
    assertThatThrownBy(check)
        .isInstanceOf(Unhealthy.class)
        .hasMessageContaining("Chroma at " + chroma.url())
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }

  @Test
  void aServerThatHasWhatItShouldIsHealthy() throws IOException {
    CollectionSummary empty = chroma.store("empty", 4, 0);
    CollectionSummary other = chroma.store("acme", "legal docs/é?", "contracts", 4, 3);
    check(papers, empty, other);
  }

  @Test
  void theFirstAndTheLastEmbeddingsAreAskedFor() throws IOException {
    check(papers);
    assertThat(chroma.requests())
        .filteredOn(request -> request.path().endsWith("/get"))
        .extracting(FakeChroma.Request::body)
        .satisfiesExactly(
            first -> assertThat(first).contains("\"offset\":0", "\"limit\":100"),
            last -> assertThat(last).contains("\"offset\":150", "\"limit\":100"))
        .allSatisfy(body -> assertThat(body).contains("\"include\":[\"embeddings\"]"));
  }

  @Test
  void anEmptyCollectionIsOnlyCounted() throws IOException {
    CollectionSummary empty = chroma.store("acme", "main", "empty", 4, 0);
    check(empty);
    assertThat(chroma.requests()).noneMatch(request -> request.path().endsWith("/get"));
  }

  @Test
  void aCollectionOfLongVectorsIsAskedForInSmallPages() throws IOException {
    CollectionSummary wide = chroma.store("acme", "main", "wide", 50_000, 9);
    check(wide);
    assertThat(chroma.requests())
        .filteredOn(request -> request.path().endsWith("/get"))
        .hasSize(2)
        .allSatisfy(request -> assertThat(request.body()).contains("\"limit\":4"));
  }

  @Test
  void moreCollectionsThanFitOnAPageAreAllSeen() throws IOException {
    List<CollectionSummary> many = new ArrayList<>();
    for (int i = 0; i < 230; i++) {
      many.add(chroma.store("acme", "main", "collection-" + i, 2, i % 3));
    }
    check(many.toArray(CollectionSummary[]::new));
    many.remove(229);
    assertUnhealthy(
        () -> check(many.toArray(CollectionSummary[]::new)),
        "database acme/main has 1 collection(s) that nobody expects: collection-229");
  }

  @Test
  void aCollectionThatIsMissingIsUnhealthy() {
    CollectionSummary lost =
        new CollectionSummary(
            "default_tenant", "default_database", "lost", "x", OptionalInt.of(4), "l2", 1, 0);
    assertUnhealthy(
        () -> check(papers, lost), "collection default_tenant/default_database/lost is missing");
  }

  @Test
  void aCollectionThatNobodyExpectsIsUnhealthy() {
    chroma.store("default_tenant", "another", "intruder", 4, 1);
    assertUnhealthy("database default_tenant/another", "nobody expects: intruder");
    assertUnhealthy(() -> check(), "database default_tenant/default_database", "papers");
  }

  @Test
  void aCollectionOfAnotherIdIsUnhealthy() {
    chroma.first(
        request ->
            request.path().contains("/collections?")
                ? Answer.json(
                    request.path().contains("offset=0")
                        ? List.of(Map.of("id", "other", "name", "papers"))
                        : List.of())
                : null);
    assertUnhealthy("papers should have the id " + papers.id() + " and has other");
  }

  @Test
  void aCollectionOfAnotherDimensionIsUnhealthy() {
    CollectionSummary longer =
        new CollectionSummary(
            papers.tenant(),
            papers.database(),
            papers.name(),
            papers.id(),
            OptionalInt.of(5),
            "l2",
            250,
            0);
    assertUnhealthy(() -> check(longer), "papers should have 5 dimensions and has 4");
  }

  @Test
  void anotherCountIsUnhealthy() {
    chroma.whenPathEndsWith("/count", Answer.of(200, "249"));
    assertUnhealthy(
        "collection default_tenant/default_database/papers: should have 250 documents and has 249");
  }

  @Test
  void aCountThatIsNoNumberIsUnhealthy() {
    chroma.whenPathEndsWith("/count", Answer.of(200, "\"many\""));
    assertUnhealthy("papers: its count is no number");
  }

  static Stream<Object> listsThatAreNone() {
    return Stream.of(
        Map.of(), List.of("papers"), List.of(Map.of("name", "papers")), List.of(Map.of("id", 7)));
  }

  @ParameterizedTest
  @MethodSource("listsThatAreNone")
  void aListOfCollectionsThatIsNoneIsUnhealthy(Object list) throws IOException {
    Answer answer = Answer.json(list);
    chroma.first(request -> request.path().contains("/collections?") ? answer : null);
    assertUnhealthy("collections of database default_tenant/default_database: the ");
  }

  @ParameterizedTest
  @MethodSource("listsThatAreNone")
  void aListOfDatabasesThatIsNoneIsUnhealthy(Object list) throws IOException {
    Answer answer = Answer.json(list.equals(List.of(Map.of("name", "papers"))) ? Map.of() : list);
    chroma.first(request -> request.path().contains("/databases?") ? answer : null);
    assertUnhealthy("databases of tenant default_tenant: the ");
  }

  @Test
  void aTimeoutOfNothingIsRefused() {
    for (Duration none : List.of(Duration.ZERO, Duration.ofMillis(-1))) {
      assertThatThrownBy(() -> ChromaHealth.at(chroma.url()).requestTimeout(none))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("longer than nothing");
    }
  }

  @Test
  void aServerThatCannotComeUpAnyMoreIsNotWaitedFor() throws IOException {
    chroma.close();
    assertThatThrownBy(
            () ->
                ChromaHealth.at(chroma.url())
                    .unless(() -> Optional.of("its process has ended"))
                    .check(List.of(papers), LONG))
        .isInstanceOf(Unhealthy.class)
        .hasMessageContaining("its process has ended");
  }

  static Stream<Function<List<Object>, Object>> damages() {
    return Stream.of(
        embeddings -> null,
        embeddings -> embeddings.subList(1, embeddings.size()),
        embeddings -> with(embeddings, null),
        embeddings -> with(embeddings, List.of(1.0, 2.0, 3.0)),
        embeddings -> with(embeddings, Arrays.asList(1.0, null, 3.0, 4.0)),
        embeddings -> with(embeddings, List.of(1.0, 1e300, 3.0, 4.0)),
        embeddings -> with(embeddings, List.of("1", "2", "3", "4")),
        embeddings -> with(embeddings, List.of()));
  }

  private static List<Object> with(List<Object> embeddings, Object last) {
    List<Object> changed = new ArrayList<>(embeddings);
    changed.set(changed.size() - 1, last);
    return changed;
  }

  @ParameterizedTest
  @MethodSource("damages")
  void anEmbeddingThatIsNoneIsUnhealthy(Function<List<Object>, Object> damage) {
    chroma.embeddings(damage);
    assertUnhealthy(
        "collection default_tenant/default_database/papers:"
            + " embeddings of 100 documents from number 0 on: ");
  }

  @Test
  void fewerRecordsThanCountedIsUnhealthy() {
    chroma.whenPathEndsWith("/get", Answer.of(200, "{\"ids\":[\"a\"],\"embeddings\":[[1,2,3,4]]}"));
    assertUnhealthy("embeddings of 100 documents from number 0 on: 1 came");
  }

  @Test
  void aServerThatLostItsVectorsIsUnhealthyAndAskedOnlyAFewTimes() {
    chroma.whenPathEndsWith(
        "/get", Answer.of(500, "{\"error\":\"InternalError\",\"message\":\"Error finding id\"}"));
    assertUnhealthy("papers: embeddings of 100 documents", "status 500", "Error finding id");
    assertThat(chroma.requests()).filteredOn(r -> r.path().endsWith("/get")).hasSize(3);
  }

  private void loseTheVectorsOf(CollectionSummary... collections) {
    for (CollectionSummary lost : collections) {
      chroma.whenPathEndsWith(lost.id() + "/get", Answer.of(500, "lost"));
    }
  }

  private long asked(CollectionSummary collection) {
    return chroma.requests().stream()
        .filter(request -> request.path().endsWith(collection.id() + "/get"))
        .count();
  }

  /** Of damaged data: which of it is served is what is wanted to be known. */
  @Test
  void allThatIsWrongIsToldAndAllElseIsAskedFor() throws IOException {
    CollectionSummary other = chroma.store("default_tenant", "default_database", "other", 4, 3);
    CollectionSummary sound = chroma.store("default_tenant", "default_database", "sound", 4, 3);
    loseTheVectorsOf(papers, other);

    assertUnhealthy(() -> check(papers, other, sound), "papers: embeddings", "other: embeddings");

    assertThat(asked(papers)).isEqualTo(3);
    assertThat(asked(other)).isOne();
    assertThat(asked(sound)).isOne();
  }

  @Test
  void whatIsThereIsAskedForAlsoIfACollectionIsMissing() throws IOException {
    CollectionSummary gone =
        new CollectionSummary(
            "default_tenant", "default_database", "gone", "x", OptionalInt.of(4), "l2", 1, 0);
    loseTheVectorsOf(papers);
    chroma.store("default_tenant", "default_database", "intruder", 4, 1);

    assertUnhealthy(
        () -> check(gone, papers), "gone is missing; ", "intruder; ", "papers: embeddings");
  }

  /** It may take in what is queued, which takes as long as if nothing else were wrong. */
  @Test
  void anAnswerIsWaitedForAlsoAfterAWrongOne() throws IOException {
    CollectionSummary slow = chroma.store("default_tenant", "default_database", "slow", 4, 3);
    loseTheVectorsOf(papers);
    AtomicInteger asked = new AtomicInteger();
    chroma.first(
        request ->
            request.path().endsWith(slow.id() + "/get") && asked.incrementAndGet() == 1
                ? Answer.of(503, "not yet")
                : null);

    assertThatThrownBy(() -> check(papers, slow))
        .isInstanceOfSatisfying(Unhealthy.class, e -> assertThat(e.answers()).isTrue())
        .hasMessageContaining("papers: embeddings")
        .hasMessageNotContaining("slow");
    assertThat(asked).hasValue(2);
  }

  @Test
  void whereMuchIsWrongSomeIsToldAndHowMuchMoreThereIs() throws IOException {
    List<CollectionSummary> many = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      many.add(chroma.store("acme", "main", "lost-" + i, 2, 1));
    }
    loseTheVectorsOf(many.toArray(CollectionSummary[]::new));

    assertUnhealthy(
        () -> check(many.toArray(CollectionSummary[]::new)), "lost-0", "lost-4", "; and 2 more");
  }

  /** It has answered before, and yet it serves nothing. */
  @Test
  void aServerThatEndsOnTheSecondOfTwoDoesNotAnswer() throws IOException {
    CollectionSummary deadly = chroma.store("default_tenant", "default_database", "deadly", 4, 3);
    loseTheVectorsOf(papers);
    chroma.whenPathEndsWith(deadly.id() + "/get", Answer.of(503, "gone"));

    assertThatThrownBy(
            () ->
                ChromaHealth.at(chroma.url())
                    .unless(() -> Optional.of("its process has ended"))
                    .check(List.of(papers, deadly), LONG))
        .isInstanceOfSatisfying(Unhealthy.class, e -> assertThat(e.answers()).isFalse())
        .hasMessageContainingAll("papers: embeddings", "; then: ", "its process has ended");
  }

  @Test
  void aWrongAnswerThatIsRightTheNextTimeIsHealthy() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    chroma.first(
        request ->
            request.path().endsWith("/count") && asked.incrementAndGet() < 3
                ? Answer.of(200, "0")
                : null);
    check(papers);
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 429, 500, 502, 503})
  void aServerThatIsStartingIsWaitedFor(int status) throws IOException {
    AtomicInteger asked = new AtomicInteger();
    chroma.first(request -> asked.incrementAndGet() < 4 ? Answer.of(status, "starting") : null);
    check(papers);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 502, 503, 504})
  void aServerThatIsUnavailableMeanwhileIsWaitedFor(int status) throws IOException {
    AtomicInteger asked = new AtomicInteger();
    chroma.first(
        request ->
            request.path().endsWith("/get") && asked.incrementAndGet() < 3
                ? Answer.of(status, "")
                : null);
    check(papers);
  }

  @Test
  void aConnectionThatIsLostIsMadeAgain() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    chroma.first(
        request -> {
          if (asked.incrementAndGet() % 2 == 1) {
            throw new IOException("dropped");
          }
          return null;
        });
    check(papers);
  }

  @Test
  void aServerThatIsNotThereIsUnhealthy() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    ChromaHealth health = ChromaHealth.at(URI.create("http://127.0.0.1:" + port + "/"));
    assertThatThrownBy(() -> health.check(List.of(), SHORT))
        .isInstanceOf(Unhealthy.class)
        .hasMessageContaining("service Chroma at http://127.0.0.1:" + port + " is not healthy")
        .hasMessageContaining("no heartbeat: no connection");
  }

  @Test
  void aServerThatIsStartingForTooLongIsUnhealthy() {
    chroma.first(request -> Answer.of(503, "starting"));
    assertUnhealthy(
        () -> ChromaHealth.at(chroma.url()).check(List.of(papers), SHORT),
        "no heartbeat: status 503, starting");
  }

  @Test
  void aServerThatIsNoChromaIsUnhealthy() {
    chroma.first(request -> Answer.of(200, "<html>It works!</html>"));
    assertUnhealthy(
        () -> ChromaHealth.at(chroma.url()).check(List.of(papers), SHORT), "no JSON", "It works!");
    chroma.first(request -> Answer.of(200, "{\"status\":\"green\"}"));
    assertUnhealthy(
        () -> ChromaHealth.at(chroma.url()).check(List.of(papers), SHORT), "this is no Chroma");
  }

  @Test
  void aServerThatDoesNotAnswerInTimeIsUnhealthy() {
    chroma.first(
        request -> {
          if (request.path().endsWith("/get")) {
            Interruption.sleep(LONG.toMillis());
          }
          return null;
        });
    ChromaHealth health = ChromaHealth.at(chroma.url()).requestTimeout(Duration.ofSeconds(2));
    assertUnhealthy(() -> health.check(List.of(papers), LONG), "papers", "no answer within 2.0 s");
  }

  @Test
  void aRedirectIsNotFollowed() {
    chroma.first(request -> new Answer(302, "", Map.of("Location", chroma.url() + "/elsewhere")));
    assertUnhealthy("no heartbeat: status 302, a redirect");
    assertThat(chroma.requests()).hasSize(1);
  }

  @Test
  void aServerThatRefusesAccessIsNotWaitedFor() {
    chroma.first(request -> Answer.of(401, "who are you?"));
    assertUnhealthy("no heartbeat: status 401, access refused");
    assertThat(chroma.requests()).hasSize(1);
  }

  @Test
  void headersAreSentWithEachRequestAndNeverShown() throws IOException {
    ChromaHealth health =
        ChromaHealth.at(chroma.url())
            .header("Authorization", "Bearer s3cret")
            .header("X-Team", "blue");
    health.check(List.of(papers), LONG);
    assertThat(chroma.requests())
        .allSatisfy(
            request ->
                assertThat(request.headers())
                    .containsEntry("authorization", "Bearer s3cret")
                    .containsEntry("x-team", "blue"));
    chroma.first(request -> Answer.of(400, "bad token s3cret in Bearer s3cret"));
    assertThatThrownBy(() -> health.check(List.of(papers), SHORT))
        .hasMessageContaining("bad token *** in ***")
        .satisfies(
            e -> {
              for (Throwable t = e; t != null; t = t.getCause()) {
                assertThat(t.toString()).doesNotContain("s3cret");
              }
            });
    assertThat(health).hasToString("ChromaHealth[Chroma at " + chroma.url() + "]");
  }

  @Test
  void aHeaderThatHttpDoesNotAllowIsRefusedWithoutShowingIt() {
    ChromaHealth health = ChromaHealth.at(chroma.url());
    for (String name : List.of("X-Token", "Content-Length", "", "a b")) {
      String value = name.equals("X-Token") ? "s3cret\r\nX: y" : "s3cret";
      assertThatThrownBy(() -> health.header(name, value))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("HTTP does not allow a header")
          .hasMessageNotContaining("s3cret")
          .hasNoCause();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:8000",
        "/api",
        "ftp://localhost",
        "http://user:s3cret@localhost",
        "http://localhost?s3cret",
        "http://localhost#s3cret"
      })
  void anAddressThatIsNoneIsRefusedWithoutShowingIt(String address) {
    assertThatThrownBy(() -> ChromaHealth.at(URI.create(address)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the address must")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void namesAreEncodedInPaths() throws IOException {
    CollectionSummary odd = chroma.store("a/b c+d", "..", "x", 1, 1);
    check(odd);
    assertThat(chroma.requests())
        .extracting(FakeChroma.Request::path)
        .anyMatch(
            path -> path.startsWith("/api/v2/tenants/a%2Fb%20c%2Bd/databases/%2E%2E/collections?"));
  }

  @Test
  void aServerBehindAPathIsFoundThere() throws IOException {
    chroma.serveBelow("/proxied/chroma");
    ChromaHealth.at(URI.create(chroma.url() + "/proxied/chroma/")).check(List.of(papers), LONG);
  }

  @Test
  void anOldServerIsAskedInTheFirstVersionOfTheApi() throws IOException {
    chroma.speakOnlyTheFirstVersion();
    check(papers);
    assertThat(chroma.requests())
        .extracting(FakeChroma.Request::line)
        .startsWith("GET /api/v2/heartbeat", "GET /api/v1/heartbeat")
        .contains("POST /api/v1/collections/" + papers.id() + "/get");
    chroma.whenPathEndsWith("/count", Answer.of(200, "1"));
    assertUnhealthy("should have 250 documents and has 1");
  }

  @Test
  void aServerThatKnowsNoPagesIsNotAskedForever() throws IOException {
    chroma.first(
        request ->
            request.path().contains("/collections?")
                ? Answer.json(List.of(Map.of("id", papers.id(), "name", "papers")))
                : null);
    check(papers);
  }

  @Test
  void aServerThatDoesNotListDatabasesIsAskedForTheExpectedOnes() throws IOException {
    chroma.first(
        request ->
            request.path().endsWith("/databases") ? Answer.of(405, "Method Not Allowed") : null);
    check(papers);
  }

  @Test
  void anInterruptEndsTheCheck() throws Exception {
    Thread checking = Thread.currentThread();
    chroma.first(
        request -> {
          if (request.path().endsWith("/get")) {
            checking.interrupt();
            Interruption.sleep(LONG.toMillis());
          }
          return null;
        });
    assertThatThrownBy(() -> check(papers)).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void anInterruptEndsTheWaitForTheServer() {
    chroma.first(request -> Answer.of(503, ""));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> check(papers)).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
