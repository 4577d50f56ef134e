package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.ChromaBackupException.ServiceNotHeld;
import io.chromabackup.ChromaBackupException.ServiceNotResumed;
import io.chromabackup.ServiceController.Hold;
import io.chromabackup.docker.Companions.Shared;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A container {@code c} whose engine fails at what it is told to do with it. */
@Timeout(60)
class DockerServiceScriptedTest {
  private static final String PATH = "/v1.41/containers/";
  private static final String DELETED = "DELETE " + PATH;

  /** As a process that cannot be killed just now is told of; it dies when it can be. */
  private static final HttpHandler NOT_KILLED =
      ScriptedEngine.answer(
          500, "{\"message\":\"tried to kill container, but did not receive an exit event\"}");

  private static final HttpHandler REMOVED_ON_EXIT =
      ScriptedEngine.answer(
          200,
          """
          {"Id":"c","Name":"/c","State":{"Status":"running"},"Config":{},
           "HostConfig":{"AutoRemove":true}}
          """);

  private static final HttpHandler NOT_PERMITTED =
      ScriptedEngine.answer(500, "{\"message\":\"cannot stop container: c: permission denied\"}");

  private final Map<String, Deque<HttpHandler>> failures = new ConcurrentHashMap<>();
  private final List<String> made = new CopyOnWriteArrayList<>();
  private volatile String status = "running";
  private volatile String started = "";
  private volatile String holds = "[]";

  /** What they are then, each for one look. */
  private final Deque<String> later = new ConcurrentLinkedDeque<>();

  private ScriptedEngine script;
  private Engine engine;
  private DockerService service;

  @BeforeEach
  void start() throws IOException {
    script = new ScriptedEngine("1.41", "1.24");
    answers("c/json", exchange -> inspected("c", status, started).handle(exchange));
    script.on(
        PATH + "json",
        exchange -> {
          boolean ofHolds = exchange.getRequestURI().getQuery().contains(Purpose.LABEL + "=hold");
          ScriptedEngine.answer(200, ofHolds ? holds() : "[]").handle(exchange);
        });
    answers(
        "create",
        exchange -> {
          made.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          ScriptedEngine.answer(201, "{\"Id\":\"m\"}").handle(exchange);
        });
    answers("m", ScriptedEngine.answer(204, ""));
    answers("marker-c/json", ScriptedEngine.answer(404, "{\"message\":\"no such container\"}"));
    does("c/stop", "exited");
    does("c/start", "running");
    does("c/pause", "paused");
    does("c/unpause", "running");
    script.on(PATH + "m/rename", ScriptedEngine.answer(204, ""));
    engine = script.connect();
    service =
        new DockerService(
            engine,
            new Companions(engine, "c"),
            "c",
            DockerService.FIRST,
            OptionalInt.of(7),
            Optional.empty());
  }

  @AfterEach
  void stop() {
    engine.close();
    script.close();
  }

  private String holds() {
    String now = holds;
    String next = later.poll();
    holds = next == null ? now : next;
    return now;
  }

  private void does(String action, String then) {
    answers(
        action,
        exchange -> {
          status = then;
          ScriptedEngine.answer(204, "").handle(exchange);
        });
  }

  /** It fails as often as a failure was put there, and works then. */
  private void answers(String path, HttpHandler atLast) {
    Deque<HttpHandler> first = new ArrayDeque<>();
    failures.put(path, first);
    script.on(
        PATH + path,
        exchange -> {
          HttpHandler failure = first.poll();
          (failure == null ? atLast : failure).handle(exchange);
        });
  }

  private void fails(String action, HttpHandler... how) {
    failures.get(action).addAll(List.of(how));
  }

  private List<String> asked() {
    return script.requests.stream()
        .filter(request -> request.startsWith("POST " + PATH + "c/"))
        .map(request -> request.substring(("POST " + PATH).length()))
        .toList();
  }

  private boolean isMarked() {
    return script.requests.stream().noneMatch(request -> request.startsWith(DELETED));
  }

