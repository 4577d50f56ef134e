package io.chromabackup.examples.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackupException.ArchiveExists;
import io.chromabackup.ChromaBackupException.ArchiveInUse;
import io.chromabackup.ChromaBackupException.ArchiveNotFound;
import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.ChromaBackupException.StoreUnusable;
import io.chromabackup.ContentCheck;
import io.chromabackup.ContentWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

class S3ArchiveStoreIT {
  private static final ArchiveName NAME = name("chromadb_backup_20261122_193900.tar.gz");
  private static final ArchiveName LATER = name("chromadb_backup_20261122_193901.tar.gz");
  private static final ContentCheck UNCHECKED = in -> {};
  private static final int PART = 16 << 20;

  private S3Server server;
  private S3Client client;
  private String bucket;
  private S3ArchiveStore store;

  @BeforeEach
  void makeStore() throws Exception {
    server = S3Server.shared();
    client = server.client();
    bucket = server.newBucket();
    store = S3ArchiveStore.in(client, bucket, "backups/chroma");
  }

  @AfterEach
  void closeClient() {
    client.close();
  }

  private static ArchiveName name(String text) {
    return ArchiveName.parse(text).orElseThrow();
  }

  private static ContentWriter text(String text) {
    return out -> out.write(text.getBytes(UTF_8));
  }

  private ArchiveInfo store(ArchiveName name, String text) throws IOException {
    return store.write(name, text(text), UNCHECKED);
  }

  private String read(ArchiveName name) throws IOException {
    try (InputStream in = store.open(name)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  /** Another client's store in the same place, where the dead are known to be dead sooner. */
  private S3ArchiveStore other(Duration term) {
    return S3ArchiveStore.in(client, bucket, "backups/chroma/", term);
  }

  private S3ArchiveStore other() {
    return S3ArchiveStore.in(client, bucket, "backups/chroma");
  }

  /** The keys of all objects, and of what has been uploaded in part; but for probe and turns. */
  private List<String> remains() {
    List<String> remains = new ArrayList<>();
    client
        .listObjectsV2Paginator(request -> request.bucket(bucket))
        .contents()
        .forEach(object -> remains.add(object.key()));
    client
        .listMultipartUploads(request -> request.bucket(bucket))
        .uploads()
        .forEach(upload -> remains.add("part of " + upload.key()));
    remains.removeIf(key -> key.matches(".*/[.]chromabackup/(probe|lock/.*|deleting/.*)"));
    return remains;
  }

  private static String key(ArchiveName name) {
    return "backups/chroma/" + name;
  }

  private void putByHand(String key, String text) {
    client.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromString(text));
  }

  @Test
  void itIsNamedAfterItsBucketAndPrefix() {
    assertThat(store.describe()).isEqualTo("s3://" + bucket + "/backups/chroma/");
    assertThat(S3ArchiveStore.in(client, bucket, "").describe()).isEqualTo("s3://" + bucket + "/");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 300_001, PART, PART + 1, 2 * PART + 5})
  void anArchiveOfAnyLengthIsReadAsItWasWritten(int length) throws IOException {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    ArchiveInfo info =
        store.write(
            NAME,
            out -> {
              out.write(bytes, 0, length / 3);
              out.write(bytes, length / 3, length - length / 3);
            },
            in -> assertThat(in.readAllBytes()).isEqualTo(bytes));
    assertThat(info).isEqualTo(new ArchiveInfo(NAME, length));
    assertThat(store.list()).containsExactly(info);
    try (InputStream in = store.open(NAME)) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
    assertThat(remains()).containsExactly(key(NAME));
  }

  @Test
  void aStoreAtTheTopOfABucketIsOne() throws IOException {
    store = S3ArchiveStore.in(client, bucket, "");
    store(NAME, "x");
    assertThat(read(NAME)).isEqualTo("x");
    assertThat(store.list()).containsExactly(new ArchiveInfo(NAME, 1));
    assertThat(store.delete(NAME)).isTrue();
    assertThat(store.list()).isEmpty();
  }

  @Test
  void theCheckReadsWhatWasWrittenBeforeTheArchiveIsVisible() throws IOException {
    AtomicReference<String> read = new AtomicReference<>();
    store.write(
        NAME,
        text("content"),
        in -> {
          read.set(new String(in.readAllBytes(), UTF_8));
          assertThat(store.list()).isEmpty();
          assertThatThrownBy(() -> store.open(NAME)).isInstanceOf(ArchiveNotFound.class);
        });
    assertThat(read).hasValue("content");
    assertThat(store.list()).hasSize(1);
  }

