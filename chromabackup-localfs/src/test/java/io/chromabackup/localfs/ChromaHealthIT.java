package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackupException.Unhealthy;
import io.chromabackup.CollectionSummary;
import io.chromabackup.ServiceController.Hold;
import io.chromabackup.files.FileTree;
import io.chromabackup.health.ChromaHealth;
import io.chromabackup.testkit.ChromaClient;
import io.chromabackup.testkit.RealChroma;
import io.chromabackup.testkit.RealChroma.Generation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(300)
class ChromaHealthIT {
  private static final int DIMENSION = 8;
  private static final int DOCUMENTS = 450;
  private static final int SYNC_THRESHOLD = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path data;

  @ParameterizedTest
  @EnumSource(Generation.class)
  void aServerThatServesItsDataIsHealthy(Generation generation) throws IOException {
    RealChroma.requireInstalled(generation);
    List<CollectionSummary> expected;
    try (RealChroma chroma = RealChroma.start(generation, data)) {
      expected = fill(chroma.client());
      ChromaHealth.at(chroma.url()).check(expected, PATIENCE);
    }
    try (RealChroma again = RealChroma.start(generation, data)) {
      ChromaHealth.at(again.url()).check(expected, PATIENCE);
      again.client().createCollection("intruder", "l2");
      assertThatThrownBy(() -> ChromaHealth.at(again.url()).check(expected, PATIENCE))
          .isInstanceOf(Unhealthy.class)
          .hasMessageContaining("nobody expects: intruder");
    }
  }

  @ParameterizedTest
  @EnumSource(Generation.class)
  void aServerWhoseVectorsAreGoneIsUnhealthyThoughItsCountsAreRight(Generation generation)
      throws IOException {
    RealChroma.requireInstalled(generation);
    List<CollectionSummary> expected;
    try (RealChroma chroma = RealChroma.start(generation, data)) {
      expected = fill(chroma.client());
    }
    for (Path child : FileTree.children(data)) {
      if (Files.isDirectory(child)) {
        FileTree.delete(child);
      }
    }
    try (RealChroma again = RealChroma.start(generation, data)) {
      assertThatThrownBy(() -> ChromaHealth.at(again.url()).check(expected, PATIENCE))
          .isInstanceOf(Unhealthy.class)
          .hasMessageContaining("collection default_tenant/default_database/papers")
          .hasMessageContaining("embeddings of 100 documents")
          .hasMessageContaining("Error");
    }
  }

  @ParameterizedTest
  @EnumSource(Generation.class)
  void aServerThatIsPausedIsWaitedFor(Generation generation) throws Exception {
    RealChroma.requireInstalled(generation);
    try (RealChroma chroma = RealChroma.start(generation, data)) {
      List<CollectionSummary> expected = fill(chroma.client());
      CompletableFuture<Void> check;
      try (Hold hold = LocalService.process(chroma.pid()).pause()) {
        check =
            CompletableFuture.runAsync(
                () -> {
                  try {
                    ChromaHealth.at(chroma.url()).check(expected, PATIENCE);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
        assertThatThrownBy(() -> check.get(500, TimeUnit.MILLISECONDS))
            .isInstanceOf(TimeoutException.class);
      }
      check.get();
    }
  }

  private static List<CollectionSummary> fill(ChromaClient client) {
    client.createTenant("acme");
    client.createDatabase("acme", "legal");
    return List.of(
        filled(
            client,
            ChromaClient.DEFAULT_TENANT,
            ChromaClient.DEFAULT_DATABASE,
            "papers",
            DOCUMENTS),
        filled(client, ChromaClient.DEFAULT_TENANT, ChromaClient.DEFAULT_DATABASE, "empty", 0),
        filled(client, "acme", "legal", "contracts", 3));
  }

  private static CollectionSummary filled(
      ChromaClient client, String tenant, String database, String name, int documents) {
    Map<String, Object> hnsw = Map.of("sync_threshold", SYNC_THRESHOLD, "batch_size", 50);
    ChromaClient.Collection collection =
        client.createCollection(tenant, database, name, "l2", hnsw);
    List<ChromaClient.Entry> entries = new ArrayList<>();
    for (int i = 0; i < documents; i++) {
      float[] vector = new float[DIMENSION];
      vector[i % DIMENSION] = i + 1;
      entries.add(new ChromaClient.Entry("id-" + i, vector, "document " + i, Map.of("n", i)));
    }
    if (!entries.isEmpty()) {
      client.add(collection, entries);
    }
    return new CollectionSummary(
        tenant,
        database,
        name,
        collection.id(),
        documents == 0 ? OptionalInt.empty() : OptionalInt.of(DIMENSION),
        "l2",
        documents,
        0);
  }
}
