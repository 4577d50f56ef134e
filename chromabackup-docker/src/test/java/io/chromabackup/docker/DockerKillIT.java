package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackup;
import io.chromabackup.docker.KilledOperation.Moment;
import io.chromabackup.docker.KilledOperation.Outcome;
import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.testkit.ChromaClient;
import io.chromabackup.testkit.Effort;
import io.chromabackup.testkit.Figures;
import io.chromabackup.testkit.RecordCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operations killed at what the engine does for them, and at random moments. The next command of
 * any kind, some of them killed in turn, brings the stack to exactly old or exactly new, and
 * running.
 */
class DockerKillIT {
  private static final int RESTORES = Effort.of(20, 200);
  private static final int BACKUPS = Effort.of(12, 100);
  private static final long SEED = Long.getLong("chromabackup.seed", System.nanoTime());

  /** Old data has this collection, and the archive has not. */
  private static final String ONLY_OLD = "only-old";

  @TempDir Path directory;
  private final Random random = new Random(SEED);
  private DockerEngine docker;
  private ArchiveStore store;
  private ChromaBackup backups;

  @BeforeEach
  void connect() throws Exception {
    RealDocker.require();
    System.out.println("seed of the kills: " + SEED);
    docker = DockerEngine.connect();
    store = LocalArchiveStore.in(storeDirectory());
    backups = ChromaBackup.using(store);
  }

  @AfterEach
  void disconnect() throws Exception {
    store.close();
    docker.close();
  }

  private Path storeDirectory() {
    return directory.resolve("backups");
  }

  @Test
  void aRestoreThatIsKilledAnywhereEndsAtExactlyOldOrExactlyNew() throws Exception {
    try (Stack stack = Stack.with().records(300).start()) {
      stack.worker().stop();
      String container = stack.container(Stack.CHROMA);
      ArchiveName archive = backups.backup(docker.chroma(container).deployment()).archive().name();
      long inArchive = stack.check().records();
      String[] restore = {
        "restore", storeDirectory().toString(), container, archive.toString(), Stack.RAG
      };
      Outcome whole = KilledOperation.run(Moment.never(), restore);
      List<String> outcomes = new ArrayList<>();
      int recoveriesKilled = 0;
      int ended = 0;
      for (int kill = 0; kill - ended < RESTORES; kill++) {
        makeOld(stack);
        Outcome outcome = KilledOperation.run(moment(kill, RESTORES, whole), restore);
        ended += outcome.killed() ? 0 : 1;
        recoveriesKilled += kill % 5 == 4 ? killedRecovery(container) : 0;
        recover(container, kill % 2 == 0);
        outcomes.add(outcome + " -> " + requireOldOrNew(stack, inArchive, outcome));
      }
      System.out.println("restores killed after\n  " + String.join("\n  ", outcomes));
      Figures.record(
          "kills-docker-restore",
          "%d restores killed, %d recoveries of them too; %d ended with the old data, %d with the new"
              .formatted(
                  outcomes.size() - ended,
                  recoveriesKilled,
                  outcomes.stream().filter(each -> each.endsWith("old")).count(),
                  outcomes.stream().filter(each -> each.endsWith("new")).count()));
      assertThat(outcomes).anySatisfy(each -> assertThat(each).endsWith("old"));
      assertThat(outcomes).anySatisfy(each -> assertThat(each).endsWith("new"));
    }
  }

  @Test
  void aBackupThatIsKilledAnywhereLeavesTheServerRunning() throws Exception {
    try (Stack stack = Stack.with().withoutRag().records(300).start()) {
      String container = stack.container(Stack.CHROMA);
      String[] backup = {"backup", storeDirectory().toString(), container};
      Outcome whole = KilledOperation.run(Moment.never(), backup);
      List<String> kills = new ArrayList<>();
      int ended = 0;
      for (int kill = 0; kill - ended < BACKUPS; kill++) {
        // the server is frozen for so short a time that chance does not meet it
        Moment moment = kill % 4 == 3 ? Moment.after("pause ") : moment(kill, BACKUPS, whole);
        Outcome outcome = KilledOperation.run(moment, backup);
        ended += outcome.killed() ? 0 : 1;
        kills.add(outcome + " (" + stack.state(Stack.CHROMA) + ")");
        recover(container, kill % 2 == 0);
        assertThat(stack.state(Stack.CHROMA)).as("killed after %s", outcome).isEqualTo("running");
        stack.worker().awaitWrites(100);
        assertThat(stack.inspectOurs()).as("killed after %s", outcome).isEmpty();
      }
      System.out.println("backups killed after\n  " + String.join("\n  ", kills));
      Figures.record(
          "kills-docker-backup",
          "%d backups killed, %d of them with the server frozen"
              .formatted(
                  kills.size() - ended,
                  kills.stream().filter(each -> each.endsWith("(paused)")).count()));
      assertThat(kills).anySatisfy(kill -> assertThat(kill).contains("(paused)"));
    }
  }

  /** By turns after each event of a whole run, and whenever. */
  private Moment moment(int kill, int kills, Outcome whole) {
    return kill % 2 == 0
        ? Moment.afterEvents(1 + whole.events() * kill / kills)
        : Moment.afterStart(Duration.ofMillis(random.nextLong(whole.time().toMillis())));
  }

  private int killedRecovery(String container) throws Exception {
    Outcome outcome =
        KilledOperation.run(
            Moment.afterStart(Duration.ofMillis(random.nextLong(1500))),
            "recover",
            storeDirectory().toString(),
            container);
    return outcome.killed() ? 1 : 0;
  }

  /** By the next command, which knows of no dependents, or by saying so. */
  private void recover(String container, boolean byTheNextBackup) throws Exception {
    if (byTheNextBackup) {
      backups.backup(docker.chroma(container).deployment());
    } else {
      backups.recover(docker.chroma(container).deployment());
    }
  }

  private static void makeOld(Stack stack) {
    ChromaClient client = stack.client();
    boolean isOld =
        client.collections(ChromaClient.DEFAULT_TENANT, ChromaClient.DEFAULT_DATABASE).stream()
            .anyMatch(collection -> collection.name().equals(ONLY_OLD));
    if (!isOld) {
      client.createCollection(
          ChromaClient.DEFAULT_TENANT, ChromaClient.DEFAULT_DATABASE, ONLY_OLD, "l2", Map.of());
    }
  }

  private static String requireOldOrNew(Stack stack, long inArchive, Outcome last) {
    assertThat(stack.state(Stack.CHROMA)).as("killed after %s", last).isEqualTo("running");
    assertThat(stack.state(Stack.RAG)).as("killed after %s", last).isEqualTo("running");
    assertThat(stack.state(Stack.WORKER)).as("was down before").isEqualTo("exited");
    stack.awaitChroma();
    RecordCheck.Result result = stack.check();
    assertThat(result.wrong()).as("killed after %s", last).isEmpty();
    assertThat(result.records()).as("killed after %s", last).isEqualTo(inArchive);
    assertThat(stack.inspectOurs()).as("killed after %s", last).isEmpty();
    return result.collections() == 3 ? "old" : "new";
  }
}