  @Test
  void whatTheContentThrowsIsPassedOnUnchangedAndNothingRemains() throws IOException {
    for (Throwable failure :
        new Throwable[] {
          new IOException("source"),
          new AccessDeniedException("the source's"),
          new IllegalStateException("bug"),
          new OutOfMemoryError("test")
        }) {
      assertThatThrownBy(() -> store.write(NAME, failing(failure), UNCHECKED)).isSameAs(failure);
      assertThat(failure.getSuppressed()).isEmpty();
      assertThat(remains()).isEmpty();
    }
  }

  /** In the second part, so that there is a first one to give up. */
  private static ContentWriter failing(Throwable failure) {
    return out -> {
      out.write(new byte[PART + 1]);
      raise(failure);
    };
  }

  private static void raise(Throwable failure) throws IOException {
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    throw (Error) failure;
  }

  @Test
  void whatTheCheckThrowsIsPassedOnUnchangedAndNothingRemains() throws IOException {
    for (Throwable failure :
        new Throwable[] {new IOException("not what was meant"), new AssertionError("test")}) {
      assertThatThrownBy(() -> store.write(NAME, text("x"), in -> raise(failure)))
          .isSameAs(failure);
      assertThat(failure.getSuppressed()).isEmpty();
      assertThat(remains()).isEmpty();
    }
  }

  @Test
  void anArchiveThatExistsIsNotReplacedAndNotEvenWritten() throws IOException {
    store(NAME, "first");
    assertThatThrownBy(() -> store.write(NAME, failing(new AssertionError("written")), UNCHECKED))
        .isInstanceOf(ArchiveExists.class)
        .hasMessageContaining(NAME.toString());
    assertThat(read(NAME)).isEqualTo("first");
  }

  @ParameterizedTest
  @ValueSource(strings = {"second", ""})
  void anArchiveThatAnotherStoredMeanwhileIsNotReplaced(String second) {
    assertThatThrownBy(
            () ->
                store.write(
                    NAME, text(second), in -> other().write(NAME, text("first"), UNCHECKED)))
        .isInstanceOf(ArchiveExists.class);
    assertThat(remains()).containsExactly(key(NAME));
  }

  @Test
  void ofManyThatWriteTheSameNameExactlyOneSucceeds() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<String> stored = new ArrayList<>();
    try {
      List<Callable<String>> writers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String text = "writer " + i;
        writers.add(() -> isStored(text) ? text : "");
      }
      for (Future<String> writer : threads.invokeAll(writers)) {
        if (!writer.get().isEmpty()) {
          stored.add(writer.get());
        }
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(stored).containsExactly(read(NAME));
    assertThat(remains()).containsExactly(key(NAME));
  }

  private boolean isStored(String text) throws IOException {
    try {
      other().write(NAME, text(text), UNCHECKED);
      return true;
    } catch (ArchiveExists e) {
      return false;
    }
  }

  @Test
  void contentThatClosesItsStreamIsStoredAllTheSame() throws IOException {
    store.write(
        NAME,
        out -> {
          try (OutputStream closing = out) {
            closing.write("content".getBytes(UTF_8));
          }
        },
        UNCHECKED);
    assertThat(read(NAME)).isEqualTo("content");
  }

