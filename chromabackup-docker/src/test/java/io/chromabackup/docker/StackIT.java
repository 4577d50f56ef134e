package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.testkit.ChromaClient;
import io.chromabackup.testkit.ChromaClient.Collection;
import io.chromabackup.testkit.ChromaClient.Entry;
import io.chromabackup.testkit.RecordCheck;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stack itself: what the other tests rely on. */
class StackIT {
  @TempDir Path directory;

  @Test
  void worksAsAWhole() {
    Instant began = Instant.now();
    try (Stack stack = Stack.start()) {
      long started = Duration.between(began, Instant.now()).toMillis();
      assertThat(stack.ragStatus()).isEqualTo(200);
      Instant counted = Instant.now();
      long before = stack.worker().written();
      stack.worker().awaitWrites(5_000);
      double seconds = Duration.between(counted, Instant.now()).toMillis() / 1000.0;
      long perSecond = Math.round((stack.worker().written() - before) / seconds);
      System.out.printf("stack: started in %d ms, %d records written/s%n", started, perSecond);

      stack.stop(Stack.WORKER);
      assertThat(stack.state(Stack.WORKER)).isEqualTo("exited");
      assertThat(stack.inspect(Stack.WORKER, "{{.State.ExitCode}}")).isEqualTo("0");
      requireRight(stack);
      assertThat(stack.worker().refusals()).isEmpty();
      assertThat(stack.worker().interruptions()).isEmpty();
      assertThat(persistedIndexes(stack)).as("indexes that were persisted").hasSize(2);
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void goesOnAfterStopsKillsAndPauses() {
    try (Stack stack = Stack.start()) {
      stack.stop(Stack.CHROMA);
      assertThat(stack.state(Stack.CHROMA)).isEqualTo("exited");
      assertThat(stack.ragStatus()).isEqualTo(503);
      stack.start(Stack.CHROMA);
      stack.worker().awaitWrites(1_000);
      stack.kill(Stack.WORKER);
      stack.worker().start();
      stack.worker().awaitWrites(1_000);
      stack.pause(Stack.CHROMA);
      assertThat(stack.state(Stack.CHROMA)).isEqualTo("paused");
      stack.stop(Stack.WORKER);
      stack.unpause(Stack.CHROMA);
      stack.worker().start();
      stack.worker().awaitWrites(1_000);
      stack.stop(Stack.RAG);
      assertThat(stack.ragStatus()).isZero();
      stack.start(Stack.RAG);
      stack.awaitRag();
      stack.worker().stop();
      requireRight(stack);
      assertThat(stack.worker().refusals()).isEmpty();
    }
  }

  @Test
  void theCheckSeesOneRecordWhoseVectorIsOlder() {
    try (Stack stack = Stack.with().withoutRag().start()) {
      stack.worker().stop();
      ChromaClient client = stack.client();
      Collection collection = collections(client).get(0);
      Entry right = client.page(collection, 0, 1).get(0);
      client.update(
          collection,
          List.of(
              new Entry(right.id(), right.embedding(), right.document(), Map.of("version", 0))));
      assertThat(stack.check().wrong()).singleElement().asString().contains(right.id());
    }
  }

  @Test
  void theWorkerGoesOnWithWhatItFinds() {
    try (Stack stack = Stack.with().withoutRag().start()) {
      stack.worker().stop();
      ChromaClient client = stack.client();
      client.deleteCollection(collections(client).get(0));
      Collection other = collections(client).get(0);
      client.delete(other, client.page(other, 0, 300).stream().map(Entry::id).toList());
      stack.worker().start();
      stack.worker().awaitWrites(3_000);
      stack.worker().stop();
      requireRight(stack);
      assertThat(stack.worker().refusals()).isEmpty();
    }
  }

  @Test
  void leavesNothing() {
    String project;
    try (Stack stack = Stack.with().published().start()) {
      project = stack.project();
      assertThat(stack.publishedUri()).isNotEqualTo(stack.chromaUri());
      assertThat(DockerCli.docker("volume", "ls")).contains(stack.volume());
    }
    for (String kind : List.of("container", "volume", "network")) {
      List<String> all = new ArrayList<>(List.of(kind, "ls"));
      if (kind.equals("container")) {
        all.add("--all");
      }
      assertThat(DockerCli.docker(all.toArray(String[]::new))).doesNotContain(project);
    }
  }

  @Test
  void stacksOfKilledJvmsAreSweptAway() {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      String left = "left-" + stack.project();
      String[] volume = {
        "volume",
        "create",
        "--label",
        StackLabels.TEST + "=" + left,
        "--label",
        StackLabels.HOST + "=" + StackLabels.host(),
        "--label",
        StackLabels.PID + "=" + Integer.MAX_VALUE,
        "--label",
        StackLabels.BORN + "=" + Instant.now().getEpochSecond(),
        left
      };
      DockerCli.docker(volume);
      String filter = "label=" + StackLabels.TEST + "=" + left;
      assertThat(Sweep.abandoned()).contains(filter);
      Sweep.abandoned().forEach(Sweep::remove);
      assertThat(DockerCli.docker("volume", "ls")).doesNotContain(left).contains(stack.volume());
      assertThat(stack.state(Stack.CHROMA)).isEqualTo("running");
    }
  }

  @Test
  void showsWhatWasLeft() {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      String name = "chromabackup-left-" + stack.project();
      assertThat(stack.inspectOurs()).isEmpty();
      stack.exec(Stack.CHROMA, "touch", "/tmp/left.tar.gz", "/data/.chromabackup");
      DockerCli.docker("volume", "create", name);
      try {
        assertThat(stack.inspectOurs())
            .anyMatch(line -> line.contains("/tmp/left.tar.gz"))
            .anyMatch(line -> line.contains("/data/.chromabackup"))
            .anyMatch(line -> line.contains(name));
        stack.stop(Stack.CHROMA);
        assertThat(stack.inspectOurs()).anyMatch(line -> line.contains(".chromabackup"));
      } finally {
        DockerCli.docker("volume", "rm", name);
      }
    }
  }

