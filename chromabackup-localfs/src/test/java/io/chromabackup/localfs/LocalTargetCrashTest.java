package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.RestoreTarget.Replacement;
import io.chromabackup.StagedFiles;
import io.chromabackup.testkit.Effort;
import io.chromabackup.testkit.Figures;
import io.chromabackup.testkit.faults.Fault;
import io.chromabackup.testkit.faults.FaultyFileSystem;
import io.chromabackup.testkit.faults.PowerLoss;
import io.chromabackup.testkit.faults.PowerLost;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A restore that stops at every one of its file steps, in every way, leaves exactly old or new. */
@Tag("slow")
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
  private static final int FEWEST_RUNS = 5000;

  /** Of pairs of power cuts every so manieth, in both directions. */
  private static final int STRIDE = Effort.of(5, 1);

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
    final FaultyFileSystem faults = FaultyFileSystem.over(memory);
    final Path data = memory.getPath("/srv/chroma");
    final Path stepped = faults.path(data);
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
              ? faults.path(data.resolve(".chromabackup/staging-1/files"))
              : Trees.inMemory().getPath("/unpacked");
      this.files = Trees.staged(Trees.ARCHIVE, unpacked);
      faults.reset();
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

  /** Every case with everything a disk may have kept. */
  static Stream<Arguments> cases() {
    return CASES
        .lines()
        .map(line -> line.split(", "))
        .flatMap(
            names ->
                Stream.of(PowerLoss.values())
                    .map(
                        loss ->
                            Arguments.of(
                                Ending.valueOf(names[0]),
                                Before.valueOf(names[1]),
                                Way.valueOf(names[2]),
                                loss)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void losingPowerAtAnyStepEndsWithExactlyOldOrExactlyNew(
      Ending ending, Before before, Way way, PowerLoss loss, TestReporter reporter)
      throws IOException {
    int points = losePowerAtAnyStep(ending, before, way, loss);
    reporter.publishEntry("power cuts", String.valueOf(points));
    RUNS.addAndGet(points);
    assertThat(points).isGreaterThan(10);
  }

  /** Returns at how many. */
  static int losePowerAtAnyStep(Ending ending, Before before, Way way, PowerLoss loss)
      throws IOException {
    List<Integer> steps = steps(ending, before, way);
    for (int step : steps) {
      try (Story story = cut(ending, before, way, step, loss)) {
        new LocalTarget(story.data).recover();
        story.requireSettled("after losing power at step " + step);
      }
    }
    return steps.size();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void losingPowerInTheRecoveryTooEndsWithExactlyOldOrExactlyNew(
      Ending ending, Before before, Way way, PowerLoss loss, TestReporter reporter)
      throws IOException {
    int points = 0;
    List<Integer> steps = steps(ending, before, way);
    for (int i = 0; i < steps.size(); i += STRIDE) {
      int first = steps.get(i);
      List<Integer> seconds = recoverySteps(cut(ending, before, way, first, loss));
      for (int j = i % STRIDE; j < seconds.size(); j += STRIDE) {
        int second = seconds.get(j);
        try (Story story = cut(ending, before, way, first, loss)) {
          story.faults.losePowerAt(second);
          recoverOrDie(story);
          story.faults.restart(loss, second);
          new LocalTarget(story.data).recover();
          story.requireSettled("after losing power at steps " + first + " and " + second);
        }
        points++;
      }
    }
    reporter.publishEntry("pairs of power cuts", String.valueOf(points));
    RUNS.addAndGet(points);
  }

  private static List<Integer> recoverySteps(Story cut) throws IOException {
    try (Story story = cut) {
      new LocalTarget(story.stepped).recover();
      return changes(story.faults);
    }
  }

  private static List<Integer> steps(Ending ending, Before before, Way way) throws IOException {
    try (Story story = new Story(ending, before, way)) {
      story.play();
      return changes(story.faults);
    }
  }

  /** Whether power goes before or after a mere look makes no difference. */
  private static List<Integer> changes(FaultyFileSystem faults) {
    List<Integer> changes = new ArrayList<>();
    for (int i = 0; i < faults.stepCount(); i++) {
      if (!faults.steps().get(i).matches("(look|list|open|read|store|compare|close) .*")) {
        changes.add(i + 1);
      }
    }
    return changes;
  }

  private static Story cut(Ending ending, Before before, Way way, int step, PowerLoss loss)
      throws IOException {
    Story story = new Story(ending, before, way);
    story.faults.losePowerAt(step);
    try {
      story.play();
    } catch (PowerLost e) {
      // as meant; or it was too late to matter, and was only logged
    }
    story.faults.restart(loss, step);
    return story;
  }

  private static void recoverOrDie(Story story) throws IOException {
    try {
      new LocalTarget(story.stepped).recover();
    } catch (PowerLost e) {
      // died
    }
  }

  @ParameterizedTest
  @CsvSource(textBlock = CASES)
  void anErrorAtAnyStepIsPutRightByTheCallerAndEndsWithExactlyOldOrExactlyNew(
      Ending ending, Before before, Way way, TestReporter reporter) throws IOException {
    int points = failAtAnyStep(ending, before, way);
    reporter.publishEntry("faults", String.valueOf(points));
    RUNS.addAndGet(points);
  }

  /** Returns at how many, counting each kind of error. */
  static int failAtAnyStep(Ending ending, Before before, Way way) throws IOException {
    int points = 0;
    int total = allSteps(ending, before, way);
    for (Fault fault : new Fault[] {Fault.IO_ERROR, Fault.IO_ERROR_AFTER}) {
      for (int step = 1; step <= total; step++) {
        try (Story story = new Story(ending, before, way)) {
          story.faults.failAt(step, fault);
          String when = "after an " + fault + " at step " + step + ": " + outcome(story);
          story.faults.reset();
          assertThat(story.now()).as(when).isEqualTo(story.decided ? story.renewed() : story.old);
          new LocalTarget(story.data).recover();
          story.requireSettled(when);
        }
        points++;
      }
    }
    return points;
  }

  private static int allSteps(Ending ending, Before before, Way way) throws IOException {
    try (Story story = new Story(ending, before, way)) {
      story.play();
      return story.faults.stepCount();
    }
  }

  private static String outcome(Story story) throws IOException {
    try {
      story.playWithCare();
      return "nothing thrown";
    } catch (IOException e) {
      return e.toString();
    }
  }

  @ParameterizedTest
  @EnumSource
  void losingPowerWhileGoingBackFromAFailedCommitEndsWithExactlyOldOrExactlyNew(PowerLoss loss)
      throws IOException {
    int step = 0;
    boolean died = true;
    while (died) {
      step++;
      try (Story story = new Story(Ending.COMMITTED, Before.DATA, Way.MOVED)) {
        died = diesGoingBack(story, step);
        story.faults.restart(loss, step);
        new LocalTarget(story.data).recover();
        story.deciding = true;
        story.requireSettled("after losing power at step " + step);
      }
    }
    assertThat(step).isGreaterThan(10);
  }

  private static boolean diesGoingBack(Story story, int step) throws IOException {
    try (Replacement replacement = new LocalTarget(story.stepped).stage(story.files)) {
      replacement.swap();
      failInTheLastStepOfTheDecision(replacement, story.faults, story.data);
      story.faults.losePowerAt(step);
      try {
        replacement.rollBack();
        return false;
      } catch (PowerLost e) {
        return true;
      }
    }
  }

  /** The decision can be read, but is not known to be durable. */
  static void failInTheLastStepOfTheDecision(
      Replacement replacement, FaultyFileSystem faults, Path data) {
    faults.after(
        "force " + data.resolve(".chromabackup"),
        () -> {
          throw new IOException("not durable");
        });
    assertThatThrownBy(replacement::commit).hasMessageContaining("not durable");
  }
}
