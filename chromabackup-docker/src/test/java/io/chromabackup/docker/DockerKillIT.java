package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackup;
import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.testkit.ChromaClient;
import io.chromabackup.testkit.RecordCheck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operations killed at what the engine does for them, one event after the other. The next command
 * of any kind brings the stack to exactly old or exactly new, and running.
 */
class DockerKillIT {
  /** 1 kills after every event; more leaves some out. */
  private static final int STEP = Integer.getInteger("chromabackup.killStep", 11);

  /** Old data has this collection, and the archive has not. */
  private static final String ONLY_OLD = "only-old";

  @TempDir Path directory;
  private DockerEngine docker;
  private ArchiveStore store;
  private ChromaBackup backups;

  @BeforeEach
  void connect() throws Exception {
    RealDocker.require();
    docker = DockerEngine.connect();
    store = LocalArchiveStore.in(directory.resolve("backups"));
    backups = ChromaBackup.using(store);
  }

  @AfterEach
  void disconnect() throws Exception {
    store.close();
    docker.close();
  }

  @Test
  void aRestoreThatIsKilledAnywhereEndsAtExactlyOldOrExactlyNew() throws Exception {
    try (Stack stack = Stack.with().records(300).start()) {
      stack.worker().stop();
      String container = stack.container(Stack.CHROMA);
      ArchiveName archive = backups.backup(docker.chroma(container).deployment()).archive().name();
      long inArchive = stack.check().records();
      List<String> outcomes = new ArrayList<>();
      int events = 1;
      for (String last = "?"; !last.isEmpty(); events += STEP) {
        makeOld(stack);
        last =
            KilledOperation.run(
                events,
                "restore",
                directory.resolve("backups").toString(),
                container,
                archive.toString(),
                Stack.RAG);
        recover(container, events % 2 == 0);
        String outcome = requireOldOrNew(stack, inArchive, last);
        outcomes.add(last + " -> " + outcome);
      }
      System.out.printf(
          "restores killed: %d%n  %s%n", outcomes.size(), String.join("\n  ", outcomes));
      assertThat(outcomes).hasSizeGreaterThan(3);
      assertThat(outcomes.get(outcomes.size() - 1)).endsWith("new");
    }
  }

  @Test
  void aBackupThatIsKilledAnywhereLeavesTheServerRunning() throws Exception {
    try (Stack stack = Stack.with().withoutRag().records(300).start()) {
      String container = stack.container(Stack.CHROMA);
      List<String> kills = new ArrayList<>();
      int events = 1;
      for (String last = "?"; !last.isEmpty(); events += Math.max(1, STEP / 4)) {
        last =
            KilledOperation.run(
                events, "backup", directory.resolve("backups").toString(), container);
        String found = stack.state(Stack.CHROMA);
        kills.add(last + " (" + found + ")");
        recover(container, events % 2 == 0);
        assertThat(stack.state(Stack.CHROMA)).as("killed after %s", last).isEqualTo("running");
        stack.worker().awaitWrites(100);
        assertThat(stack.inspectOurs()).as("killed after %s", last).isEmpty();
      }
      System.out.printf("backups killed: %d%n  %s%n", kills.size(), String.join("\n  ", kills));
      assertThat(kills).anySatisfy(kill -> assertThat(kill).contains("(paused)"));
    }
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

  private static String requireOldOrNew(Stack stack, long inArchive, String last) {
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
