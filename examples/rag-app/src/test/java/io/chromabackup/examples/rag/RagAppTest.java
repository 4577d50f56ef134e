package io.chromabackup.examples.rag;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.chromabackup.ArchiveStore;
import io.chromabackup.testkit.Fixture;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.support.ResourcePropertySource;
import org.springframework.scheduling.support.CronExpression;
import tools.jackson.databind.JsonNode;

/** What the application does with a data directory whose server is down. */
class RagAppTest {
  @TempDir Path directory;
  private Path data;
  private Path store;

  @BeforeEach
  void data() {
    data = Fixture.copyTo(directory.resolve("chroma"));
    store = directory.resolve("archives");
  }

  private App app(String... settings) {
    return App.start(data, store, settings);
  }

  @Test
  void aBackupIsFollowedToItsEnd() {
    try (App app = app()) {
      App.Answer started = app.post("/backups", "");
      assertThat(started.text("kind")).isEqualTo("backup");

      JsonNode ended = app.finish(started);
      assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("DONE");
      assertThat(ended.path("result").path("documents").asLong()).isEqualTo(Fixture.DOCUMENTS);
      assertThat(ended.path("phase").asString()).isEqualTo("INSPECT");

      String archive = ended.path("result").path("archive").asString();
      assertThat(store.resolve(archive)).isRegularFile();
      JsonNode listed = app.get("/backups").json();
      assertThat(listed).hasSize(1);
      assertThat(listed.get(0).path("name").asString()).isEqualTo(archive);
      assertThat(listed.get(0).path("standing").asString()).isEqualTo("GOOD");
    }
  }

  @Test
  void whoElseIsAtWorkOnTheStoreIsNamed() throws Exception {
    try (App app = app()) {
      ArchiveStore.Lock lock = app.bean(ArchiveStore.class).lock("test");
      JsonNode failed = app.finish(app.post("/backups", ""));
      lock.close();
      assertThat(failed.path("state").asString()).isEqualTo("FAILED");
      assertThat(failed.path("error").asString()).contains(store + " is in use by");

      assertThat(app.finish(app.post("/backups", "")).path("state").asString()).isEqualTo("DONE");
    }
  }

  @Test
  void healthAsksForABackupUntilThereIsOne() {
    try (App app = app()) {
      App.Answer none =
          App.await(
              () -> app.management("/actuator/health/backup"),
              health -> !health.text("status").equals("UNKNOWN"));
      assertThat(none.status()).isEqualTo(503);
      assertThat(none.text("status")).isEqualTo("OUT_OF_SERVICE");
      assertThat(none.body()).contains("there is no verified backup");
      assertThat(app.management("/actuator/health").status()).isEqualTo(503);
      assertThat(app.management("/actuator/health/readiness").status()).isEqualTo(200);

      app.finish(app.post("/backups", ""));
      App.Answer one = app.management("/actuator/health/backup");
      assertThat(one.status()).as(one.body()).isEqualTo(200);
      assertThat(one.body()).contains("chromadb_backup_", "ageSeconds");
    }
  }

  @Test
  void aBackupThatIsTooOldIsUnhealthy() {
    try (App app = app("rag.backup.oldest=0s")) {
      app.finish(app.post("/backups", ""));

      App.Answer old =
          App.await(
              () -> app.management("/actuator/health/backup"), health -> health.status() == 503);
      assertThat(old.text("status")).isEqualTo("OUT_OF_SERVICE");
      assertThat(old.body()).contains("chromadb_backup_");
    }
  }

  @Test
  void whatAnEarlierProcessBackedUpCountsOnceItWasRead() {
    try (App app = app()) {
      app.finish(app.post("/backups", ""));
    }
    try (App app = app()) {
      App.await(
          () -> app.management("/actuator/health/backup"),
          health -> health.status() == 200 && health.text("status").equals("UP"));
    }
  }

