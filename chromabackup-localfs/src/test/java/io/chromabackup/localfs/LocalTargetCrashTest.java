package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.RestoreTarget.Replacement;
import io.chromabackup.StagedFiles;
import io.chromabackup.localfs.SteppingFileSystem.Fault;
import io.chromabackup.localfs.SteppingFileSystem.Injected;
import io.chromabackup.testkit.Figures;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A restore that stops at every one of its file steps, in every way, leaves exactly old or new. */
class LocalTargetCrashTest {
  /** How the restore goes if nothing stops it. */
  enum Ending {
    CLOSED_UNSWAPPED,
    ROLLED_BACK,
    COMMITTED
  }

  /** What is in the data directory before. */
  enum Before {
    DATA,
    NOTHING,
    NO_DIRECTORY
  }

  /** How the new files come there. */
  enum Way {
    MOVED,
    COPIED
  }

  /** No fewer than were done before. */
  private static final int FEWEST_RUNS = 1000;

  private static final String CASES =
      """
      COMMITTED, DATA, MOVED
      COMMITTED, DATA, COPIED
      COMMITTED, NOTHING, MOVED
      COMMITTED, NO_DIRECTORY, COPIED
      ROLLED_BACK, DATA, MOVED
      ROLLED_BACK, DATA, COPIED
      ROLLED_BACK, NO_DIRECTORY, COPIED
      CLOSED_UNSWAPPED, DATA, MOVED
      CLOSED_UNSWAPPED, NO_DIRECTORY, COPIED
      """;

  private static final AtomicInteger RUNS = new AtomicInteger();

  private CapturedLog log;

  @AfterAll
  static void tell() {
    Figures.record("sweep-target", "%,d runs, no violation".formatted(RUNS.get()));
    assertThat(RUNS.get()).as("runs").isGreaterThan(FEWEST_RUNS);
  }

  @BeforeEach
  void keepTheConsoleQuiet() {
    log = new CapturedLog();
  }

  @AfterEach
  void showTheConsole() {
    log.close();
  }

  /** One restore on a file system of its own. */
  private static final class Story implements AutoCloseable {
    final FileSystem memory = Trees.inMemory();
    final SteppingFileSystem steps = new SteppingFileSystem(memory);
    final Path data = memory.getPath("/srv/chroma");
    final Path stepped = steps.before(data);
    final Ending ending;
    final Map<String, String> old;
    final StagedFiles files;
    boolean deciding;
    boolean decided;

    Story(Ending ending, Before before, Way way) throws IOException {
      this.ending = ending;
      this.old = before == Before.DATA ? new TreeMap<>(Trees.OLD) : Map.of();
      Files.createDirectories(data.getParent());
      if (before != Before.NO_DIRECTORY) {
        Trees.write(old, data);
      }
      Path unpacked =
          way == Way.MOVED
              ? steps.before(data.resolve(".chromabackup/staging-1/files"))
              : Trees.inMemory().getPath("/unpacked");
      this.files = Trees.staged(Trees.ARCHIVE, unpacked);
      steps.failAt(0, Fault.BEFORE);
    }

    void play() throws IOException {
      try (Replacement replacement = new LocalTarget(stepped).stage(files)) {
        if (ending != Ending.CLOSED_UNSWAPPED) {
          replacement.swap();
        }
        if (ending == Ending.ROLLED_BACK) {
          replacement.rollBack();
        }
        if (ending == Ending.COMMITTED) {
          deciding = true;
          replacement.commit();
          decided = true;
        }
      }
    }

    /** Plays as a caller does who puts things right when something fails. */
    void playWithCare() throws IOException {
      try (Replacement replacement = new LocalTarget(stepped).stage(files)) {
        try {
          if (ending != Ending.CLOSED_UNSWAPPED) {
            replacement.swap();
          }
          if (ending == Ending.COMMITTED) {
            replacement.commit();
            decided = true;
          }
        } finally {
          if (!decided) {
            rollBack(replacement);
          }
        }
      }
    }

    private static void rollBack(Replacement replacement) throws IOException {
      try {
        replacement.rollBack();
      } catch (IOException e) {
        replacement.rollBack();
      }
    }

    @Override
    public void close() throws IOException {
      memory.close();
    }

    Map<String, String> now() throws IOException {
      return Files.exists(data) ? Trees.read(data) : Map.of();
    }

    Map<String, String> renewed() {
      Map<String, String> renewed = new TreeMap<>(Trees.ARCHIVE);
      old.forEach((path, content) -> renewed.putAll(foreign(path, content)));
      return renewed;
    }

    private static Map<String, String> foreign(String path, String content) {
      return path.matches("notes.*|lost.*") ? Map.of(path, content) : Map.of();
    }

    /** What is live is exactly old or exactly new, and nothing else is left. */
    void requireSettled(String when) throws IOException {
      if (decided) {
        assertThat(now()).as(when).isEqualTo(renewed());
      } else if (!deciding) {
        assertThat(now()).as(when).isEqualTo(old);
      } else {
        assertThat(now()).as(when).isIn(old, renewed());
      }
      assertThat(new LocalTarget(data).needsRecovery()).as(when).isFalse();
      assertThat(data.resolve(".chromabackup/new")).as(when).doesNotExist();
      assertThat(data.resolve(".chromabackup/old")).as(when).doesNotExist();
      assertThat(data.resolve(".chromabackup/lock")).as(when).doesNotExist();
    }
  }

