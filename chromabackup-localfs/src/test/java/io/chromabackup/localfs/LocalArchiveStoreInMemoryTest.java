package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackupException.ArchiveExists;
import io.chromabackup.ChromaBackupException.NoSpace;
import io.chromabackup.ChromaBackupException.StoreUnusable;
import io.chromabackup.testkit.Figures;
import io.chromabackup.testkit.faults.Fault;
import io.chromabackup.testkit.faults.FaultyFileSystem;
import io.chromabackup.testkit.faults.PowerLoss;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalArchiveStoreInMemoryTest extends LocalArchiveStoreSpec {
  private static final String CONTENT = "x".repeat(200_000);

  private final FileSystem memory = Trees.inMemory();
  private static final AtomicInteger RUNS = new AtomicInteger();

  private final FaultyFileSystem faults = FaultyFileSystem.over(memory);

  @Override
  Path root() throws IOException {
    return Files.createDirectories(memory.getPath("/srv"));
  }

  @AfterEach
  void close() throws IOException {
    memory.close();
  }

  private LocalArchiveStore stepped() {
    return LocalArchiveStore.in(faults.path(directory));
  }

  private void clear() throws IOException {
    io.chromabackup.files.FileTree.delete(directory);
    Files.createDirectories(directory);
  }

  @AfterAll
  static void tell() {
    Figures.record("sweep-store", "%,d runs, no violation".formatted(RUNS.get()));
    assertThat(RUNS.get()).as("runs").isGreaterThan(500);
  }

  private static final Fault[] OF_A_DISK = {
    Fault.IO_ERROR, Fault.IO_ERROR_AFTER, Fault.NO_SPACE, Fault.ACCESS_DENIED
  };

  @Test
  void aWriteThatFailsAtAnyStepStoresTheArchiveWholeOrNotAtAll() throws IOException {
    int failures = 0;
    try (CapturedLog log = new CapturedLog()) {
      for (Fault fault : OF_A_DISK) {
        int step = 0;
        do {
          clear();
          faults.failAt(++step, fault);
          boolean stored = isStored();
          boolean failed = faults.stepCount() >= step;
          faults.reset();
          failures += failed && !stored ? 1 : 0;
          requireAllOrNothing(stored, fault + " at step " + step);
          RUNS.incrementAndGet();
          if (!failed) {
            break;
          }
        } while (true);
      }
    }
    assertThat(failures).isGreaterThan(50);
  }

  private boolean isStored() {
    try {
      stepped().write(NAME, text(CONTENT), InputStream::readAllBytes);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void requireAllOrNothing(boolean stored, String when) throws IOException {
    if (stored) {
      requireWhole(when);
    } else {
      assertThat(remains()).as(when).isEmpty();
    }
    store.lock("backup").close();
    assertThat(remains()).as(when).noneMatch(name -> name.contains("partial"));
  }

  private void requireWhole(String when) throws IOException {
    assertThat(store.list()).as(when).containsExactly(new ArchiveInfo(NAME, CONTENT.length()));
    assertThat(read(NAME)).as(when).isEqualTo(CONTENT);
  }

  @ParameterizedTest
  @EnumSource
  void whereverPowerIsLostAnArchiveIsThereWholeOrNotAtAll(PowerLoss loss) throws IOException {
    try (CapturedLog log = new CapturedLog()) {
      int step = 0;
      boolean isLost = true;
      while (isLost) {
        clear();
        faults.losePowerAt(++step);
        boolean stored = isStored();
        isLost = faults.stepCount() >= step;
        faults.restart(loss, step);
        if (stored || !store.list().isEmpty()) {
          requireWhole(loss + " at step " + step);
        }
        store.lock("backup").close();
        assertThat(remains()).noneMatch(name -> name.contains("partial"));
        RUNS.incrementAndGet();
      }
      assertThat(step).isGreaterThan(30);
    }
  }

  @Test
  void anArchiveWhoseNameCannotBeMadeDurableIsTakenBack() throws IOException {
    store.lock("backup").close();
    faults.after(
        "force " + directory,
        () -> {
          throw new IOException("not durable");
        });
    assertThatThrownBy(() -> stepped().write(NAME, text("x"), UNCHECKED))
        .hasMessageContaining("not durable");
    assertThat(remains()).isEmpty();
  }

  @Test
  void aFailedWriteThatTheContentOverlooksIsAFailureAllTheSame() throws IOException {
    store.lock("backup").close();
    faults.reset();
    stepped().write(LATER, text("x"), UNCHECKED);
    faults.failAt(firstWrite(), Fault.IO_ERROR);
    assertThatThrownBy(
            () ->
                stepped()
                    .write(
                        NAME,
                        out -> {
                          try {
                            out.write(new byte[100_000]);
                          } catch (IOException overlooked) {
                            // as a careless writer might
                          }
                        },
                        UNCHECKED))
        .hasMessageContaining("injected at step");
    assertThat(store.list()).hasSize(1);
  }

  /** The one into the archive, not that into a lock. */
  private int firstWrite() {
    List<String> steps = faults.steps();
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).matches("write .*/partial-[^.]*")) {
        return i + 1;
      }
    }
    throw new AssertionError("nothing was written: " + steps);
  }

  @Test
  void withoutHardLinksAnArchiveIsMovedAndStillReplacesNothing() throws IOException {
    faults.withoutLinks();
    LocalArchiveStore linkless = stepped();
    linkless.write(NAME, text("first"), UNCHECKED);
    assertThat(read(NAME)).isEqualTo("first");
    assertThatThrownBy(
            () ->
                linkless.write(
                    LATER, text("second"), in -> store.write(LATER, text("x"), in2 -> {})))
        .isInstanceOf(ArchiveExists.class);
    assertThat(read(LATER)).isEqualTo("x");
    assertThat(remains()).noneMatch(name -> name.contains("partial"));
  }

  /** As when locks do not hold, and somebody swept what seemed to be a dead process's. */
  @Test
  void anArchiveOfAnotherIsLeftAloneThoughOursIsGoneBeforeItWasMoved() throws IOException {
    faults.withoutLinks();
    Path archive = directory.resolve(NAME.toString());
    assertThatThrownBy(
            () ->
                stepped()
                    .write(
                        NAME,
                        text("ours"),
                        in -> {
                          Files.delete(partial());
                          Files.writeString(archive, "another's");
                        }))
        .isInstanceOf(ArchiveExists.class);
    assertThat(archive).hasContent("another's");
  }

  @Test
  void hardLinksThatAreNotPermittedAreDoneWithout() throws IOException {
    faults.withoutLinks(link -> new FileSystemException(link.toString(), null, "not permitted"));

    stepped().write(NAME, text("moved"), UNCHECKED);

    assertThat(read(NAME)).isEqualTo("moved");
    assertThat(remains()).noneMatch(name -> name.contains("partial"));
  }

  @Test
  void aHardLinkThatWasMadeAlthoughItFailedIsAsGood() throws IOException {
    faults.withoutLinks(
        link -> {
          try {
            Files.createLink(directory.resolve(NAME.toString()), partial());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return new FileSystemException(link.toString(), null, "the answer was lost");
        });

    stepped().write(NAME, text("linked"), UNCHECKED);

    assertThat(read(NAME)).isEqualTo("linked");
  }

  private Path partial() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> file.toString().contains("partial") && !file.toString().endsWith("lock"))
          .filter(Files::isRegularFile)
          .findFirst()
          .orElseThrow();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"No space left on device", "Read-only file system"})
  void aHardLinkThatFailsForAnotherReasonIsNotDoneWithout(String reason) {
    faults.withoutLinks(link -> new FileSystemException(link.toString(), null, reason));

    assertThatThrownBy(() -> stepped().write(NAME, text("x"), UNCHECKED))
        .isInstanceOfAny(NoSpace.class, StoreUnusable.class);

    assertThat(directory.resolve(NAME.toString())).doesNotExist();
  }

  @Test
  void aHardLinkThatIsDeniedIsNotDoneWithout() {
    faults.withoutLinks(link -> new AccessDeniedException(link.toString()));

    assertThatThrownBy(() -> stepped().write(NAME, text("x"), UNCHECKED))
        .isInstanceOf(StoreUnusable.class);

    assertThat(directory.resolve(NAME.toString())).doesNotExist();
  }

  @Test
  void withoutHardLinksTooAWriteThatFailsStoresTheArchiveWholeOrNotAtAll() throws IOException {
    faults.withoutLinks();
    aWriteThatFailsAtAnyStepStoresTheArchiveWholeOrNotAtAll();
  }

  @ParameterizedTest
  @EnumSource
  void withoutHardLinksTooAnArchiveIsThereWholeOrNotAtAll(PowerLoss loss) throws IOException {
    faults.withoutLinks();
    whereverPowerIsLostAnArchiveIsThereWholeOrNotAtAll(loss);
  }

  @Test
  void anArchiveThatVanishesWhileTheStoreIsListedIsLeftOut() throws IOException {
    store(NAME, "x");
    store(LATER, "x");
    faults.after("list " + directory, () -> Files.delete(directory.resolve(NAME.toString())));
    assertThat(stepped().list()).extracting(ArchiveInfo::name).containsExactly(LATER);
  }

  @Test
  void aFullDiskIsToldAsSuchAndNothingRemains() throws IOException {
    FileSystem small =
        Jimfs.newFileSystem(
            Configuration.unix().toBuilder()
                .setAttributeViews("basic", "owner", "posix", "unix")
                .setMaxSize(1 << 20)
                .build());
    directory = small.getPath("/backups");
    store = LocalArchiveStore.in(directory);
    store(LATER, "x");
    assertThatThrownBy(() -> store.write(NAME, out -> out.write(new byte[1 << 21]), UNCHECKED))
        .isInstanceOf(NoSpace.class)
        .hasMessageContaining(directory.toString());
    assertThat(remains()).containsExactly(LATER.toString());
  }

  @Test
  void aFailedDeletionIsAnErrorAndALaterOneSucceeds() throws IOException {
    store(NAME, "x");
    read(NAME);
    LocalArchiveStore stepped = stepped();
    int step = 0;
    boolean deleted = false;
    while (!deleted) {
      faults.failAt(++step, Fault.IO_ERROR);
      try {
        deleted = stepped.delete(NAME);
        assertThat(store.list()).isEmpty();
        assertThat(deleted).isTrue();
      } catch (IOException e) {
        deleted = store.list().isEmpty();
      }
    }
    try (ArchiveStore.Lock lock = store.lock("prune")) {
      assertThat(remains()).isEmpty();
    }
  }

  /** Else no operation of this process would ever find the store free again. */
  @ParameterizedTest
  @EnumSource
  void whateverFailsWhileTheStoreIsLockedItIsFreeAfterwards(Fault fault) throws IOException {
    int step = 0;
    do {
      leaveWhatADeadProcessLeaves();
      LocalArchiveStore stepped = stepped();
      faults.failAt(++step, fault);
      catchThrowable(() -> stepped.lock("backup").close());
      RUNS.incrementAndGet();

      assertThatCode(() -> store.lock("the next").close())
          .as("%s at step %d", fault, step)
          .doesNotThrowAnyException();
    } while (faults.stepCount() >= step);
    assertThat(step).isGreaterThan(10);
  }

  private void leaveWhatADeadProcessLeaves() throws IOException {
    Path ours = Files.createDirectories(directory.resolve(".chromabackup"));
    Files.writeString(ours.resolve("partial-x"), "x");
    Files.writeString(ours.resolve("partial-x.lock"), "");
    Files.writeString(Files.createDirectories(ours.resolve("reading")).resolve("gone"), "");
  }
}