  @Test
  void aStopThatFailedIsWaitedForBeforeTheContainerIsBroughtBack() {
    fails("c/stop", NOT_KILLED);

    assertThatThrownBy(service::stop)
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("did not receive an exit event");

    assertThat(asked()).containsExactly("c/stop?t=7", "c/stop?t=7", "c/start");
    assertThat(status).isEqualTo("running");
    assertThat(isMarked()).isFalse();
  }

  @Test
  void aStopThatWasCutOffIsWaitedForToo() {
    fails("c/stop", ScriptedEngine.cutOff(new byte[0]));

    assertThatThrownBy(service::stop).isInstanceOf(IOException.class);

    assertThat(asked()).endsWith("c/stop?t=7", "c/start");
    assertThat(isMarked()).isFalse();
  }

  @Test
  void aContainerThatMayStillGoDownIsSaidToBeDownAndStaysMarked() {
    fails("c/stop", NOT_KILLED, NOT_KILLED);

    assertThatThrownBy(service::stop)
        .isInstanceOf(ServiceNotResumed.class)
        .hasMessageContaining("MAY BE DOWN")
        .hasMessageContaining("did not receive an exit event")
        .satisfies(
            e -> assertThat(e.getSuppressed()).hasAtLeastOneElementOfType(ServiceNotHeld.class));

    assertThat(isMarked()).isTrue();
    assertThat(script.requests).contains("POST " + PATH + "m/rename?name=chromabackup-left-m");
  }

  @Test
  void aContainerThatMayStillGoDownIsStartedWhenItHas() throws IOException {
    fails("c/stop", NOT_KILLED, NOT_KILLED);
    assertThatThrownBy(service::stop).isInstanceOf(ServiceNotResumed.class);
    startedAndHeld("2026-11-28T10:00:00.25Z", "2026-11-28T10:00:00.5Z");

    service.start();

    assertThat(asked()).endsWith("c/stop?t=7", "c/start");
    assertThat(isMarked()).isFalse();
  }

  @Test
  void whatMayStillGoDownIsWaitedForByTheNextHoldToo() throws IOException {
    fails("c/stop", NOT_KILLED, NOT_KILLED);
    assertThatThrownBy(service::stop).isInstanceOf(ServiceNotResumed.class);
    startedAndHeld("2026-11-28T10:00:00.25Z", "2026-11-28T10:00:00.5Z");

    service.pause().close();

    assertThat(asked()).endsWith("c/pause", "c/stop?t=7", "c/start");
    assertThat(made.get(1)).contains("hold.quiet\":\"stop");
  }

  @Test
  void whatWentDownAfterAllAndWasStartedByHandIsNotStoppedOnceMore() throws IOException {
    fails("c/stop", NOT_KILLED, NOT_KILLED);
    assertThatThrownBy(service::stop).isInstanceOf(ServiceNotResumed.class);
    startedAndHeld("2026-11-28T10:00:00.5Z", "2026-11-28T10:00:00.25Z");

    service.pause().close();

    assertThat(asked()).containsExactly("c/stop?t=7", "c/stop?t=7", "c/pause", "c/unpause");
  }

  @Test
  void whatWentDownAfterAllAndWasRecoveredByAnotherIsNotStoppedOnceMore() throws IOException {
    fails("c/stop", NOT_KILLED, NOT_KILLED);
    assertThatThrownBy(service::stop).isInstanceOf(ServiceNotResumed.class);
    assertThat(holds).as("who recovers removes what was left").isEqualTo("[]");

    service.pause().close();

    assertThat(asked()).containsExactly("c/stop?t=7", "c/stop?t=7", "c/pause", "c/unpause");
  }

  /** Whoever recovers would stop it. */
  @Test
  void whatMustNotBeStoppedIsNotMarkedAsIfItWasToBe() {
    fails("c/json", REMOVED_ON_EXIT);

    assertThatThrownBy(service::stop)
        .isInstanceOf(ServiceNotHeld.class)
        .hasMessageContaining("without --rm");

    assertThat(made).isEmpty();
  }