  @Test
  void anArchiveThatRottedDoesNotCount() throws IOException {
    String archive;
    try (App app = app()) {
      archive = archiveOf(app.finish(app.post("/backups", "")));
    }
    byte[] bytes = Files.readAllBytes(store.resolve(archive));
    bytes[bytes.length / 2] ^= 1;
    Files.write(store.resolve(archive), bytes);
    try (App app = app()) {
      App.Answer health =
          App.await(
              () -> app.management("/actuator/health/backup"),
              answer -> !answer.text("status").equals("UNKNOWN"));
      assertThat(health.body()).contains("there is no verified backup");

      JsonNode verified = app.finish(app.post("/backups/" + archive + "/verification", ""));
      assertThat(verified.path("state").asString()).isEqualTo("FAILED");
      assertThat(verified.path("error").asString()).contains(archive);
    }
  }

  @Test
  void anArchiveThatIsGoneDoesNotCount() throws IOException {
    try (App app = app()) {
      String archive = archiveOf(app.finish(app.post("/backups", "")));
      assertThat(app.management("/actuator/health/backup").status()).isEqualTo(200);
      Files.delete(store.resolve(archive));
      assertThat(app.management("/actuator/health/backup").body())
          .contains("there is no verified backup");
    }
  }

  @Test
  void metricsSayWhatReportsSay() {
    try (App app = app()) {
      MeterRegistry meters = app.bean(MeterRegistry.class);
      assertThat(meters.get("chromabackup.verified.age").gauge().value()).isNaN();
      String archive = archiveOf(app.finish(app.post("/backups", "")));

      assertThat(succeeded(meters, "backup")).isEqualTo(1);
      assertThat(succeeded(meters, "verify")).isEqualTo(1);
      assertThat(meters.get("chromabackup.archive.documents").gauge().value())
          .isEqualTo(Fixture.DOCUMENTS);
      assertThat(meters.get("chromabackup.archive.bytes").gauge().value())
          .isEqualTo(store.resolve(archive).toFile().length());
      assertThat(meters.get("chromabackup.held").timer().totalTime(TimeUnit.HOURS)).isZero();
      assertThat(meters.get("chromabackup.verified.age").gauge().value()).isBetween(0.0, 600.0);
      assertThat(app.management("/actuator/metrics/chromabackup.operations").body())
          .contains("\"error\"", "\"operation\"");
    }
  }

  @Test
  void aFailedBackupIsCountedByItsKind() throws IOException {
    Files.write(data.resolve("chroma.sqlite3"), new byte[4096]);
    try (App app = app()) {
      JsonNode ended = app.finish(app.post("/backups", ""));
      assertThat(ended.path("state").asString()).isEqualTo("FAILED");
      assertThat(ended.path("error").asString()).contains(data.toString());

      assertThat(
              app.bean(MeterRegistry.class)
                  .get("chromabackup.operations")
                  .tag("operation", "backup")
                  .timers())
          .singleElement()
          .satisfies(timer -> assertThat(timer.getId().getTag("error")).isNotEqualTo("none"));
    }
  }

  @Test
  void withoutATokenNothingIsChanged() throws IOException {
    try (App app = app("rag.token=")) {
      assertThat(app.post("/backups", "").status()).isEqualTo(403);
      assertThat(app.postWithout("/backups", "Authorization", "Bearer ").status()).isEqualTo(403);
      assertThat(app.put("/documents/one", "text").status()).isEqualTo(403);
      assertThat(app.post("/restores", "{}").status()).isEqualTo(403);
      assertThat(app.bean(ArchiveStore.class).list()).isEmpty();
    }
  }

  @Test
  void withoutTheTokenNothingIsChanged() throws IOException {
    try (App app = app()) {
      assertThat(app.postWithout("/backups").status()).isEqualTo(401);
      assertThat(app.postWithout("/backups", "Authorization", "Bearer nothing").status())
          .isEqualTo(401);
      assertThat(app.postWithout("/answers").status()).isEqualTo(401);
      assertThat(app.bean(ArchiveStore.class).list()).isEmpty();
    }
  }