  @Test
  void theOldScriptsArchiveHoldsTheDataIfItIsThere() throws IOException {
    try (Stack stack =
        Stack.with().withoutRag().mountAt(Stack.OLD_DATA).persistAt(Stack.OLD_DATA).start()) {
      stack.worker().stop();
      Path archive = LegacyScript.backup(stack, directory);
      assertThat(entries(archive)).contains("chroma/", "chroma/chroma.sqlite3");
      assertThat(stack.inspectOurs()).isEqualTo(List.of());
    }
  }

  @Test
  void theOldScriptsArchiveHoldsNothingIfTheVolumeIsInTheWrongPlace() throws IOException {
    try (Stack stack = Stack.with().withoutRag().mountAt(Stack.OLD_DATA).start()) {
      stack.worker().stop();
      assertThat(entries(LegacyScript.backup(stack, directory))).containsExactly("chroma/");
      assertThat(stack.dataDirectory()).isEqualTo("/data");
      requireRight(stack);
    }
  }

  @Test
  void aCopyUnderAPauseIsTimed() throws IOException {
    try (Stack stack = Stack.with().withoutRag().start()) {
      Path file = directory.resolve("copy.tar");
      LegacyScript.Timing timing = LegacyScript.pauseCopy(stack, file);
      System.out.println("copy under a pause: " + timing);
      assertThat(Tars.names(file)).contains("data/chroma.sqlite3");
      assertThat(timing.total()).isGreaterThanOrEqualTo(timing.copy());
      stack.worker().awaitWrites(200);
    }
  }

  @Test
  void mayBeBoundOrUnmountedOrAnothersOrConfigured() {
    String config = "persist_path: \"/srv/vectors\"\nlisten_address: \"0.0.0.0\"\nport: 8000\n";
    for (Stack.Settings settings :
        List.of(
            Stack.with().bind(directory),
            Stack.with().noMount(),
            Stack.with().user("1234:1234"),
            Stack.with().configured(config, "/srv/vectors").mountAt("/srv"))) {
      try (Stack stack = settings.withoutRag().records(500).restart("no").start()) {
        stack.worker().stop();
        requireRight(stack);
        String owner =
            stack.exec(Stack.CHROMA, "stat", "-c", "%u", stack.dataDirectory() + "/chroma.sqlite3");
        System.out.println(stack.dataDirectory() + " of user " + owner);
      }
    }
    assertThat(directory.resolve("chroma.sqlite3")).isRegularFile();
  }

  private static List<Collection> collections(ChromaClient client) {
    return client.collections(ChromaClient.DEFAULT_TENANT, ChromaClient.DEFAULT_DATABASE);
  }

  private static void requireRight(Stack stack) {
    RecordCheck.Result result = stack.check();
    assertThat(result.wrong()).isEmpty();
    assertThat(result.collections()).isEqualTo(2);
    assertThat(result.records()).isGreaterThan(500);
  }

  private static List<String> persistedIndexes(Stack stack) {
    return stack
        .exec(Stack.CHROMA, "find", stack.dataDirectory(), "-name", "index_metadata.pickle")
        .lines()
        .toList();
  }

  private static List<String> entries(Path archive) throws IOException {
    List<String> names = new ArrayList<>();
    try (InputStream in = Files.newInputStream(archive);
        TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(in))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        names.add(entry.getName());
      }
    }
    return names;
  }
}