  @Test
  void whatSomebodyStartedAgainAfterAStopIsNotStoppedOnceMore() throws IOException {
    Hold hold = service.stop();
    status = "running";

    hold.close();

    assertThat(asked()).containsExactly("c/stop?t=7");
  }

  @Test
  void aConnectionThatBreaksIsMadeAnewUntilTheContainerIsBroughtBack() throws IOException {
    Hold hold = service.pause();
    fails("c/unpause", ScriptedEngine.cutOff(new byte[0]), ScriptedEngine.cutOff(new byte[0]));

    hold.close();

    assertThat(status).isEqualTo("running");
    assertThat(isMarked()).isFalse();
  }

  @Test
  void whatTheEngineRefusesIsNotAskedAgainAndIsLeftToWhoeverComesNext() throws IOException {
    Hold hold = service.pause();
    fails("c/unpause", ScriptedEngine.answer(500, "{\"message\":\"the freezer is broken\"}"));

    assertThatThrownBy(hold::close)
        .isInstanceOf(ServiceNotResumed.class)
        .hasMessageContaining("the freezer is broken");

    assertThat(asked()).containsExactly("c/pause", "c/unpause");
    assertThat(script.requests).contains("POST " + PATH + "m/rename?name=chromabackup-left-m");
  }

  @Test
  void whatWasGivenUpIsNotBroughtBackUnderTheHoldOfAnother() throws IOException {
    Hold hold = service.pause();
    fails("c/unpause", ScriptedEngine.answer(500, "{\"message\":\"the freezer is broken\"}"));
    assertThatThrownBy(hold::close).isInstanceOf(ServiceNotResumed.class);
    somebodyElseHoldsIt();

    assertThatThrownBy(hold::close).isInstanceOf(Locked.class);

    assertThat(asked()).containsExactly("c/pause", "c/unpause");
  }

  @Test
  void whatWasGivenUpAndIsFoundDownLaterStaysDown() throws IOException {
    Hold hold = service.pause();
    fails("c/unpause", ScriptedEngine.answer(500, "{\"message\":\"the freezer is broken\"}"));
    assertThatThrownBy(hold::close).isInstanceOf(ServiceNotResumed.class);
    status = "exited"; // since somebody has recovered it, and stopped it

    service.pause().close();

    assertThat(asked()).containsExactly("c/pause", "c/unpause");
  }

  @Test
  void whatWasGivenUpWhileItWasDownAndIsHeldAgainWhenItRunsIsBroughtBackToThat()
      throws IOException {
    status = "exited";
    Hold hold = service.pause();
    fails("c/json", ScriptedEngine.answer(500, "{\"message\":\"the engine is ill\"}"));
    assertThatThrownBy(hold::close).isInstanceOf(ServiceNotResumed.class);
    status = "running"; // somebody has started it

    service.pause().close();

    assertThat(asked()).containsExactly("c/pause", "c/unpause");
    assertThat(status).isEqualTo("running");
  }

  @Test
  void whatWasFoundDownAndIsPausedOnceMoreWhenItRunsIsBroughtBackToThat() throws IOException {
    status = "exited";
    Hold first = service.stop();
    status = "running"; // somebody has started it

    service.pause().close();
    first.close();

    assertThat(asked()).containsExactly("c/pause", "c/unpause");
    assertThat(made.get(1)).contains("hold.found\":\"running");
  }

  /** Whoever comes after a kill starts it. */
  @Test
  void whatWasFoundDownAndIsToRunIsMarkedSoBeforeItIsStarted() throws IOException {
    status = "exited";
    Hold hold = service.stop();
    fails("c/start", ScriptedEngine.answer(500, "{\"message\":\"its port is taken\"}"));

    assertThatThrownBy(service::start).isInstanceOf(ServiceNotResumed.class);

    assertThat(made).hasSize(2);
    assertThat(made.get(0)).contains("hold.found\":\"down");
    assertThat(made.get(1)).contains("hold.found\":\"running");
    hold.close();
    assertThat(status).isEqualTo("running");
  }

