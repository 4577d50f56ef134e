package io.chromabackup.examples.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.ChromaBackupException.StoreUnusable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.s3.S3Client;

@Timeout(300)
class UnreliableServerIT {
  private static final ArchiveName NAME =
      ArchiveName.parse("chromadb_backup_20261122_193900.tar.gz").orElseThrow();
  private static final long ALL = Long.MAX_VALUE;
  private static final long UNASKED = -1;
  private static final Duration TERM = Duration.ofSeconds(2);
  private static final Pattern CONDITIONAL =
      Pattern.compile("(?is)^\\w+ /[^/]+/([^ ?]+).*\nIf-None-Match:.*");

  private final AtomicInteger troubles = new AtomicInteger();
  private S3Server server;
  private S3Client direct;
  private String bucket;

  @BeforeEach
  void makeBucket() throws Exception {
    server = S3Server.shared();
    direct = server.client();
    bucket = server.newBucket();
  }

  @AfterEach
  void closeClient() {
    direct.close();
  }

  @FunctionalInterface
  private interface Use {
    void of(S3ArchiveStore store) throws IOException;
  }

  private void through(Relay.Trouble trouble, Use use) throws IOException {
    try (Relay relay = new Relay(server.endpoint(), trouble);
        S3Client client = S3Server.client(relay.endpoint(), S3Server.SECRET)) {
      use.of(S3ArchiveStore.in(client, bucket, ""));
    }
  }

  /** What is there is deleted just in time, so that it is as if the condition were ignored. */
  @Test
  void aServerThatIgnoresConditionsIsRefused() throws IOException {
    through(
        head -> {
          Matcher conditional = CONDITIONAL.matcher(head);
          if (conditional.matches()) {
            direct.deleteObject(request -> request.bucket(bucket).key(conditional.group(1)));
          }
          return ALL;
        },
        store -> {
          assertThatThrownBy(() -> store.lock("backup"))
              .isInstanceOf(StoreUnusable.class)
              .hasMessageContaining("If-None-Match");
          assertThatThrownBy(() -> store.write(NAME, out -> out.write('x'), in -> {}))
              .isInstanceOf(StoreUnusable.class);
          assertThat(store.list()).isEmpty();
        });
  }

  @Test
  void anArchiveWhosePublicationWasDoneAndNotAnsweredIsStored() throws IOException {
    through(
        head -> losesAnswer(head, "POST /" + bucket + "/" + NAME + "?uploadId"),
        store -> {
          ArchiveInfo stored = store.write(NAME, out -> out.write(new byte[3]), in -> {});
          assertThat(stored).isEqualTo(new ArchiveInfo(NAME, 3));
          assertThat(store.list()).containsExactly(stored);
        });
    assertThat(troubles).hasPositiveValue();
  }

  @Test
  void anUploadWhoseCompletionWasDoneAndNotAnsweredIsStored() throws IOException {
    String partial = "POST /" + bucket + "/.chromabackup/partial/";
    through(
        head -> {
          if (!head.startsWith(partial) || !head.contains("?uploadId")) {
            return ALL;
          }
          return troubles.getAndIncrement() == 0 ? 0 : UNASKED;
        },
        store -> {
          ArchiveInfo stored = store.write(NAME, out -> out.write(new byte[3]), in -> {});
          assertThat(store.list()).containsExactly(stored);
        });
    assertThat(troubles).hasPositiveValue();
    assertThat(uploads()).isZero();
  }

  @Test
  void anEmptyArchiveWhosePublicationWasDoneAndNotAnsweredIsStored() throws IOException {
    through(
        head -> losesAnswer(head, "PUT /" + bucket + "/" + NAME + " "),
        store -> {
          store.write(NAME, out -> {}, in -> {});
          assertThat(store.list()).containsExactly(new ArchiveInfo(NAME, 0));
        });
    assertThat(troubles).hasPositiveValue();
  }

  @Test
  void aLockThatWasTakenAndNotAnsweredIsTaken() throws IOException {
    through(
        head -> losesAnswer(head, "PUT /" + bucket + "/.chromabackup/lock/"),
        store -> {
          try (ArchiveStore.Lock lock = store.lock("backup")) {
            assertThatThrownBy(() -> S3ArchiveStore.in(direct, bucket, "").lock("prune"))
                .hasMessageContaining("backup by process");
          }
        });
    assertThat(troubles).hasPositiveValue();
  }

  /** The first of such requests is done, and nobody hears of it. */
  private long losesAnswer(String head, String beginning) {
    return head.startsWith(beginning) && troubles.getAndIncrement() == 0 ? 0 : ALL;
  }

