package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.docker.KilledOperation.Moment;
import io.chromabackup.docker.KilledOperation.Outcome;
import io.chromabackup.testkit.Effort;
import io.chromabackup.testkit.Figures;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Backups killed anywhere, some of them while the server is frozen: the next command thaws it. */
class DockerKilledBackupIT extends DockerKillSpec {
  private static final int BACKUPS = Effort.of(8, 100);

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
}