  @Test
  void whatCouldNotBeStoppedIsNotStartedUnderTheHoldOfAnother() throws IOException {
    somebodyElseHoldsIt();
    assertThatThrownBy(service::stop).isInstanceOf(Locked.class);
    status = "exited";

    assertThatThrownBy(service::start).isInstanceOf(Locked.class);

    assertThat(asked()).isEmpty();
  }

  @Test
  void whatWasStartedStaysMarkedUntilTheLastOfItsHoldsEnds() throws IOException {
    Hold first = service.stop();
    service.start();
    Hold second = service.stop();
    service.start();
    assertThat(isMarked()).isTrue();

    second.close();
    assertThat(isMarked()).isTrue();

    first.close();
    assertThat(isMarked()).isFalse();
    assertThat(made).allMatch(marker -> marker.contains("hold.found\":\"running"));
  }

  @Test
  void whatDoesNotStopOnceMoreStaysMarkedAsLongAsItsFirstHold() throws IOException {
    Hold first = service.stop();
    service.start();
    fails("c/stop", NOT_KILLED);
    assertThatThrownBy(service::stop).isInstanceOf(ServiceNotHeld.class);

    assertThat(status).isEqualTo("running");
    assertThat(isMarked()).isTrue();

    first.close();
    assertThat(isMarked()).isFalse();
  }

  @Test
  void whatCouldNotBeStartedIsNobodyElsesAsLongAsItsHoldIsOpen() throws IOException {
    Hold hold = service.stop();
    fails("c/start", ScriptedEngine.answer(500, "{\"message\":\"its port is taken\"}"));
    String left = "POST " + PATH + "m/rename?name=chromabackup-left-m";

    assertThatThrownBy(service::start).isInstanceOf(ServiceNotResumed.class);
    assertThat(script.requests).doesNotContain(left);

    hold.leave();
    assertThat(script.requests).contains(left);
    assertThat(isMarked()).isTrue();
  }

  private void somebodyElseHoldsIt() throws IOException {
    OwnerProcess another = new OwnerProcess("elsewhere", "b", "s", 7, "1");
    holds = Json.write(List.of(marker("c", another, Map.of())));
  }

  @Test
  void whatIsStartedWithoutAHoldIsMarkedMeanwhile() throws IOException {
    status = "exited";

    service.start();

    assertThat(made)
        .singleElement()
        .asString()
        .contains("\"io.chromabackup.hold.found\":\"running\"");
    assertThat(asked()).containsExactly("c/start");
    assertThat(isMarked()).isFalse();
  }

  @Test
  void anEngineThatWasLetGoOfIsNotWaitedFor() throws IOException {
    Hold hold = service.pause();
    engine.close();

    assertThatThrownBy(hold::close).isInstanceOf(ServiceNotResumed.class);
  }

  @Test
  void aMarkerThatCannotBeRemovedDoesNotSpoilWhatWasDoneUnderTheHold() throws IOException {
    script.on(PATH + "m/json", inspected("m", "created"));
    Hold hold = service.pause();
    fails("m", ScriptedEngine.answer(500, "{\"message\":\"driver failed to remove\"}"));

    hold.close();

    assertThat(status).isEqualTo("running");
  }

  @Test
  void whatTheEngineCannotDeleteWhollyIsRemovedAllTheSame() throws IOException {
    script.on(PATH + "m/json", inspected("m", "dead"));
    fails("m", ScriptedEngine.answer(500, "{\"message\":\"device or resource busy\"}"));

    assertThatCode(() -> engine.remove("m")).doesNotThrowAnyException();
  }