  @ParameterizedTest
  @CsvSource(textBlock = CASES)
  void dyingAtAnyStepEndsWithExactlyOldOrExactlyNew(
      Ending ending, Before before, Way way, TestReporter reporter) throws IOException {
    int total = steps(ending, before, way);
    for (int step = 1; step <= total; step++) {
      try (Story story = crashed(ending, before, way, step)) {
        new LocalTarget(story.data).recover();
        story.requireSettled("after dying at step " + step);
      }
    }
    reporter.publishEntry("crash points", String.valueOf(total));
    RUNS.addAndGet(total);
    assertThat(total).isGreaterThan(10);
  }

  @ParameterizedTest
  @CsvSource({
    "COMMITTED, DATA, MOVED",
    "COMMITTED, NO_DIRECTORY, COPIED",
    "ROLLED_BACK, DATA, MOVED",
    "CLOSED_UNSWAPPED, NO_DIRECTORY, COPIED"
  })
  void dyingAtAnyStepOfTheRecoveryTooEndsWithExactlyOldOrExactlyNew(
      Ending ending, Before before, Way way, TestReporter reporter) throws IOException {
    int total = steps(ending, before, way);
    int points = 0;
    for (int step = 1; step <= total; step++) {
      int second = 1;
      while (settlesAfterDyingTwice(crashed(ending, before, way, step), step, second)) {
        second++;
        points++;
      }
    }
    reporter.publishEntry("pairs of crash points", String.valueOf(points));
    RUNS.addAndGet(points);
  }

  /** Returns false if recovery ended before it came to the second step. */
  private static boolean settlesAfterDyingTwice(Story crashed, int first, int second)
      throws IOException {
    try (Story story = crashed) {
      story.steps.failAt(second, Fault.CRASH);
      recoverOrDie(story);
      if (story.steps.steps.size() < second) {
        return false;
      }
      new LocalTarget(story.data).recover();
      story.requireSettled("after dying at steps " + first + " and " + second);
      return true;
    }
  }

  private static int steps(Ending ending, Before before, Way way) throws IOException {
    try (Story story = new Story(ending, before, way)) {
      story.play();
      return story.steps.steps.size();
    }
  }

  private static Story crashed(Ending ending, Before before, Way way, int step) throws IOException {
    Story story = new Story(ending, before, way);
    story.steps.failAt(step, Fault.CRASH);
    try {
      story.play();
    } catch (Injected e) {
      // as meant; or it was too late to matter, and was only logged
    }
    return story;
  }

  private static void recoverOrDie(Story story) throws IOException {
    try {
      new LocalTarget(story.stepped).recover();
    } catch (Injected e) {
      // died
    }
  }

  @ParameterizedTest
  @CsvSource(textBlock = CASES)
  void anErrorAtAnyStepIsPutRightByTheCallerAndEndsWithExactlyOldOrExactlyNew(
      Ending ending, Before before, Way way, TestReporter reporter) throws IOException {
    int points = 0;
    for (Fault fault : new Fault[] {Fault.BEFORE, Fault.AFTER}) {
      int total = steps(ending, before, way);
      for (int step = 1; step <= total; step++) {
        try (Story story = new Story(ending, before, way)) {
          story.steps.failAt(step, fault);
          String when = "after an error " + fault + " step " + step + ": " + outcome(story);
          assertThat(story.now()).as(when).isEqualTo(story.decided ? story.renewed() : story.old);
          new LocalTarget(story.data).recover();
          story.requireSettled(when);
        }
        points++;
      }
    }
    reporter.publishEntry("faults", String.valueOf(points));
    RUNS.addAndGet(points);
  }

  private static String outcome(Story story) throws IOException {
    try {
      story.playWithCare();
      return "nothing thrown";
    } catch (Injected e) {
      return e.toString();
    }
  }

  @Test
  void dyingAtAnyStepOfGoingBackFromAFailedCommitEndsWithExactlyOldOrExactlyNew()
      throws IOException {
    int step = 0;
    boolean died = true;
    while (died) {
      step++;
      try (Story story = new Story(Ending.COMMITTED, Before.DATA, Way.MOVED)) {
        died = diesGoingBack(story, step);
        new LocalTarget(story.data).recover();
        story.deciding = true;
        story.requireSettled("after dying at step " + step);
      }
    }
    assertThat(step).isGreaterThan(10);
  }

  private static boolean diesGoingBack(Story story, int step) throws IOException {
    try (Replacement replacement = new LocalTarget(story.stepped).stage(story.files)) {
      replacement.swap();
      failInTheLastStepOfTheDecision(replacement, story.steps);
      story.steps.failAt(step, Fault.CRASH);
      try {
        replacement.rollBack();
        return false;
      } catch (Injected e) {
        return true;
      }
    }
  }

  /** The decision can be read, but is not known to be durable. */
  static void failInTheLastStepOfTheDecision(Replacement replacement, SteppingFileSystem steps)
      throws IOException {
    // create, write and sync the draft, give it its name, sync the directory
    steps.failAt(5, Fault.BEFORE);
    assertThatThrownBy(replacement::commit).hasMessageContaining("sync .chromabackup");
  }
}
