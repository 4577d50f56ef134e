package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ArchiveName;
import io.chromabackup.docker.KilledOperation.Moment;
import io.chromabackup.docker.KilledOperation.Outcome;
import io.chromabackup.testkit.ChromaClient;
import io.chromabackup.testkit.Effort;
import io.chromabackup.testkit.Figures;
import io.chromabackup.testkit.RecordCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Restores killed at what the engine does for them, and at random moments. The next command of any
 * kind, some of them killed in turn, brings the stack to exactly old or exactly new, and running.
 */
class DockerKilledRestoreIT extends DockerKillSpec {
  private static final int RESTORES = Effort.of(20, 200);

  /** Old data has this collection, and the archive has not. */
  private static final String ONLY_OLD = "only-old";

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

  private int killedRecovery(String container) throws Exception {
    Outcome outcome =
        KilledOperation.run(
            Moment.afterStart(Duration.ofMillis(random.nextLong(1500))),
            "recover",
            storeDirectory().toString(),
            container);
    return outcome.killed() ? 1 : 0;
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
