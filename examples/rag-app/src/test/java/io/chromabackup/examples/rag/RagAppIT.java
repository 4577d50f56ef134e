package io.chromabackup.examples.rag;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.testkit.RealChroma;
import io.chromabackup.testkit.RealChroma.Generation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The application and a real Chroma, which it stops and starts as a service of the machine. */
class RagAppIT {
  private static final Path SAMPLES = Path.of("src/main/resources/samples");
  private static final String QUESTION = "How often does the light flash?";
  private static final String ANSWER = "The light flashes twice every fifteen seconds";

  @TempDir Path directory;
  private Path data;
  private Path store;
  private int port;

  @BeforeEach
  void start() throws Exception {
    RealChroma.requireInstalled(Generation.NEW);
    data = Files.createDirectory(directory.resolve("chroma"));
    store = directory.resolve("archives");
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    chroma("start");
  }

  @AfterEach
  void stop() throws Exception {
    if (Files.exists(pidFile())) {
      Path process = Path.of("/proc", Files.readString(pidFile()).strip());
      chroma("stop");
      assertThat(hasEnded(process)).as("%s, after it was stopped", process).isTrue();
    }
  }

  /** Also if nobody has asked yet how it ended (Z). */
  private static boolean hasEnded(Path process) throws IOException {
    try {
      return Files.readString(process.resolve("status")).contains("State:\tZ");
    } catch (IOException e) {
      return Files.notExists(process);
    }
  }

  private App app() {
    return App.start(
        data,
        store,
        "rag.chroma.url=" + url(),
        "rag.backup.allow-restore=true",
        "rag.backup.service.pid-file=" + pidFile(),
        "rag.backup.service.stop=" + String.join(",", command("stop")),
        "rag.backup.service.start=" + String.join(",", command("start")));
  }

  @Test
  void theSameQuestionHasTheSameAnswerAfterARestoreInPlace() throws Exception {
    try (App app = app()) {
      addSamples(app);
      App.Answer before = app.ask(QUESTION);
      assertThat(before.text("text")).startsWith(ANSWER);
      assertThat(before.text("document")).isEqualTo("lighthouse");
      String archive = backUp(app);

      deleteTheCollection();
      assertThat(app.ask(QUESTION).status()).isNotEqualTo(200);

      JsonNode restored = restore(app, archive);
      assertThat(restored.path("result").path("warnings").toString())
          .contains("1 collections with 9 documents, asked of Chroma at " + url());
      assertThat(app.ask(QUESTION)).isEqualTo(before);
    }
  }

  @Test
  void damageBeneathTheRunningServerIsUndone() throws Exception {
    try (App app = app()) {
      addSamples(app);
      App.Answer before = app.ask(QUESTION);
      String archive = backUp(app);

      overwrite(data.resolve("chroma.sqlite3"));
      JsonNode refused = app.finish(app.post("/backups", ""));
      assertThat(refused.path("state").asString()).isEqualTo("FAILED");

      restore(app, archive);
      assertThat(app.ask(QUESTION)).isEqualTo(before);
    }
  }

  @Test
  void aRestoreTakesBackWhatWasAddedSince() throws Exception {
    try (App app = app()) {
      app.put("/documents/ferry", "The ferry leaves at seven.");
      String archive = backUp(app);
      app.put("/documents/ferry", "The ferry leaves at eight.");
      assertThat(app.ask("When does the ferry leave?").text("text")).contains("eight");

      restore(app, archive);
      assertThat(app.ask("When does the ferry leave?").text("text")).contains("seven");
      assertThat(app.put("/documents/ferry", "The ferry leaves at nine.").status()).isEqualTo(200);
      assertThat(app.ask("When does the ferry leave?").text("text")).contains("nine");
    }
  }

