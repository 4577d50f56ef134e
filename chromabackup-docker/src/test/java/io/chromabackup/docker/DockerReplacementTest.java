package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.lang.StackWalker.StackFrame;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** New files in a volume, whose errands do as they are told by a script. */
@Timeout(60)
class DockerReplacementTest {
  private static final String PATH = "/v1.41/containers/";

  /** What the errands did. */
  private final List<String> errands = new CopyOnWriteArrayList<>();

  private final AtomicInteger failures = new AtomicInteger();
  private ScriptedEngine script;
  private Engine engine;
  private DockerReplacement replacement;

  /** Threads cannot be made any more where a volume is tidied up. */
  private final InheritableThreadLocal<String> noThreads =
      new InheritableThreadLocal<>() {
        @Override
        protected String childValue(String value) {
          if (StackWalker.getInstance().walk(DockerReplacementTest::isOfFinish)) {
            failures.incrementAndGet();
            throw new InternalError("no more threads");
          }
          return value;
        }
      };

  private static boolean isOfFinish(Stream<StackFrame> frames) {
    return frames.anyMatch(frame -> frame.getMethodName().equals("finish"));
  }

  @BeforeEach
  void start() throws IOException {
    script = new ScriptedEngine("1.41", "1.24");
    script.on(PATH + "c/json", inspected("c", "exited"));
    script.on(PATH + "turn/json", inspected("turn", "created"));
    script.on(PATH + "m/json", inspected("m", "exited"));
    script.on(PATH + "c/archive", DockerReplacementTest::stat);
    script.on(PATH + "json", ScriptedEngine.answer(200, "[]"));
    script.on(PATH + "create", this::create);
    script.on(PATH + "m", ScriptedEngine.answer(204, ""));
    script.on(PATH + "m/start", ScriptedEngine.answer(204, ""));
    script.on(PATH + "m/wait", ScriptedEngine.answer(200, "{\"StatusCode\":0}"));
    script.on(PATH + "m/logs", ScriptedEngine.ended(new byte[0]));
    engine = script.connect();
    ChromaContainer chroma = new ChromaContainer(engine, "c", Optional.of("/data"), "/data");
    Container container = engine.inspect("c");
    ChromaPlace place = chroma.place(container);
    replacement =
        new DockerReplacement(
            chroma, container, place, chroma.volume(container, place).through("turn"), "turn");
  }

  @AfterEach
  void stop() {
    noThreads.remove();
    engine.close();
    script.close();
  }

  private void create(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    errands.add(body);
    ScriptedEngine.answer(201, "{\"Id\":\"m\"}").handle(exchange);
  }

  private static HttpHandler inspected(String id, String status) {
    return ScriptedEngine.answer(
        200,
        "{\"Id\":\"%s\",\"Name\":\"/%s\",\"State\":{\"Status\":\"%s\"},\"Config\":{}}"
            .formatted(id, id, status));
  }

  /** There is the database, and no other file. */
  private static void stat(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getQuery();
    if (!path.endsWith("/data") && !path.endsWith("/chroma.sqlite3")) {
      ScriptedEngine.answer(404, "{\"message\":\"no such file\"}").handle(exchange);
      return;
    }
    long mode = path.endsWith("/data") ? 1L << 31 : 0;
    String stat =
        "{\"name\":\"it\",\"size\":1,\"mode\":%d,\"mtime\":\"2026-01-01T00:00:00Z\"}"
            .formatted(mode);
    exchange
        .getResponseHeaders()
        .add(
            PathStat.HEADER,
            Base64.getEncoder().encodeToString(stat.getBytes(StandardCharsets.UTF_8)));
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  /** What is left over is deleted by whoever comes next. */
  @Test
  void whatIsFinalStaysSoThoughTheOldDataCannotBeDeletedForAnError() throws IOException {
    noThreads.set("soon");
    replacement.swap();

    replacement.commit();

    assertThat(failures).hasValue(1);
    assertThat(errands).last().asString().contains("\"decide\"");
    assertThatThrownBy(replacement::rollBack).isInstanceOf(IllegalStateException.class);
  }
}
