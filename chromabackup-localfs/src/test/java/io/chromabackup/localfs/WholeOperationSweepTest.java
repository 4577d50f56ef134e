package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.chromabackup.ArchiveName;
import io.chromabackup.ChromaBackupException.Unhealthy;
import io.chromabackup.RestoreOptions;
import io.chromabackup.testkit.Effort;
import io.chromabackup.testkit.Figures;
import io.chromabackup.testkit.faults.Fault;
import io.chromabackup.testkit.faults.PowerLoss;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whole operations that fail at every step of the file system under them, in every way, or lose
 * power there. What is live is old or new afterwards, or {@code recover} makes it so; what is
 * listed verifies; nothing is left over. A bounded run takes every so many steps.
 */
@Tag("slow")
class WholeOperationSweepTest {
  private static final int RUNS = Effort.of(24, Integer.MAX_VALUE);

  /** What is swept. */
  enum Operation {
    BACKUP(world -> world.backups().backup(world.deployment())),
    VERIFY(world -> world.backups().verify(SweptWorld.NEWEST)),
    PRUNE(world -> world.backups().prune()),
    RESTORE(
        world ->
            world
                .backups()
                .restore(
                    SweptWorld.NEWEST,
                    world.deployment().heldBy(world.chroma),
                    RestoreOptions.defaults().replace())),
    ROLL_BACK(
        world ->
            world
                .backups()
                .restore(
                    SweptWorld.NEWEST,
                    world
                        .deployment()
                        .heldBy(world.chroma)
                        .checkedBy(
                            (expected, patience) -> {
                              throw new Unhealthy("chroma", "the test says so", null);
                            }),
                    RestoreOptions.defaults().replace())),
    /** Of a restore whose power was cut in the midst of its swap. */
    RECOVERY(world -> world.backups().recover(world.deployment()));

    private final Deed deed;

    Operation(Deed deed) {
      this.deed = deed;
    }

    boolean prunes() {
      return this == BACKUP || this == PRUNE;
    }
  }

  private interface Deed {
    void take(SweptWorld world) throws IOException;
  }

  private static Map<String, byte[]> beginning;
  private static Map<String, Integer> restored;
  private static int midSwap;
  private CapturedLog log;

  @BeforeAll
  static void makeTheBeginning() throws IOException {
    beginning = SweptWorld.beginning();
    try (SweptWorld world = SweptWorld.with(beginning)) {
      Operation.RESTORE.deed.take(world);
      restored = world.now();
      assertThat(world.isOld()).isFalse();
      midSwap = lastMove(world) - 3;
    }
  }

  private static int lastMove(SweptWorld world) {
    int last = 0;
    for (int step = 0; step < world.faults.steps().size(); step++) {
      if (world.faults.steps().get(step).startsWith("move")) {
        last = step + 1;
      }
    }
    assertThat(last).isPositive();
    return last;
  }

  @BeforeEach
  void keepTheConsoleQuiet() {
    log = new CapturedLog();
  }

  @AfterEach
  void showTheConsole() {
    log.close();
  }

  private static SweptWorld world(Operation operation) throws IOException {
    SweptWorld world = SweptWorld.with(beginning);
    if (operation == Operation.RECOVERY) {
      world.faults.losePowerAt(midSwap);
      assertThat(catchThrowable(() -> Operation.RESTORE.deed.take(world))).isNotNull();
      world.faults.restart(PowerLoss.UNSYNCED_KEPT, 0);
      world.faults.reset();
      assertThat(new LocalTarget(world.data).needsRecovery()).isTrue();
    }
    return world;
  }

  private static int steps(Operation operation) throws IOException {
    try (SweptWorld world = world(operation)) {
      Throwable failure = run(operation, world);
      assertThat(failure == null || operation == Operation.ROLL_BACK).isTrue();
      return world.faults.stepCount();
    }
  }

  private static @Nullable Throwable run(Operation operation, SweptWorld world) {
    return catchThrowable(() -> operation.deed.take(world));
  }

