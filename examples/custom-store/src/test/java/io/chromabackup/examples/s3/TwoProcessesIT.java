package io.chromabackup.examples.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ArchiveName;
import io.chromabackup.ChromaBackupException.ArchiveInUse;
import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.testkit.Effort;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.S3Client;

class TwoProcessesIT {
  private static final ArchiveName NAME =
      ArchiveName.parse("chromadb_backup_20261122_193900.tar.gz").orElseThrow();

  /** What a process leaves is as good as dead so much later. */
  private static final Duration TERM = Duration.ofSeconds(3);

  private static final int RACES = Effort.of(5, 200);

  private S3Server server;
  private S3Client client;
  private String bucket;
  private S3ArchiveStore store;

  /** One that waits for longer, so that a machine that is slow does not look like death. */
  private S3ArchiveStore patient;

  @BeforeEach
  void makeStore() throws Exception {
    server = S3Server.shared();
    client = server.client();
    bucket = server.newBucket();
    store = S3ArchiveStore.in(client, bucket, "", TERM);
    patient = S3ArchiveStore.in(client, bucket, "");
  }

  @AfterEach
  void closeClient() {
    client.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"upload", "check"})
  void aWriterThatIsKilledLeavesNothingThatIsListedAndWhatItLeavesIsSwept(String midst)
      throws Exception {
    try (OtherProcess writer = inTheMidstOf(midst)) {
      patient.lock("backup").close();
      assertThat(leftBehind()).as("a living writer's").isNotEmpty();
      writer.kill();
    }
    assertThat(store.list()).isEmpty();
    assertThat(leftBehind()).isNotEmpty();
    await(
        () -> {
          store.lock("backup").close();
          return leftBehind().isEmpty();
        });
    store.write(NAME, out -> out.write('x'), in -> {});
    assertThat(store.list()).hasSize(1);
  }

  /** Hidden objects and unfinished uploads. */
  private List<String> leftBehind() {
    List<String> left = new ArrayList<>();
    client
        .listObjectsV2(request -> request.bucket(bucket).prefix(Upload.PARTIAL))
        .contents()
        .forEach(object -> left.add(object.key()));
    client
        .listMultipartUploads(request -> request.bucket(bucket))
        .uploads()
        .forEach(upload -> left.add(upload.key()));
    return left;
  }

  @Test
  void theLockOfAProcessThatIsKilledEndsByItself() throws Exception {
    try (OtherProcess holder = inTheMidstOf("lock")) {
      assertThatThrownBy(() -> patient.lock("prune"))
          .isInstanceOf(Locked.class)
          .hasMessageContaining("backup by process ")
          .hasMessageContaining("a lock dies with its process, 60 s later");
      holder.kill();
    }
    await(
        () -> {
          try {
            store.lock("prune").close();
            return true;
          } catch (Locked e) {
            return false;
          }
        });
  }

  @Test
  void whatAProcessReadsIsNotDeletedUntilAfterItsDeath() throws Exception {
    store.write(NAME, out -> out.write(new byte[1000]), in -> {});
    try (OtherProcess reader = inTheMidstOf("read")) {
      TimeUnit.SECONDS.sleep(2 * TERM.toSeconds());
      assertThatThrownBy(() -> store.delete(NAME)).isInstanceOf(ArchiveInUse.class);
      reader.kill();
    }
    await(
        () -> {
          try {
            return store.delete(NAME);
          } catch (ArchiveInUse e) {
            return false;
          }
        });
    assertThat(store.list()).isEmpty();
  }

  @Test
  void ofTwoProcessesThatWriteTheSameNameExactlyOneSucceeds() throws Exception {
    try (OtherProcess one = inTheMidstOf("race");
        OtherProcess another = inTheMidstOf("race")) {
      ArchiveName name = NAME;
      for (int race = 0; race < RACES; race++) {
        one.tell("one " + race);
        another.tell("another " + race);
        List<String> outcomes = List.of(one.line(), another.line());
        assertThat(outcomes).containsExactlyInAnyOrder("stored", "exists");
        try (InputStream in = store.open(name)) {
          assertThat(new String(in.readAllBytes(), UTF_8))
              .isEqualTo((outcomes.get(0).equals("stored") ? "one " : "another ") + race);
        }
        name = name.next();
      }
    }
    assertThat(store.list()).hasSize(RACES);
    assertThat(leftBehind()).isEmpty();
  }

  private OtherProcess inTheMidstOf(String what) throws Exception {
    return OtherProcess.inTheMidstOf(what, server, bucket, TERM, NAME);
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("waited for too long").isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }
}
