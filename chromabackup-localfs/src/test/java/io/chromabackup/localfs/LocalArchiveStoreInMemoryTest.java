package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackupException.ArchiveExists;
import io.chromabackup.ChromaBackupException.NoSpace;
import io.chromabackup.localfs.SteppingFileSystem.Fault;
import io.chromabackup.localfs.SteppingFileSystem.Injected;
import io.chromabackup.testkit.Figures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LocalArchiveStoreInMemoryTest extends LocalArchiveStoreSpec {
  private static final String CONTENT = "x".repeat(200_000);

  private final FileSystem memory = Trees.inMemory();
  private static final AtomicInteger RUNS = new AtomicInteger();

  private final SteppingFileSystem steps = new SteppingFileSystem(memory);

  @Override
  Path root() throws IOException {
    return Files.createDirectories(memory.getPath("/srv"));
  }

  @AfterEach
  void close() throws IOException {
    memory.close();
  }

  private LocalArchiveStore stepped() {
    return LocalArchiveStore.in(steps.before(directory));
  }

  private void clear() throws IOException {
    io.chromabackup.files.FileTree.delete(directory);
    Files.createDirectories(directory);
  }

  @AfterAll
  static void tell() {
    Figures.record("sweep-store", "%,d runs, no violation".formatted(RUNS.get()));
    assertThat(RUNS.get()).as("runs").isGreaterThan(50);
  }

  @ParameterizedTest
  @EnumSource
  void aWriteThatStopsAtAnyStepIsStoredWholeOrNotAtAll(Fault fault, TestReporter reporter)
      throws IOException {
    int failures = 0;
    int step = 0;
    try (CapturedLog log = new CapturedLog()) {
      do {
        clear();
        steps.failAt(++step, fault);
        boolean stored = false;
        try {
          stepped().write(NAME, text(CONTENT), InputStream::readAllBytes);
          stored = true;
        } catch (Injected e) {
          failures++;
        }
        requireAllOrNothing(stored, fault, "step " + step);
      } while (steps.steps.size() >= step);
    }
    reporter.publishEntry("steps", String.valueOf(step));
    RUNS.addAndGet(step);
    assertThat(step).isGreaterThan(10);
    assertThat(failures).isGreaterThan(5);
  }

  private void requireAllOrNothing(boolean stored, Fault fault, String when) throws IOException {
    List<ArchiveInfo> archives = store.list();
    if (stored) {
      assertThat(archives).as(when).containsExactly(new ArchiveInfo(NAME, CONTENT.length()));
    } else if (fault == Fault.CRASH) {
      // it may have died between the archive's appearance and the return
      assertThat(archives).as(when).hasSizeLessThan(2);
    } else {
      assertThat(remains()).as(when).isEmpty();
    }
    if (!archives.isEmpty()) {
      assertThat(read(NAME)).as(when).isEqualTo(CONTENT);
    }
    store.lock("backup").close();
    assertThat(remains()).as(when).noneMatch(name -> name.contains("partial"));
  }

  @Test
  void anArchiveWhoseNameCannotBeMadeDurableIsTakenBack() throws IOException {
    store.lock("backup").close();
    steps.failAt(0, Fault.BEFORE);
    stepped().write(NAME, text("x"), UNCHECKED);
    int sync = steps.steps.lastIndexOf("sync backups") + 1;
    store.delete(NAME);
    steps.failAt(sync, Fault.BEFORE);
    assertThatThrownBy(() -> stepped().write(NAME, text("x"), UNCHECKED))
        .isInstanceOf(Injected.class)
        .hasMessageContaining("sync backups");
    assertThat(remains()).isEmpty();
  }

  @Test
  void aFailedWriteThatTheContentOverlooksIsAFailureAllTheSame() throws IOException {
    store.lock("backup").close();
    steps.failAt(0, Fault.BEFORE);
    stepped().write(LATER, text("x"), UNCHECKED);
    int write = steps.steps.lastIndexOf("create " + partial()) + 2;
    steps.failAt(write, Fault.BEFORE);
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
        .isInstanceOf(Injected.class);
    assertThat(store.list()).hasSize(1);
  }

  private String partial() {
    return steps.steps.stream()
        .filter(step -> step.matches("create partial-[^.]*"))
        .findFirst()
        .orElseThrow()
        .substring("create ".length());
  }

  @Test
  void withoutHardLinksAnArchiveIsMovedAndStillReplacesNothing() throws IOException {
    steps.links = false;
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

  @ParameterizedTest
  @EnumSource
  void withoutHardLinksTooAWriteThatStopsAtAnyStepIsStoredWholeOrNotAtAll(
      Fault fault, TestReporter reporter) throws IOException {
    steps.links = false;
    aWriteThatStopsAtAnyStepIsStoredWholeOrNotAtAll(fault, reporter);
  }

  @Test
  void anArchiveThatVanishesWhileTheStoreIsListedIsLeftOut() throws IOException {
    store(NAME, "x");
    store(LATER, "x");
    steps.afterListing =
        () -> {
          try {
            Files.deleteIfExists(directory.resolve(NAME.toString()));
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        };
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
    steps.failAt(0, Fault.BEFORE);
    LocalArchiveStore stepped = stepped();
    int step = 0;
    boolean deleted = false;
    while (!deleted) {
      steps.failAt(++step, Fault.BEFORE);
      try {
        deleted = stepped.delete(NAME);
        assertThat(store.list()).isEmpty();
        assertThat(deleted).isTrue();
      } catch (Injected e) {
        deleted = store.list().isEmpty();
      }
    }
    try (ArchiveStore.Lock lock = store.lock("prune")) {
      assertThat(remains()).isEmpty();
    }
  }
}