  @Test
  void anErrandThatEndedWellIsDoneThoughItCannotBeRemoved() throws IOException {
    script.on(PATH + "m/json", inspected("m", "exited"));
    script.on(PATH + "m/start", ScriptedEngine.answer(204, ""));
    script.on(PATH + "m/wait", ScriptedEngine.answer(200, "{\"StatusCode\":0}"));
    byte[] frame = {1, 0, 0, 0, 0, 0, 0, 5, 's', 'a', 'i', 'd', '\n'};
    script.on(PATH + "m/logs", ScriptedEngine.ended(frame));
    fails("m", ScriptedEngine.answer(500, "{\"message\":\"driver failed to remove\"}"));

    Companions companions = new Companions(engine, "c");

    String said =
        companions.run(engine.inspect("c"), "c", Shared.READABLE, "echo said", List.of("x"));

    assertThat(said).isEqualTo("said");
  }

  /** What it did may be done: the same again would find another's work there. */
  @Test
  void anErrandThatWasRemovedMeanwhileIsNotRunAgain() throws IOException {
    script.on(PATH + "m/json", ScriptedEngine.answer(404, "{\"message\":\"no such container\"}"));
    script.on(PATH + "m/start", ScriptedEngine.answer(204, ""));
    script.on(PATH + "m/wait", ScriptedEngine.answer(404, "{\"message\":\"no such container\"}"));
    ChromaVolume volume =
        new ChromaVolume(new Companions(engine, "c"), engine.inspect("c"), "/data").through("turn");

    assertThatThrownBy(volume::rollBackSwapped).hasMessageContaining("prune");

    assertThat(made).hasSize(1);
  }

  /** The companion whose volumes it was to have. */
  @Test
  void anErrandThatCouldNotBeMadeSinceTheTurnIsGoneIsRunBesideTheContainer() throws IOException {
    script.on(PATH + "m/json", inspected("m", "exited"));
    script.on(PATH + "m/start", ScriptedEngine.answer(204, ""));
    script.on(PATH + "m/wait", ScriptedEngine.answer(200, "{\"StatusCode\":0}"));
    script.on(PATH + "m/logs", ScriptedEngine.ended(new byte[0]));
    fails("create", ScriptedEngine.answer(404, "{\"message\":\"no such container\"}"));

    new ChromaVolume(new Companions(engine, "c"), engine.inspect("c"), "/data")
        .through("turn")
        .rollBackSwapped();

    assertThat(made).hasSize(1);
    assertThat(made.get(0)).contains("roll_back_swapped").doesNotContain("turn:");
  }

  /** Its name is not free yet, and it is nobody's lock any more. */
  @Test
  void aCompanionThatTheEngineCannotDeleteWhollyKeepsNobodyOut() throws IOException {
    script.on(PATH + "chromabackup-hold-c/json", inspected("d", "dead"));
    fails("create", ScriptedEngine.answer(409, "{\"message\":\"already in use\"}"));

    service.pause().close();

    assertThat(script.requests).contains("POST " + PATH + "create?name=chromabackup-hold-c-2");
  }

  /** Its process died in the grace period. */
  @Test
  void aStopThatADeadProcessBeganIsWaitedForAsLongAsThatWanted() throws IOException {
    holds =
        Json.write(
            List.of(
                deadMarker(
                    "c",
                    Map.of(
                        "io.chromabackup.hold.quiet",
                        "stop",
                        "io.chromabackup.hold.seconds",
                        "90"))));
    script.on(PATH + "marker-c", ScriptedEngine.answer(204, ""));

    assertThat(service.recover()).isPresent();

    assertThat(asked()).containsExactly("c/stop?t=90", "c/start");
  }

  /** A restore was killed after it had started the container, which has served since. */
  @Test
  void whatWasStartedSinceADeadProcessStoppedItIsNotStoppedOnceMore() throws IOException {
    startedAndHeld("2026-11-28T10:00:00.5Z", "2026-11-28T10:00:00.25Z");

    assertThat(service.recover())
        .hasValueSatisfying(said -> assertThat(said).contains("as it was"));

    assertThat(asked()).isEmpty();
    assertThat(script.requests).contains(DELETED + "marker-c?force=1&v=0");
  }

