package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.chromabackup.files.FileContent;
import io.chromabackup.files.FileTree;
import io.chromabackup.testkit.faults.Fault;
import io.chromabackup.testkit.faults.FaultyFileSystem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StagingTest {
  @TempDir Path directory;

  private Path leftover(String name, Duration age) throws IOException {
    Path leftover = Files.createDirectories(directory.resolve("work").resolve(name));
    Files.createDirectory(leftover.resolve("files"));
    Files.setLastModifiedTime(leftover, FileTime.from(Instant.now().minus(age)));
    return leftover;
  }

  private static void put(Staging staging, String path, String content) throws IOException {
    byte[] bytes = content.getBytes();
    staging.accept(Entry.file(path, bytes.length, Instant.EPOCH), new ByteArrayInputStream(bytes));
  }

  @Test
  void itGoesWithAllThatWasMadeForIt() throws IOException {
    try (Staging staging = Staging.in(directory.resolve("new").resolve("work"))) {
      put(staging, "a/b", "x");
      assertThat(staging.directory().resolve("a").resolve("b")).hasContent("x");
      assertThat(staging.scratch()).isEmptyDirectory();
    }
    assertThat(directory).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"./work", "x/../work", "work/."})
  void theWayToItMayBeSpelledInAnyWay(String way) throws IOException {
    Files.createDirectory(directory.resolve("x"));
    try (Staging staging = Staging.in(Path.of(directory + "/" + way))) {
      put(staging, "a/b", "x");
      assertThat(staging.directory().resolve("a/b")).hasContent("x");
    }
  }

  @Test
  void whatIsNoNameOfAFileHereIsNotWrittenElsewhere() throws IOException {
    try (FileSystem windows = Jimfs.newFileSystem(Configuration.windows());
        Staging staging = Staging.in(windows.getPath("C:\\work"))) {
      Path elsewhere = windows.getPath("C:\\elsewhere");

      assertThatThrownBy(() -> put(staging, "C:/elsewhere", "x"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no name of a file here");

      assertThat(elsewhere).doesNotExist();
    }
  }

  @Test
  void aWorkspaceThatWasThereStays() throws IOException {
    Path work = Files.createDirectory(directory.resolve("work"));
    Staging.in(work).close();
    assertThat(work).isEmptyDirectory();
  }

  @Test
  void whatADeadProcessLeftGoesAndWhatALivingOneNeedsStays() throws IOException {
    Path dead = leftover("staging-dead", Duration.ZERO);
    Files.createFile(dead.resolve("lock"));
    Path neverLocked = leftover("staging-old", Duration.ofHours(2));
    Path beingBorn = leftover("staging-young", Duration.ofMinutes(1));
    Path foreign = leftover("somebody's", Duration.ofDays(400));

    try (Staging living = Staging.in(directory.resolve("work"));
        Staging next = Staging.in(directory.resolve("work"))) {
      assertThat(living.directory()).exists();
      assertThat(next.directory()).isNotEqualTo(living.directory());
    }

    assertThat(dead).doesNotExist();
    assertThat(neverLocked).doesNotExist();
    assertThat(beingBorn).exists();
    assertThat(foreign).exists();
  }

  @Test
  void startingAnewForgetsTheCopy() throws IOException {
    try (Staging staging = Staging.in(directory)) {
      put(staging, "a", "x");
      Files.createFile(staging.scratch().resolve("y"));

      staging.clear();

      assertThat(staging.entries()).isEmpty();
      assertThat(staging.directory()).isEmptyDirectory();
      assertThat(staging.scratch()).isEmptyDirectory();
    }
  }

  @Test
  void itHandsOnWhatInspectionLeftInTheSizesItHas() throws IOException {
    List<String> given = new ArrayList<>();
    try (Staging staging = Staging.in(directory)) {
      staging.accept(Entry.directory("d", Instant.EPOCH), new ByteArrayInputStream(new byte[0]));
      put(staging, "d/b", "bb");
      put(staging, "c", "cc");
      put(staging, "e/f", "x");
      Files.delete(staging.directory().resolve("c"));
      Files.writeString(staging.directory().resolve("d").resolve("b"), "bbbb");
      staging.refresh();
      staging.drop("e");

      staging.transferTo(
          (entry, content) ->
              given.add(
                  entry.path()
                      + " "
                      + entry.size()
                      + " "
                      + new String(
                          content.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)));
    }
    assertThat(given).containsExactly("d 0 ", "d/b 4 bbbb");
  }

  /** Whoever unpacks an archive of it can check the database beside the rest. */
  @Test
  void theDatabaseComesFirstThenDirectoriesBeforeWhatIsInThem() throws IOException {
    try (Staging staging = Staging.in(directory)) {
      put(staging, "d/b", "x");
      put(staging, "a", "x");
      put(staging, "chroma.sqlite3", "x");
      staging.accept(Entry.directory("d", Instant.EPOCH), new ByteArrayInputStream(new byte[0]));

      assertThat(staging.entries())
          .extracting(Entry::path)
          .containsExactly("chroma.sqlite3", "a", "d", "d/b");
    }
  }

  @Test
  void anInterruptEndsTheTakingIn() throws IOException {
    try (Staging staging = Staging.in(directory)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> put(staging, "a", "x")).isInstanceOf(InterruptedIOException.class);
      assertThatThrownBy(
              () ->
                  staging.accept(
                      Entry.directory("d", Instant.EPOCH), InputStream.nullInputStream()))
          .isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(staging.entries()).isEmpty();
      assertThat(staging.directory()).isEmptyDirectory();
    }
  }

  @Test
  void anInterruptInTheMidstOfAFileEndsItToo() throws IOException {
    InputStream interrupting =
        new InputStream() {
          @Override
          public int read() {
            Thread.currentThread().interrupt();
            return 'x';
          }
        };
    try (Staging staging = Staging.in(directory)) {
      Entry entry = Entry.file("a", 1 << 20, Instant.EPOCH);
      assertThatThrownBy(() -> staging.accept(entry, interrupting))
          .isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(staging.entries()).isEmpty();
    }
  }

  @Test
  void aFileHasTheSameDigestWhetherItWasWorkedOutBeforeOrNot() throws IOException {
    try (Staging staging = Staging.in(directory)) {
      put(staging, "a", "x");
      Entry file = staging.entries().iterator().next();
      String digest = Digests.of(new byte[] {'x'});
      assertThat(staging.digestOf(file)).isEqualTo(digest);
      staging.beginDigests();
      assertThat(staging.digestOf(file)).isEqualTo(digest);
    }
  }

  @Test
  void nobodyReadsACopyThatWasStartedAnewOrIsGone() throws Exception {
    try (Staging staging = Staging.in(directory)) {
      put(staging, "a", "x");
      List<Thread> first = threadsOf(staging::beginDigests);
      List<Thread> second = threadsOf(staging::beginDigests);
      requireEnded(first);
      staging.clear();
      requireEnded(second);
      put(staging, "a", "x");
      List<Thread> third = threadsOf(staging::beginDigests);
      staging.close();
      requireEnded(third);
    }
  }

  private interface Deed {
    void happen() throws IOException;
  }

  private static List<Thread> threadsOf(Deed deed) throws IOException {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    deed.happen();
    List<Thread> made = new ArrayList<>(Thread.getAllStackTraces().keySet());
    made.removeAll(before);
    made.removeIf(thread -> !thread.getName().equals("chromabackup-hashing"));
    assertThat(made).hasSize(1);
    return made;
  }

  static void requireEnded(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join(10_000);
      assertThat(thread.isAlive()).isFalse();
    }
  }

  @Test
  void whatFailsAtItsBirthLeavesNothing() throws IOException {
    int failed = 0;
    int steps = Integer.MAX_VALUE;
    for (int step = 1; step <= steps; step++) {
      Path work = Files.createDirectory(directory.resolve("work-" + step));
      FaultyFileSystem faults = FaultyFileSystem.over(work);
      faults.failAt(step, Fault.IO_ERROR);
      try {
        Staging staging = Staging.in(faults.path(work));
        steps = Math.min(steps, faults.stepCount());
        staging.close();
      } catch (IOException e) {
        failed++;
      }
      List<Path> left = Files.exists(work) ? FileTree.children(work) : List.of();
      assertThat(left).as("after an error at step %d", step).isEmpty();
    }
    assertThat(failed).isGreaterThan(5);
  }

  /** Who made the workspace removes it when nobody is in it, and another may just be on its way. */
  @Test
  void aWorkspaceThatGoesWhileOneIsBornIsMadeAgain() throws IOException {
    Path work = directory.resolve("work");
    for (String step : List.of("mkdir " + work, "list " + work)) {
      FaultyFileSystem faults = FaultyFileSystem.over(directory);
      faults.after(step, () -> Files.delete(work));

      try (Staging staging = Staging.in(faults.path(work))) {
        put(staging, "a", "x");
        assertThat(staging.directory().resolve("a")).as("after %s", step).hasContent("x");
      }
      assertThat(directory).isEmptyDirectory();
    }
  }

  @Test
  void aWorkspaceThatNeverStaysIsToldByName() throws IOException {
    Path work = directory.resolve("work");
    FaultyFileSystem faults = FaultyFileSystem.over(directory);
    vanishingOverAndOver(faults, work);

    assertThatThrownBy(() -> Staging.in(faults.path(work)))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining(work.toString());
  }

  private static void vanishingOverAndOver(FaultyFileSystem faults, Path work) {
    faults.after(
        "mkdir " + work,
        () -> {
          vanishingOverAndOver(faults, work);
          Files.delete(work);
        });
  }

  /** Between its making of the lock and its locking. */
  @Test
  void whatAnotherSweptBeforeItWasLockedIsNotUsed() throws IOException {
    Path work = Files.createDirectory(directory.resolve("work"));
    FaultyFileSystem faults = FaultyFileSystem.over(directory);
    List<Path> swept = new ArrayList<>();
    faults.after(
        "create *",
        () -> {
          swept.addAll(FileTree.children(work));
          FileTree.delete(swept.get(0));
        });

    try (Staging staging = Staging.in(faults.path(work))) {
      assertThat(swept).hasSize(1);
      assertThat(swept.get(0)).doesNotExist();
      assertThat(staging.directory().getParent().resolve("lock")).exists();
    }
    assertThat(work).isEmptyDirectory();
  }

  @Test
  void itsEndIsQuietWhereAnotherWasFaster() throws IOException {
    Staging staging = Staging.in(directory.resolve("new").resolve("work"));
    FileTree.delete(staging.directory().getParent());
    staging.close();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void whatItNeededElsewhereGoesToo() throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(directory);
    Staging staging = Staging.in(faults.path(directory.resolve("work")));
    Path scratch = staging.scratch();
    assertThat(FileTree.isNative(scratch)).isTrue();
    assertThat(scratch).isEmptyDirectory();
    staging.close();
    assertThat(scratch).doesNotExist();
  }

  @Test
  void aFullDiskIsToldAsSuchWithThePlace() throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(directory);
    try (Staging staging = Staging.in(faults.path(directory))) {
      faults.failFrom(1, Fault.NO_SPACE);

      assertThatThrownBy(() -> put(staging, "a", "x"))
          .isInstanceOf(ChromaBackupException.NoSpace.class)
          .hasMessageContaining(directory.toString());

      faults.reset();
    }
    assertThat(directory).isEmptyDirectory();
  }

  /**
   * Who is killed in the midst leaves something that the next can tell from one that is being born.
   */
  @Test
  void theLockIsTheLastToGo() throws IOException {
    FaultyFileSystem faults = FaultyFileSystem.over(directory);
    Staging staging = Staging.in(faults.path(directory.resolve("work")));
    put(staging, "a/b", "x");
    put(staging, "z", "x");
    faults.reset();

    staging.close();

    List<String> deleted =
        faults.steps().stream().filter(step -> step.startsWith("delete ")).toList();
    assertThat(deleted).hasSizeGreaterThan(4);
    assertThat(deleted.get(deleted.size() - 3)).endsWith("/lock"); // then the two around it
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void leftoversThatCannotBeRemovedAreNoReasonToFail() throws IOException {
    Path dead = leftover("staging-dead", Duration.ZERO);
    Files.createFile(dead.resolve("lock"));
    FaultyFileSystem faults = FaultyFileSystem.over(directory);
    faults.after(
        "look " + dead.resolve("lock"),
        () -> {
          throw new IOException("Input/output error");
        });

    Staging.in(faults.path(directory.resolve("work"))).close();
    assertThat(dead).exists();

    faults.after(
        "list " + directory.resolve("work"),
        () -> {
          throw new IOException("Input/output error");
        });
    Staging.in(faults.path(directory.resolve("work"))).close();
    assertThat(dead).exists();

    Staging.in(faults.path(directory.resolve("work"))).close();
    assertThat(FileTree.children(directory.resolve("work"))).isEmpty();
  }

  @Test
  void aCopyThatIsBegunAgainKeepsWhatIsTheSameAndDropsWhatIsNotNamed() throws IOException {
    try (Staging staging = Staging.in(directory)) {
      for (String parent : List.of("d", "e")) {
        staging.accept(Entry.directory(parent, Instant.EPOCH), InputStream.nullInputStream());
      }
      put(staging, "d/same", "same");
      put(staging, "d/longer", "x");
      put(staging, "d/newer", "x");
      put(staging, "d/gone", "x");
      put(staging, "e/gone", "x");

      staging.beginAgain();
      staging.accept(Entry.directory("d", Instant.EPOCH), InputStream.nullInputStream());
      assertThat(staging.keep(Entry.file("d/same", 4, Instant.EPOCH))).isTrue();
      assertThat(staging.keep(Entry.file("d/longer", 2, Instant.EPOCH))).isFalse();
      assertThat(staging.keep(Entry.file("d/newer", 1, Instant.MAX))).isFalse();
      assertThat(staging.keep(Entry.file("d/other", 1, Instant.EPOCH))).isFalse();
      assertThat(staging.keep(Entry.directory("e", Instant.EPOCH))).isFalse();
      put(staging, "d/longer", "yy");
      put(staging, "d/newer", "");
      staging.dropUnnamed();

      assertThat(staging.entries())
          .extracting(Entry::path)
          .containsExactly("d", "d/longer", "d/newer", "d/same");
      assertThat(staging.directory().resolve("d").resolve("same")).hasContent("same");
      assertThat(staging.directory().resolve("d").resolve("longer")).hasContent("yy");
      assertThat(staging.directory().resolve("d").resolve("newer")).isEmptyFile();
      assertThat(staging.directory().resolve("d").resolve("gone")).doesNotExist();
      assertThat(staging.directory().resolve("e")).doesNotExist();
    }
  }

  @Test
  void aDirectoryThatNobodyNamedStaysForWhatIsInIt() throws IOException {
    try (Staging staging = Staging.in(directory)) {
      staging.beginAgain();
      put(staging, "d/a", "x");
      staging.dropUnnamed();

      assertThat(staging.directory().resolve("d").resolve("a")).hasContent("x");
    }
  }

  @Test
  void whatWasNotTakenWholeIsNeitherKeptNorLeft() throws IOException {
    try (Staging staging = Staging.in(directory)) {
      InputStream broken =
          new InputStream() {
            private int left = 3;

            @Override
            public int read() throws IOException {
              if (left-- <= 0) {
                throw new IOException("the source is broken");
              }
              return 'x';
            }
          };
      assertThatThrownBy(() -> staging.accept(Entry.file("a", 9, Instant.EPOCH), broken))
          .hasMessage("the source is broken");

      staging.beginAgain();
      assertThat(staging.keep(Entry.file("a", 9, Instant.EPOCH))).isFalse();
      staging.dropUnnamed();

      assertThat(staging.directory()).isEmptyDirectory();
    }
  }

  @Test
  void aGivenFileIsMovedInAndIsItsOwnersFromThenOn() throws IOException {
    Path given = Files.write(directory.resolve("given"), new byte[1000]);
    Files.setPosixFilePermissions(given, PosixFilePermissions.fromString("rw-rw-r--"));
    try (Staging staging = Staging.in(directory.resolve("work"));
        FileContent content = FileContent.given(given)) {
      staging.accept(Entry.file("a", 1000, Instant.EPOCH), content);

      assertThat(given).doesNotExist();
      Path taken = staging.directory().resolve("a");
      assertThat(taken).hasSize(1000);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(taken)))
          .isEqualTo("rw-------");
      assertThat(staging.allocated()).isEqualTo(1000);
    }
  }

  @Test
  void longRunsOfZerosTakeNoRoom() throws IOException {
    byte[] mostlyZeros = new byte[4 << 20];
    mostlyZeros[0] = 1;
    try (Staging staging = Staging.in(directory)) {
      staging.accept(
          Entry.file("a", mostlyZeros.length, Instant.EPOCH),
          new ByteArrayInputStream(mostlyZeros));
      put(staging, "b", "xyz");

      assertThat(staging.allocated()).isBetween(4L, 1L << 20);
    }
  }

  @Test
  void whatWasNotedOfACopyThatIsStartedAnewIsForgotten() throws IOException {
    try (Staging staging = Staging.in(directory)) {
      byte[] zeros = new byte[4 << 20];
      staging.accept(Entry.file("a", zeros.length, Instant.EPOCH), new ByteArrayInputStream(zeros));
      staging.beginAgain();

      staging.clear();

      assertThat(staging.keep(Entry.file("a", zeros.length, Instant.EPOCH))).isFalse();
      staging.accept(Entry.directory("a", Instant.EPOCH), InputStream.nullInputStream());
      assertThat(staging.allocated()).isZero();
    }
  }
}