  @Test
  void aStreamThatIsWrittenToLaterDoesNotChangeTheArchive() throws IOException {
    AtomicReference<OutputStream> leaked = new AtomicReference<>();
    store.write(
        NAME,
        out -> {
          out.write('x');
          leaked.set(out);
        },
        UNCHECKED);
    assertThatThrownBy(() -> leaked.get().write('y')).isInstanceOf(IOException.class);
    assertThat(read(NAME)).isEqualTo("x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"flag", "closed", "interrupted", "in the check"})
  void anInterruptInAnyGuiseEndsTheWriteWithTheFlagSetAndNothingRemains(String guise) {
    ContentWriter content =
        out -> {
          out.write(new byte[PART + 1]);
          switch (guise) {
            case "flag":
              Thread.currentThread().interrupt();
              break;
            case "closed":
              throw new ClosedByInterruptException();
            case "interrupted":
              throw new InterruptedIOException();
            default:
              break;
          }
        };
    ContentCheck check = in -> Thread.currentThread().interrupt();
    boolean flag;
    try {
      assertThatThrownBy(() -> store.write(NAME, content, check))
          .isInstanceOf(InterruptedIOException.class);
    } finally {
      flag = Thread.interrupted();
    }
    assertThat(flag).isTrue();
    assertThat(remains()).isEmpty();
  }

  @Test
  void anInterruptedThreadDoesNothing() throws IOException {
    store(NAME, "x");
    for (Callable<?> call :
        List.<Callable<?>>of(
            () -> store.lock("backup"),
            () -> store.open(NAME),
            () -> store.delete(NAME),
            () -> store.list())) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(call::call).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
    store.lock("backup").close();
    assertThat(remains()).containsExactly(key(NAME));
  }

  @Test
  void aStoreThatDoesNotExistIsEmptyAndIsNotMadeByLooking() throws IOException {
    assertThat(store.list()).isEmpty();
    assertThat(store.delete(NAME)).isFalse();
    assertThatThrownBy(() -> store.open(NAME))
        .isInstanceOf(ArchiveNotFound.class)
        .hasMessageContaining(NAME.toString());
    assertThat(store.usableSpace()).isEmpty();
    assertThat(store.workspace()).isEmpty();
    assertThat(remains()).isEmpty();
  }

  @Test
  void aBucketThatDoesNotExistIsNoStore() {
    S3ArchiveStore nowhere = S3ArchiveStore.in(client, "b-" + bucket.hashCode(), "");
    for (Callable<?> call :
        List.<Callable<?>>of(
            nowhere::list,
            () -> nowhere.lock("backup"),
            () -> nowhere.write(NAME, text("x"), UNCHECKED))) {
      assertThatThrownBy(call::call)
          .isInstanceOf(StoreUnusable.class)
          .hasMessageContaining("there is no such bucket");
    }
  }

  @Test
  void whoeverIsDeniedAccessIsToldAndNoSecretIs() {
    try (S3Client stranger = S3Server.client(server.endpoint(), "wrong-" + S3Server.SECRET)) {
      S3ArchiveStore denied = S3ArchiveStore.in(stranger, bucket, "");
      for (Callable<?> call :
          List.<Callable<?>>of(
              denied::list,
              () -> denied.open(NAME),
              () -> denied.lock("backup"),
              () -> denied.write(NAME, text("x"), UNCHECKED))) {
        assertThatThrownBy(call::call)
            .isInstanceOf(StoreUnusable.class)
            .hasMessageContaining("access is denied")
            .hasMessageNotContaining(S3Server.SECRET);
      }
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsAnErrorAndNotAnEmptyStore() {
    try (S3Client lost = S3Server.client(URI.create("http://127.0.0.1:9"), "x")) {
      assertThatThrownBy(() -> S3ArchiveStore.in(lost, bucket, "").list())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("could not be asked");
    }
  }

  @Test
  void onlyWhatIsNamedLikeAnArchiveIsListedOldestFirst() throws IOException {
    store(LATER, "later");
    store(NAME, "x");
    putByHand("backups/chroma/chromadb_backup_20261122_193900.tar.gz.part", "x");
    putByHand("backups/chroma/chromadb_backup_20261322_193900.tar.gz", "x");
    putByHand("backups/chroma/old/chromadb_backup_20261122_193902.tar.gz", "x");
    putByHand("backups/chromadb_backup_20261122_193903.tar.gz", "x");
    assertThat(store.list()).containsExactly(new ArchiveInfo(NAME, 1), new ArchiveInfo(LATER, 5));
  }

  @Test
  void moreThanAPageOfArchivesIsListed() throws IOException {
    Path directory = Files.createDirectories(server.directory(bucket).resolve("backups/chroma"));
    List<ArchiveName> names = new ArrayList<>();
    ArchiveName name = NAME;
    for (int i = 0; i < 1_010; i++) {
      Files.createFile(directory.resolve(name.toString()));
      names.add(name);
      name = name.next();
    }
    assertThat(store.list()).extracting(ArchiveInfo::name).isEqualTo(names);
  }

  @Test
  void archivesThatWereBroughtByHandAreListedAndRead() throws IOException {
    putByHand(key(NAME), "by hand");
    assertThat(store.list()).containsExactly(new ArchiveInfo(NAME, 7));
    assertThat(read(NAME)).isEqualTo("by hand");
    assertThat(store.delete(NAME)).isTrue();
  }

  @Test
  void anArchiveThatIsReadIsNotDeletedUntilTheLastReaderHasClosedIt() throws IOException {
    store(NAME, "x");
    InputStream one = store.open(NAME);
    InputStream another = other().open(NAME);
    assertThatThrownBy(() -> store.delete(NAME)).isInstanceOf(ArchiveInUse.class);
    one.close();
    one.close();
    assertThatThrownBy(() -> store.delete(NAME)).isInstanceOf(ArchiveInUse.class);
    assertThat(another.read()).isEqualTo('x');
    another.close();
    assertThat(store.delete(NAME)).isTrue();
    assertThat(store.list()).isEmpty();
    assertThat(remains()).isEmpty();
  }

  @Test
  void aReaderThatGivesUpEarlyLetsGoOfTheArchive() throws IOException {
    store.write(NAME, out -> out.write(new byte[PART]), UNCHECKED);
    try (InputStream in = store.open(NAME)) {
      assertThat(in.read()).isZero();
    }
    assertThat(store.delete(NAME)).isTrue();
  }

  @Test
  void deletingWhatIsNotThereSaysSo() throws IOException {
    store(NAME, "x");
    assertThat(store.delete(LATER)).isFalse();
    assertThat(store.delete(NAME)).isTrue();
    assertThat(store.delete(NAME)).isFalse();
  }

  @Test
  void ofManyThatDeleteAnArchiveOneDoes() throws Exception {
    store(NAME, "x");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    int deleted = 0;
    try {
      Callable<Boolean> deletion = () -> other().delete(NAME);
      for (Future<Boolean> one :
          threads.invokeAll(List.of(deletion, deletion, deletion, deletion))) {
        deleted += one.get() ? 1 : 0;
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(deleted).isEqualTo(1);
  }

  @Test
  void aNameThatWasDeletedCanBeStoredAgain() throws IOException {
    store(NAME, "first");
    read(NAME);
    store.delete(NAME);
    store(NAME, "second");
    assertThat(read(NAME)).isEqualTo("second");
  }

  @Test
  void onlyOneHasTheLockAndOthersAreToldWho() throws IOException {
    ArchiveStore.Lock lock = store.lock("backup");
    assertThatThrownBy(() -> other().lock("prune"))
        .isInstanceOf(Locked.class)
        .hasMessageContaining("backup by process " + ProcessHandle.current().pid() + " on ")
        .hasMessageMatching("(?s).* since \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ.*");
    lock.close();
    try (ArchiveStore.Lock second = other().lock("prune")) {
      lock.close();
      assertThatThrownBy(() -> store.lock("backup")).isInstanceOf(Locked.class);
    }
  }

  @Test
  void ofManyThatWantTheLockOneAtATimeHasIt() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    AtomicReference<String> holder = new AtomicReference<>();
    int taken = 0;
    try {
      List<Callable<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(() -> timesLocked(other(), holder));
      }
      for (Future<Integer> one : threads.invokeAll(all)) {
        taken += one.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(taken).isPositive();
  }

  private static int timesLocked(S3ArchiveStore store, AtomicReference<String> holder)
      throws IOException {
    int times = 0;
    for (int i = 0; i < 10; i++) {
      try (ArchiveStore.Lock lock = store.lock("test")) {
        String mine = Thread.currentThread().getName();
        assertThat(holder.compareAndSet(null, mine)).isTrue();
        assertThat(holder.compareAndSet(mine, null)).isTrue();
        times++;
      } catch (Locked e) {
        // another was faster
      }
    }
    return times;
  }

  @Test
  void whoeverHoldsTheLockForLongerThanItsTermKeepsIt() throws Exception {
    Duration term = Duration.ofSeconds(3);
    try (ArchiveStore.Lock lock = other(term).lock("backup")) {
      TimeUnit.SECONDS.sleep(7);
      assertThatThrownBy(() -> other(term).lock("prune")).isInstanceOf(Locked.class);
    }
    other(term).lock("prune").close();
  }

  @Test
  void whoTakesTheLockLeavesLivingWritersAlone() throws IOException {
    store.write(
        NAME,
        out -> {
          out.write(new byte[PART + 1]);
          other().lock("prune").close();
        },
        in -> other().lock("prune").close());
    assertThat(store.list()).containsExactly(new ArchiveInfo(NAME, PART + 1));
  }

  @Test
  void whatOthersUploadIsLeftAlone() throws IOException {
    client.createMultipartUpload(request -> request.bucket(bucket).key(key(NAME)));
    client.createMultipartUpload(request -> request.bucket(bucket).key("backups/chroma/video"));
    store.lock("backup").close();
    assertThat(remains())
        .containsExactlyInAnyOrder("part of " + key(NAME), "part of backups/chroma/video");
  }
}