  @Test
  void whatWasNotStartedSinceADeadProcessStoppedItIsStoppedAndStarted() throws IOException {
    startedAndHeld("2026-11-28T10:00:00.25Z", "2026-11-28T12:00:00.5+02:00");

    assertThat(service.recover()).isPresent();

    assertThat(asked()).containsExactly("c/stop", "c/start");
  }

  /** None comes later either. */
  @Test
  void aStopThatTheEngineIsNotPermittedKeepsNothingFromBeingRecovered() throws IOException {
    startedAndHeld("2026-11-28T10:00:00.25Z", "2026-11-28T10:00:00.5Z");
    fails("c/stop", NOT_PERMITTED);

    assertThat(service.recover())
        .hasValueSatisfying(said -> assertThat(said).contains("as it was"));

    assertThat(asked()).containsExactly("c/stop");
    assertThat(script.requests).contains(DELETED + "marker-c?force=1&v=0");
  }

  @Test
  void aStopThatTheEngineIsNotPermittedIsNotWaitedForByTheNextHold() throws IOException {
    startedAndHeld("2026-11-28T10:00:00.25Z", "2026-11-28T10:00:00.5Z");
    fails("c/stop", NOT_PERMITTED, NOT_PERMITTED);

    service.pause().close();

    assertThat(asked()).containsExactly("c/pause", "c/stop?t=7", "c/unpause", "c/stop?t=7");
    assertThat(isMarked()).isFalse();
  }

  /** Earlier versions put the marker first, and refused the stop then. */
  @Test
  void whatMustNotBeStoppedIsNotStoppedByARecoveryEither() throws IOException {
    startedAndHeld("2026-11-28T10:00:00.25Z", "2026-11-28T10:00:00.5Z");
    fails("c/json", Collections.nCopies(9, REMOVED_ON_EXIT).toArray(HttpHandler[]::new));

    assertThat(service.recover())
        .hasValueSatisfying(said -> assertThat(said).contains("as it was"));

    assertThat(asked()).isEmpty();
    assertThat(script.requests).contains(DELETED + "marker-c?force=1&v=0");
  }

  private void startedAndHeld(String startedAt, String heldSince) throws IOException {
    started = startedAt;
    holds = Json.write(List.of(deadMarker("c", Map.of("io.chromabackup.hold.quiet", "stop"))));
    script.on(PATH + "marker-c", ScriptedEngine.answer(204, ""));
    fails(
        "marker-c/json",
        ScriptedEngine.answer(
            200, "{\"Id\":\"marker-c\",\"Created\":\"%s\"}".formatted(heldSince)));
  }

  @Test
  void oneThatDoesNotComeBackKeepsNoOtherFromIt() throws IOException {
    leavesDown("broken", "sound", "broken-too", "last");
    HttpHandler refused = ScriptedEngine.answer(500, "{\"message\":\"its port is taken\"}");
    fails("broken/start", refused);
    fails("broken-too/start", refused);

    assertThatThrownBy(service::recover)
        .isInstanceOf(ServiceNotResumed.class)
        .hasMessageContaining("container broken")
        .satisfies(
            e ->
                assertThat(e.getSuppressed())
                    .singleElement()
                    .asString()
                    .contains("container broken-too"));

    assertThat(script.requests)
        .contains("POST " + PATH + "sound/start", "POST " + PATH + "last/start")
        .contains(DELETED + "marker-last?force=1&v=0")
        .doesNotContain(DELETED + "marker-broken?force=1&v=0");
  }

  @Test
  void oneOfWhichTheEngineDoesNotSayWhatBecameOfItKeepsNoOtherFromIt() throws IOException {
    leavesDown("lost", "last");
    fails("lost/start", ScriptedEngine.cutOff(new byte[0]));

    assertThatThrownBy(service::recover)
        .isInstanceOf(ServiceNotResumed.class)
        .hasMessageContaining("container lost");

    assertThat(script.requests)
        .contains("POST " + PATH + "last/start")
        .doesNotContain(DELETED + "marker-lost?force=1&v=0");
  }