  @Test
  void anArchiveOfWhichNotAllComesIsAnErrorAndNotTheEnd() throws IOException {
    S3ArchiveStore.in(direct, bucket, "").write(NAME, out -> out.write(new byte[99_999]), in -> {});
    through(
        head -> head.startsWith("GET /" + bucket + "/" + NAME + " ") ? 50_000 : ALL,
        store -> {
          try (InputStream in = store.open(NAME)) {
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
          }
        });
  }

  @Test
  void anUploadWhoseServerIsGoneFailsAndIsNotListed() throws IOException {
    through(
        head -> head.contains("partNumber=2") ? UNASKED : ALL,
        store ->
            assertThatThrownBy(
                    () -> store.write(NAME, out -> out.write(new byte[17 << 20]), in -> {}))
                .isInstanceOf(IOException.class));
    S3ArchiveStore store = S3ArchiveStore.in(direct, bucket, "");
    assertThat(store.list()).isEmpty();
    assertThat(direct.listMultipartUploads(request -> request.bucket(bucket)).uploads()).isEmpty();
  }

  /** Renewals are refused, as long as the network is lost for them alone. */
  @Test
  void whoCouldNotRenewItsLockNeitherPublishesNorDeletes() throws Exception {
    S3ArchiveStore.in(direct, bucket, "").write(NAME, out -> out.write('x'), in -> {});
    AtomicBoolean isLost = new AtomicBoolean();
    try (Relay relay =
            new Relay(server.endpoint(), head -> isLost.get() && isOfLock(head) ? UNASKED : ALL);
        S3Client client = S3Server.client(relay.endpoint(), S3Server.SECRET)) {
      S3ArchiveStore store = S3ArchiveStore.in(client, bucket, "", TERM);
      try (ArchiveStore.Lock lock = store.lock("backup")) {
        assertLost(
            () ->
                store.write(
                    NAME.next(),
                    out -> {
                      out.write('y');
                      isLost.set(true);
                      awaitLoss(store);
                    },
                    in -> {}));
        isLost.set(false);
        assertLost(() -> store.delete(NAME));
        assertLost(() -> store.write(NAME.next(), out -> out.write('z'), in -> {}));
        assertLost(() -> store.lock("prune"));
      }
      assertThat(store.list()).containsExactly(new ArchiveInfo(NAME, 1));
      awaitLock(store).close();
      assertThat(store.delete(NAME)).isTrue();
    }
  }

  private boolean isOfLock(String head) {
    return head.startsWith("PUT /" + bucket + "/.chromabackup/lock/");
  }

  private static void assertLost(ThrowingCallable use) {
    assertThatThrownBy(use)
        .isInstanceOf(StoreUnusable.class)
        .hasMessageContaining("may be another's by now");
  }

  private static void awaitLoss(S3ArchiveStore store) throws IOException {
    try {
      while (true) {
        assertThat(store.delete(NAME.next())).isFalse();
        TimeUnit.MILLISECONDS.sleep(100);
      }
    } catch (StoreUnusable e) {
      // it is known to be lost
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aLockWhoseRenewalIsNotAnsweredIsGivenUpWithoutWaitingForThat() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch ends = new CountDownLatch(1);
    try (Relay relay =
            new Relay(
                server.endpoint(),
                head -> {
                  if (isOfLock(head) && troubles.getAndIncrement() == 1) {
                    hangs.countDown();
                    return awaited(ends);
                  }
                  return ALL;
                });
        S3Client client = S3Server.client(relay.endpoint(), S3Server.SECRET)) {
      ArchiveStore.Lock lock = S3ArchiveStore.in(client, bucket, "", TERM).lock("backup");
      hangs.await();
      lock.close();
      assertThat(troubles).as("the lock was taken, and a renewal is not answered").hasValue(2);

      ends.countDown();
      while (troubles.get() < 3) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
      awaitLock(S3ArchiveStore.in(direct, bucket, "")).close();
    }
  }

  private static long awaited(CountDownLatch latch) {
    try {
      latch.await();
      return ALL;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static ArchiveStore.Lock awaitLock(S3ArchiveStore store) throws Exception {
    while (true) {
      try {
        return store.lock("test");
      } catch (Locked e) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
  }

  /** What began by our clock a moment ago began days ago by the server's, which counts. */
  @Test
  void whetherAnUploadIsAbandonedIsTheServersClockToSay() throws IOException {
    direct.createMultipartUpload(request -> request.bucket(bucket).key(NAME.toString()));
    S3ArchiveStore.in(direct, bucket, "").lock("backup").close();
    assertThat(uploads()).isOne();

    try (Relay relay = new Relay(server.endpoint(), head -> ALL, Duration.ofDays(2));
        S3Client client = S3Server.client(relay.endpoint(), S3Server.SECRET)) {
      S3ArchiveStore.in(client, bucket, "").lock("backup").close();
    }
    assertThat(uploads()).isZero();
  }

  private int uploads() {
    return direct.listMultipartUploads(request -> request.bucket(bucket)).uploads().size();
  }
}