  @Test
  void aRestoreIsRefusedUnlessItIsAllowed() {
    try (App app = app()) {
      String archive = archiveOf(app.finish(app.post("/backups", "")));
      App.Answer refused = restore(app, archive, archive);
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.text("detail")).contains("rag.backup.allow-restore");
    }
  }

  @Test
  void aRestoreIsRefusedUnlessItIsConfirmed() {
    try (App app = app("rag.backup.allow-restore=true")) {
      String archive = archiveOf(app.finish(app.post("/backups", "")));
      assertThat(app.post("/restores", "{\"archive\":\"" + archive + "\"}").status())
          .isEqualTo(403);
      assertThat(restore(app, archive, "yes").status()).isEqualTo(403);
      assertThat(restore(app, "nonsense", "nonsense").status()).isEqualTo(404);
    }
  }

  @Test
  void aRestorePutsBackWhatWasDamaged() throws IOException {
    try (App app = app("rag.backup.allow-restore=true")) {
      String archive = archiveOf(app.finish(app.post("/backups", "")));
      Files.write(data.resolve("chroma.sqlite3"), new byte[4096]);

      JsonNode ended = app.finish(restore(app, archive, archive));
      assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("DONE");
      assertThat(ended.path("result").path("documents").asLong()).isEqualTo(Fixture.DOCUMENTS);
      assertThat(app.bean(ChromaCollection.class).isRunning()).isTrue();
    }
  }

  @Test
  void whatIsNotThereIsNotFound() {
    try (App app = app()) {
      assertThat(app.get("/operations/none").status()).isEqualTo(404);
      assertThat(app.post("/backups/none/verification", "").status()).isEqualTo(404);
      JsonNode gone =
          app.finish(app.post("/backups/chromadb_backup_20260101_020000.tar.gz/verification", ""));
      assertThat(gone.path("state").asString()).isEqualTo("FAILED");
    }
  }

  @Test
  void aServerThatIsDownIsSaidToBeAndNotWhereItIs() {
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    Logger logger = (Logger) LoggerFactory.getLogger(ChromaCollection.class);
    try (App app = app("rag.chroma.url=http://127.0.0.1:1")) {
      logger.addAppender(said);
      App.Answer answer = app.ask("When does the ferry leave?");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.text("detail"))
          .isEqualTo("Chroma cannot be used just now; try again in a minute");
      assertThat(answer.body()).doesNotContain("127.0.0.1", "xception");
      assertThat(said.list).hasSize(1);
      assertThat(said.list.get(0).getThrowableProxy()).isNotNull();
    } finally {
      logger.detachAppender(said);
    }
  }

  @Test
  void aQuestionWithoutWordsIsNone() {
    try (App app = app()) {
      assertThat(app.ask(" ").status()).isEqualTo(400);
    }
  }

  @Test
  void theScheduleBacksUp() {
    try (App app = app("rag.backup.cron=* * * * * *")) {
      App.await(() -> app.get("/backups").json(), archives -> archives.size() >= 2);
    }
  }

  @Test
  void theScheduleIsEveryNightAtTwo() throws IOException {
    Object cron =
        new ResourcePropertySource("classpath:application.properties")
            .getProperty("rag.backup.cron");

    CronExpression schedule = CronExpression.parse(String.valueOf(cron));
    LocalDateTime evening = LocalDateTime.of(2026, 3, 31, 22, 0);
    LocalDateTime night = LocalDateTime.of(2026, 4, 1, 2, 0);
    assertThat(schedule.next(evening)).isEqualTo(night);
    assertThat(schedule.next(night)).isEqualTo(night.plusDays(1));
  }

  private static App.Answer restore(App app, String archive, String replace) {
    return app.post(
        "/restores", "{\"archive\":\"%s\",\"replace\":\"%s\"}".formatted(archive, replace));
  }

  private static String archiveOf(JsonNode ended) {
    assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("DONE");
    return ended.path("result").path("archive").asString();
  }

  private static long succeeded(MeterRegistry meters, String operation) {
    return meters
        .get("chromabackup.operations")
        .tags("operation", operation, "error", "none")
        .timer()
        .count();
  }
}