  @Test
  void aMarkerThatCannotBeRemovedKeepsNothingElseFromBeingBroughtBack() throws IOException {
    leavesDown("first", "last");
    script.on(PATH + "marker-first/json", inspected("marker-first", "created"));
    fails("marker-first", ScriptedEngine.answer(500, "{\"message\":\"resource busy\"}"));

    assertThat(service.recover())
        .hasValueSatisfying(
            said -> assertThat(said).contains("container first").contains("container last"));
  }

  @Test
  void whatWasBroughtBackIsToldThoughAnotherIsNot() throws IOException {
    leavesDown("sound", "broken");
    fails("broken/start", ScriptedEngine.answer(500, "{\"message\":\"its port is taken\"}"));
    PrintStream before = System.err;
    ByteArrayOutputStream logged = new ByteArrayOutputStream();
    System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    try {
      assertThatThrownBy(service::recover).isInstanceOf(ServiceNotResumed.class);
    } finally {
      System.setErr(before);
    }

    assertThat(logged.toString(StandardCharsets.UTF_8)).contains("container sound was");
  }

  /** Dependents that a dead process has stopped. */
  private void leavesDown(String... dependents) throws IOException {
    List<Map<String, Object>> markers = new ArrayList<>();
    for (String dependent : dependents) {
      String order = Integer.toString(1 + markers.size());
      markers.add(deadMarker(dependent, Map.of("io.chromabackup.hold.order", order)));
      script.on(PATH + dependent + "/json", inspected(dependent, "exited"));
      answers(dependent + "/start", ScriptedEngine.answer(204, ""));
      answers("marker-" + dependent, ScriptedEngine.answer(204, ""));
    }
    holds = Json.write(markers);
  }

  /** It has not said yet that the container is to run. */
  @Test
  void whatAProcessLeftThatDiedWhileItWasHeldAnewIsStillThereAfterwards() throws IOException {
    status = "exited";
    script.on(
        PATH + "marker-c",
        exchange -> {
          holds = "[]";
          ScriptedEngine.answer(204, "").handle(exchange);
        });
    fails(
        "create",
        exchange -> {
          holds = Json.write(List.of(deadMarker("c", Map.of())));
          ScriptedEngine.answer(201, "{\"Id\":\"m\"}").handle(exchange);
        });

    service.stop().close();
    assertThat(asked()).isEmpty();

    assertThat(service.recover()).isPresent();
    assertThat(status).isEqualTo("running");
  }

  /** It alone may say by now that the container is to run. */
  @Test
  void whatTakesThePlaceOfADeadProcesssMarkerStaysThoughThatCannotBeRemoved() throws IOException {
    status = "exited";
    holds = Json.write(List.of(deadMarker("c", Map.of())));
    answers("marker-c", ScriptedEngine.answer(204, ""));
    fails("marker-c", ScriptedEngine.answer(500, "{\"message\":\"resource busy\"}"));
    fails("marker-c/json", inspected("marker-c", "created"));

    Hold hold = service.stop();

    assertThat(made).singleElement().asString().contains("hold.found\":\"running");
    assertThat(script.requests).doesNotContain(DELETED + "m?force=1&v=0");
    hold.close();
    assertThat(status).isEqualTo("running");
  }

  @Test
  void whatADeadProcessLeftStaysIfALivingOneHoldsTheContainerToo() throws IOException {
    OwnerProcess another = new OwnerProcess("elsewhere", "b", "s", 7, "1");
    script.on(PATH + "marker-c", ScriptedEngine.answer(204, ""));
    holds = Json.write(List.of(deadMarker("c", Map.of()), marker("c", another, Map.of())));

    assertThatThrownBy(service::stop).isInstanceOf(Locked.class);

    assertThat(script.requests).noneMatch(request -> request.startsWith(DELETED + "marker-c"));
  }