  @ParameterizedTest
  @EnumSource
  void aFaultAtAnyStepEndsWithOldOrNew(Operation operation) throws IOException {
    int steps = steps(operation);
    int stride = Math.max(1, steps / RUNS);
    int runs = 0;
    for (int step = 1; step <= steps; step += stride) {
      for (Fault fault : Fault.values()) {
        if (Effort.isLong() || fault.ordinal() == runs % Fault.values().length) {
          try (SweptWorld world = world(operation)) {
            world.faults.failAt(step, fault);
            Throwable failure = run(operation, world);
            world.faults.reset();
            String when = "%s at step %d".formatted(fault, step);
            if (operation == Operation.RESTORE) {
              assertThat(world.chroma.isRunning()).as("the service runs after " + when).isTrue();
            }
            requireSound(operation, world, failure, when);
          }
          if (Effort.isLong()) {
            runs++;
          }
        }
      }
      runs += Effort.isLong() ? 0 : 1;
    }
    record("faults", operation, runs, steps);
  }

  @ParameterizedTest
  @EnumSource
  void aPowerCutAtAnyStepEndsWithOldOrNew(Operation operation) throws IOException {
    int steps = steps(operation);
    int stride = Math.max(1, steps / RUNS);
    int runs = 0;
    for (int step = 1; step <= steps; step += stride) {
      for (PowerLoss loss : PowerLoss.values()) {
        try (SweptWorld world = world(operation)) {
          world.faults.losePowerAt(step);
          Throwable failure = run(operation, world);
          world.faults.restart(loss, step);
          world.faults.reset();
          requireSound(operation, world, failure, "power cut at step %d, %s".formatted(step, loss));
          runs++;
        }
      }
    }
    record("power-cuts", operation, runs, steps);
  }

  private static void record(String what, Operation operation, int runs, int steps) {
    String name = operation.name().toLowerCase(Locale.ROOT).replace('_', '-');
    Figures.record(
        "sweep-" + what + "-" + name, "%d runs over %d steps, no violation".formatted(runs, steps));
    assertThat(runs).isGreaterThanOrEqualTo(Math.min(steps, RUNS));
  }

  @ParameterizedTest
  @EnumSource
  void whatReturnedSurvivesAPowerCutRightAfter(Operation operation) throws IOException {
    try (SweptWorld world = world(operation)) {
      Throwable failure = run(operation, world);
      boolean addedOne = !world.added(beginning).isEmpty();
      Map<String, Integer> data = world.now();
      world.faults.losePowerAt(1);
      world.faults.restart(PowerLoss.UNSYNCED_DROPPED, 0);
      world.faults.reset();

      requireSound(operation, world, failure, "power cut after " + operation);
      assertThat(world.now()).isEqualTo(data);
      assertThat(!world.added(beginning).isEmpty()).isEqualTo(addedOne);
    }
  }

  private static void requireSound(
      Operation operation, SweptWorld world, @Nullable Throwable failure, String when)
      throws IOException {
    world.backups().recover(world.deployment());
    requireData(operation, world, failure, when);
    world.requireArchives(beginning, operation.prunes(), when);
    for (ArchiveName added : world.added(beginning)) {
      assertThat(operation).as(when).isEqualTo(Operation.BACKUP);
      assertThat(world.backups().verify(added).isSound()).as(when).isTrue();
    }
    world.backups().verify(SweptWorld.NEWEST);
    world.requireTidy(when);
  }

  private static void requireData(
      Operation operation, SweptWorld world, @Nullable Throwable failure, String when)
      throws IOException {
    switch (operation) {
      case RESTORE:
        if (failure == null) {
          assertThat(world.isNew(restored)).as(when).isTrue();
          break;
        }
        assertThat(world.isOld() || world.isNew(restored)).as(when).isTrue();
        break;
      default:
        assertThat(world.isOld()).as("%s, %s", when, failure).isTrue();
    }
  }
}
