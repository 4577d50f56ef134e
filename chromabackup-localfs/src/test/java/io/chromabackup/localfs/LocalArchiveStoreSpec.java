package io.chromabackup.localfs;

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
import io.chromabackup.files.FileTree;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an archive store does, on whatever file system {@link #root()} is. */
abstract class LocalArchiveStoreSpec {
  static final ArchiveName NAME = name("chromadb_backup_20261122_193900.tar.gz");
  static final ArchiveName LATER = name("chromadb_backup_20261122_193901.tar.gz");
  static final ContentCheck UNCHECKED = in -> {};

  Path directory;
  Path ours;
  LocalArchiveStore store;

  /** An empty directory. */
  abstract Path root() throws IOException;

  @BeforeEach
  void makeStore() throws IOException {
    directory = root().resolve("backups");
    ours = directory.resolve(".chromabackup");
    store = LocalArchiveStore.in(directory);
  }

  static ArchiveName name(String text) {
    return ArchiveName.parse(text).orElseThrow();
  }

  static ContentWriter text(String text) {
    return out -> out.write(text.getBytes(UTF_8));
  }

  ArchiveInfo store(ArchiveName name, String text) throws IOException {
    return store.write(name, text(text), UNCHECKED);
  }

  String read(ArchiveName name) throws IOException {
    try (InputStream in = store.open(name)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  /** What is in the store's directories, but for the lock files and directories themselves. */
  List<String> remains() throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    List<String> remains = new ArrayList<>(Trees.readAll(directory).keySet());
    remains.removeAll(
        List.of(
            ".chromabackup",
            ".chromabackup/lock",
            ".chromabackup/publishing",
            ".chromabackup/reading"));
    return remains;
  }

  @Test
  void itIsNamedAfterItsDirectory() {
    assertThat(store.describe()).isEqualTo(directory.toString());
  }

  @Test
  void anArchiveIsReadAsItWasWritten() throws IOException {
    byte[] bytes = new byte[300_001];
    new Random(1).nextBytes(bytes);
    ArchiveInfo info = store.write(NAME, out -> out.write(bytes), UNCHECKED);
    assertThat(info).isEqualTo(new ArchiveInfo(NAME, bytes.length));
    assertThat(store.list()).containsExactly(info);
    try (InputStream in = store.open(NAME)) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
    assertThat(remains()).containsOnly(NAME.toString(), ".chromabackup/reading/" + NAME);
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
          new IOException("No space left on device"),
          new java.nio.file.AccessDeniedException("the source's"),
          new IllegalStateException("bug"),
          new OutOfMemoryError("test")
        }) {
      assertThatThrownBy(() -> store.write(NAME, failing(failure), UNCHECKED)).isSameAs(failure);
      assertThat(failure.getSuppressed()).isEmpty();
      assertThat(remains()).isEmpty();
    }
  }

  private static ContentWriter failing(Throwable failure) {
    return out -> {
      out.write(new byte[100_000]);
      raise(failure);
    };
  }

  static void raise(Throwable failure) throws IOException {
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

  @Test
  void anArchiveThatAnotherStoredMeanwhileIsNotReplaced() throws IOException {
    assertThatThrownBy(
            () -> store.write(NAME, text("second"), in -> new Other().store(NAME, "first")))
        .isInstanceOf(ArchiveExists.class);
    assertThat(read(NAME)).isEqualTo("first");
    assertThat(remains()).noneMatch(name -> name.contains("partial"));
  }

  /** The same store as another process would see it. */
  private final class Other {
    void store(ArchiveName name, String text) throws IOException {
      LocalArchiveStore.in(directory).write(name, text(text), UNCHECKED);
    }
  }

  @Test
  void aDataDirectoryIsNoStore() throws IOException {
    Files.createDirectories(directory);
    Files.createFile(directory.resolve("chroma.sqlite3"));

    assertThatThrownBy(() -> store(NAME, "x"))
        .isInstanceOf(StoreUnusable.class)
        .hasMessageContaining("it is a data directory of Chroma");
    assertThatThrownBy(() -> store.lock("backup")).isInstanceOf(StoreUnusable.class);

    assertThat(directory.resolve(".chromabackup")).doesNotExist();
  }

  @Test
  void aStoreInsideADataDirectoryIsWarnedOf() throws IOException {
    Files.createDirectories(directory);
    Path database = Files.createFile(directory.resolveSibling("chroma.sqlite3"));
    try (CapturedLog log = new CapturedLog()) {
      store.lock("backup").close();
      assertThat(log.text())
          .contains(
              "store " + directory + " is inside the data directory " + directory.getParent());
    } finally {
      Files.delete(database);
    }
  }

  @Test
  void whateverHasTheNameIsLeftAlone() throws IOException {
    Files.createDirectories(directory.resolve(NAME.toString()));
    assertThatThrownBy(() -> store(NAME, "x")).isInstanceOf(ArchiveExists.class);
    Files.createSymbolicLink(directory.resolve(LATER.toString()), directory.resolve("nowhere"));
    assertThatThrownBy(() -> store(LATER, "x")).isInstanceOf(ArchiveExists.class);
    assertThat(store.list()).isEmpty();
    assertThat(directory.resolve(LATER.toString())).isSymbolicLink();
  }

  @Test
  void ofManyThatWriteTheSameNameExactlyOneSucceeds() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Boolean>> writers = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        String text = "writer " + i;
        writers.add(() -> isStored(text));
      }
      int stored = 0;
      for (Future<Boolean> writer : threads.invokeAll(writers)) {
        stored += writer.get() ? 1 : 0;
      }
      assertThat(stored).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
    assertThat(remains()).containsExactly(NAME.toString());
  }

  private boolean isStored(String text) throws IOException {
    try {
      LocalArchiveStore.in(directory).write(NAME, text(text), UNCHECKED);
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
    leaked.get().write('y');
    assertThatThrownBy(() -> leaked.get().flush()).isInstanceOf(IOException.class);
    assertThat(read(NAME)).isEqualTo("x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"flag", "closed", "interrupted", "in the check"})
  void anInterruptInAnyGuiseEndsTheWriteWithTheFlagSetAndNothingRemains(String guise)
      throws IOException {
    ContentWriter content =
        out -> {
          out.write(new byte[100_000]);
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
  void archivesAndOurDirectoryArePrivate() throws IOException {
    store.write(
        NAME,
        text("x"),
        in -> {
          for (Path child : FileTree.children(ours)) {
            if (child.getFileName().toString().matches("partial-[^.]*")) {
              assertThat(mode(child)).isEqualTo("rw-------");
            }
          }
        });
    assertThat(mode(directory.resolve(NAME.toString()))).isEqualTo("rw-------");
    assertThat(mode(ours)).isEqualTo("rwx------");
    Files.delete(ours);
    store.open(NAME).close();
    assertThat(mode(ours)).isEqualTo("rwx------");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void aStoreThatDoesNotExistIsEmptyAndIsNotMadeByLooking() throws IOException {
    assertThat(store.list()).isEmpty();
    assertThat(store.delete(NAME)).isFalse();
    assertThatThrownBy(() -> store.open(NAME)).isInstanceOf(ArchiveNotFound.class);
    assertThat(store.usableSpace().orElseThrow()).isPositive();
    assertThat(store.workspace()).contains(ours.resolve("work"));
    assertThat(directory).doesNotExist();
  }

  @Test
  void whatIsNoDirectoryIsNoStore() throws IOException {
    Files.writeString(directory, "a file");
    assertThatThrownBy(() -> store.list())
        .isInstanceOf(StoreUnusable.class)
        .hasMessageContaining("Give a directory");
    assertThatThrownBy(() -> store(NAME, "x")).isInstanceOf(StoreUnusable.class);
    assertThatThrownBy(() -> store.lock("x")).isInstanceOf(StoreUnusable.class);
  }

  @Test
  void aLinkThatLeadsNowhereIsNoStore() throws IOException {
    Files.createSymbolicLink(directory, root().resolve("nowhere"));
    assertThatThrownBy(() -> store.list()).isInstanceOf(StoreUnusable.class);
    assertThatThrownBy(() -> store(NAME, "x")).isInstanceOf(StoreUnusable.class);
  }

  @Test
  void aLinkToADirectoryIsAStore() throws IOException {
    Files.createDirectory(root().resolve("elsewhere"));
    Files.createSymbolicLink(directory, root().resolve("elsewhere"));
    store(NAME, "x");
    assertThat(read(NAME)).isEqualTo("x");
    assertThat(store.list()).hasSize(1);
    assertThat(store.delete(NAME)).isTrue();
  }

  @Test
  void onlyRegularFilesThatAreNamedLikeArchivesAreListedOldestFirst() throws IOException {
    store(LATER, "later");
    store(NAME, "x");
    Files.writeString(directory.resolve("chromadb_backup_20261122_193900.tar.gz.part"), "x");
    Files.writeString(directory.resolve("chromadb_backup_20261322_193900.tar.gz"), "x");
    Files.writeString(directory.resolve("CHROMADB_backup_20261122_193900.tar.gz"), "x");
    Files.createDirectory(directory.resolve("chromadb_backup_20261122_193902.tar.gz"));
    ArchiveName link = name("chromadb_backup_20261122_193903.tar.gz");
    Files.createSymbolicLink(
        directory.resolve(link.toString()), directory.resolve(NAME.toString()));
    assertThat(store.list()).containsExactly(new ArchiveInfo(NAME, 1), new ArchiveInfo(LATER, 5));
    assertThatThrownBy(() -> store.open(link)).isInstanceOf(ArchiveNotFound.class);
    assertThat(store.delete(link)).isFalse();
    assertThat(directory.resolve(link.toString())).isSymbolicLink();
  }

  @Test
  void archivesThatWereBroughtByHandAreListedAndRead() throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve(NAME.toString()), "by hand");
    assertThat(store.list()).containsExactly(new ArchiveInfo(NAME, 7));
    assertThat(read(NAME)).isEqualTo("by hand");
    assertThat(store.delete(NAME)).isTrue();
  }

  @Test
  void anArchiveThatIsNotThereIsNotFound() throws IOException {
    store(NAME, "x");
    assertThatThrownBy(() -> store.open(LATER))
        .isInstanceOf(ArchiveNotFound.class)
        .hasMessageContaining(LATER.toString());
    assertThat(ours.resolve("reading")).doesNotExist();
  }

  @Test
  void anArchiveThatIsReadIsNotDeletedUntilTheLastReaderHasClosedIt() throws IOException {
    store(NAME, "x");
    InputStream one = store.open(NAME);
    InputStream other = LocalArchiveStore.in(directory).open(NAME);
    assertThatThrownBy(() -> store.delete(NAME)).isInstanceOf(ArchiveInUse.class);
    one.close();
    one.close();
    assertThatThrownBy(() -> store.delete(NAME)).isInstanceOf(ArchiveInUse.class);
    assertThat(other.read()).isEqualTo('x');
    other.close();
    assertThat(store.delete(NAME)).isTrue();
    assertThat(store.list()).isEmpty();
    assertThat(remains()).isEmpty();
  }

  @Test
  void deletingWhatIsNotThereSaysSo() throws IOException {
    store(NAME, "x");
    assertThat(store.delete(LATER)).isFalse();
    assertThat(store.delete(NAME)).isTrue();
    assertThat(store.delete(NAME)).isFalse();
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
    LocalArchiveStore other = LocalArchiveStore.in(directory);
    ArchiveStore.Lock lock = store.lock("backup");
    assertThatThrownBy(() -> other.lock("prune"))
        .isInstanceOf(Locked.class)
        .hasMessageContaining("backup by process " + ProcessHandle.current().pid() + " on ")
        .hasMessageMatching("(?s).* since \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ.*");
    lock.close();
    try (ArchiveStore.Lock second = other.lock("prune")) {
      lock.close();
      assertThatThrownBy(() -> store.lock("backup")).isInstanceOf(Locked.class);
    }
  }

  @Test
  void whoTakesTheLockDeletesWhatDeadWritersLeft() throws IOException {
    store(NAME, "x");
    Files.writeString(ours.resolve("partial-1"), "half");
    Files.writeString(ours.resolve("partial-1.lock"), "");
    Files.createDirectories(ours.resolve("reading"));
    Files.writeString(ours.resolve("reading").resolve(LATER.toString()), "");
    store.lock("backup").close();
    assertThat(remains()).containsExactly(NAME.toString());
  }

  @Test
  void whoTakesTheLockLeavesLivingWritersAlone() throws IOException {
    store.write(
        NAME,
        out -> {
          out.write('x');
          LocalArchiveStore.in(directory).lock("prune").close();
        },
        in -> {
          in.readAllBytes(); // by then nothing is written beside this
          LocalArchiveStore.in(directory).lock("prune").close();
        });
    assertThat(read(NAME)).isEqualTo("x");
  }

  @Test
  void anInterruptedThreadDoesNotTakeTheLock() throws IOException {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> store.lock("backup")).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    store.lock("backup").close();
  }

  @Test
  void theWorkspaceIsWhereTheArchivesAre() throws IOException {
    store(NAME, "x");
    assertThat(store.workspace()).contains(ours.resolve("work"));
    Files.createDirectory(ours.resolve("work"));
    assertThat(store.workspace()).contains(ours.resolve("work"));
  }
}