  /** Its data may be swapped just now. */
  @Test
  void whatSomebodyHoldsAnewWhileTheStopOfADeadProcessIsWaitedForIsNotStarted() throws IOException {
    Map<String, Object> dead = deadMarker("c", Map.of("io.chromabackup.hold.quiet", "stop"));
    OwnerProcess another = new OwnerProcess("elsewhere", "b", "s", 7, "1");
    script.on(PATH + "marker-c", ScriptedEngine.answer(204, ""));
    for (List<Map<String, Object>> meanwhile :
        List.of(
            List.<Map<String, Object>>of(), // another hold, which has ended
            List.of(marker("c", another, Map.of())))) {
      holds = Json.write(List.of(dead));
      status = "running";
      fails(
          "c/stop",
          exchange -> {
            status = "exited";
            holds = Json.write(meanwhile);
            ScriptedEngine.answer(204, "").handle(exchange);
          });

      assertThat(service.recover()).isEmpty();

      assertThat(status).as("with %s", holds).isEqualTo("exited");
      assertThat(script.requests).noneMatch(request -> request.startsWith(DELETED + "marker-c"));
    }
  }

  /** It may be a hold that gives way to this recovery, and then nobody would have it started. */
  @Test
  void whatALivingProcessHoldsBesideADeadOneIsSaidToBeInUseAsLongAsBothStay() throws IOException {
    OwnerProcess another = new OwnerProcess("elsewhere", "b", "s", 7, "1");
    status = "exited";
    holds = Json.write(List.of(deadMarker("c", Map.of()), marker("c", another, Map.of())));

    assertThatThrownBy(service::recover)
        .isInstanceOf(Locked.class)
        .hasMessageContaining("process 7 on elsewhere");

    assertThat(asked()).isEmpty();
  }

  @Test
  void whatSomebodyGivesWayToARecoveryWithIsStartedByThat() throws IOException {
    OwnerProcess another = new OwnerProcess("elsewhere", "b", "s", 7, "1");
    Map<String, Object> dead = deadMarker("c", Map.of());
    status = "exited";
    script.on(PATH + "marker-c", ScriptedEngine.answer(204, ""));
    holds = Json.write(List.of(dead));
    String both = Json.write(List.of(dead, marker("c", another, Map.of())));
    fails(
        "create",
        exchange -> {
          later.addAll(List.of(both, holds));
          holds = both;
          ScriptedEngine.answer(201, "{\"Id\":\"m\"}").handle(exchange);
        });

    assertThat(service.recover()).isPresent();

    assertThat(status).isEqualTo("running");
  }

  private static Map<String, Object> deadMarker(String beside, Map<String, String> more) {
    return marker(beside, OwnerProcessTest.dead(), more);
  }

  /** As the engine lists it. */
  private static Map<String, Object> marker(
      String beside, OwnerProcess owner, Map<String, String> more) {
    Map<String, String> labels = new HashMap<>(owner.labels());
    labels.put(Purpose.LABEL, "hold");
    labels.put("io.chromabackup.chroma", "c");
    labels.put(Companions.BESIDE, beside);
    labels.put(Companions.BESIDE_ID, beside);
    labels.put("io.chromabackup.hold.found", "running");
    labels.putAll(more);
    String name = "marker-" + beside + (owner.equals(OwnerProcessTest.dead()) ? "" : "-2");
    return Map.of("Id", name, "Names", List.of("/" + name), "State", "created", "Labels", labels);
  }

  @Test
  void howLongAStopMayTakeIsWrittenDownBeforeIt() throws IOException {
    service.stop().close();

    assertThat(made.get(0)).contains("\"io.chromabackup.hold.seconds\":\"7\"");
  }

  private static HttpHandler inspected(String id, String status) {
    return inspected(id, status, "");
  }

  private static HttpHandler inspected(String id, String status, String startedAt) {
    return ScriptedEngine.answer(
        200,
        "{\"Id\":\"%s\",\"Name\":\"/%s\",\"State\":{\"Status\":\"%s\",\"StartedAt\":\"%s\"},\"Config\":{}}"
            .formatted(id, id, status, startedAt));
  }
}