  @Test
  void aRestoreWaitsForRequestsAndMeanwhileNoOtherOperationStarts() throws Exception {
    ExecutorService request = Executors.newSingleThreadExecutor();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch ends = new CountDownLatch(1);
    try (App app = app()) {
      addSamples(app);
      String archive = backUp(app);
      Future<Integer> asking =
          request.submit(
              () ->
                  app.bean(ChromaCollection.class)
                      .use(
                          store -> {
                            inside.countDown();
                            return awaited(ends);
                          }));
      inside.await();
      App.Answer started = postRestore(app, archive);
      App.await(() -> app.ask(QUESTION), answer -> answer.status() == 503);

      App.Answer second = app.post("/backups", "");
      assertThat(second.status()).isEqualTo(409);
      assertThat(second.text("detail")).contains("restore", started.text("id"), "is running");
      assertThat(postRestore(app, archive).status()).isEqualTo(409);
      assertThat(isRunning(app, started)).isTrue();

      ends.countDown();
      assertThat(asking.get()).isEqualTo(1);
      assertThat(app.finish(started).path("state").asString()).isEqualTo("DONE");
      backUp(app);
    } finally {
      request.shutdownNow();
    }
  }

  private static int awaited(CountDownLatch latch) {
    try {
      latch.await();
      return 1;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whoAsksDuringARestoreIsAskedToWaitOrAnswered() throws Exception {
    ExecutorService askers = Executors.newFixedThreadPool(2);
    try (App app = app()) {
      addSamples(app);
      String archive = backUp(app);
      App.Answer started = postRestore(app, archive);
      Callable<Boolean> asking =
          () -> {
            do {
              App.Answer answer = app.ask(QUESTION);
              if (answer.status() != 503 && !answer.text("text").startsWith(ANSWER)) {
                throw new AssertionError("a wrong answer: " + answer);
              }
            } while (isRunning(app, started));
            return true;
          };
      Future<Boolean> one = askers.submit(asking);
      Future<Boolean> other = askers.submit(asking);
      assertThat(app.finish(started).path("state").asString()).isEqualTo("DONE");
      assertThat(one.get()).isTrue();
      assertThat(other.get()).isTrue();
    } finally {
      askers.shutdownNow();
    }
  }

  @Test
  void backupsGoOnWhileDocumentsAreAdded() throws Exception {
    try (App app = app()) {
      addSamples(app);
      App.Answer started = app.post("/backups", "");
      int added = 0;
      do {
        String name = "added-" + added++;
        assertThat(app.put("/documents/" + name, "Number " + added).status()).isEqualTo(200);
      } while (isRunning(app, started));

      JsonNode ended = app.finish(started);
      assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("DONE");
      assertThat(ended.path("result").path("documents").asLong()).isBetween(9L, 9L + added);
    }
  }

  private static boolean isRunning(App app, App.Answer started) {
    return app.get("/operations/" + started.text("id")).text("state").equals("RUNNING");
  }

  private static void addSamples(App app) throws IOException {
    try (Stream<Path> samples = Files.list(SAMPLES)) {
      for (Path sample : samples.toList()) {
        String name = sample.getFileName().toString().replace(".txt", "");
        App.Answer put = app.put("/documents/" + name, Files.readString(sample));
        assertThat(put.body()).isEqualTo("{\"passages\":3}");
      }
    }
  }

  private static String backUp(App app) {
    JsonNode ended = app.finish(app.post("/backups", ""));
    assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("DONE");
    return ended.path("result").path("archive").asString();
  }

  private static JsonNode restore(App app, String archive) {
    JsonNode ended = app.finish(postRestore(app, archive));
    assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("DONE");
    return ended;
  }

  private static App.Answer postRestore(App app, String archive) {
    return app.post(
        "/restores", "{\"archive\":\"%s\",\"replace\":\"%s\"}".formatted(archive, archive));
  }

  private void deleteTheCollection() throws Exception {
    URI collection =
        URI.create(
            url()
                + "/api/v2/tenants/default_tenant/databases/default_database/collections/documents");
    assertThat(
            HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(collection).DELETE().build(), BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(200);
  }

  /** All of it but the first page, so that it looks like a database. */
  private static void overwrite(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate((int) channel.size() - 4096), 4096);
    }
  }

  private URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  private Path pidFile() {
    return Path.of(data + ".pid");
  }

  private String[] command(String what) {
    return new String[] {
      Path.of("chroma.sh").toAbsolutePath().toString(),
      what,
      data.toString(),
      Integer.toString(port)
    };
  }

  private void chroma(String what) throws Exception {
    Process process = new ProcessBuilder(command(what)).inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }
}
