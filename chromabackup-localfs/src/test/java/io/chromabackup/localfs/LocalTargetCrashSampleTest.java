package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.localfs.LocalTargetCrashTest.Before;
import io.chromabackup.localfs.LocalTargetCrashTest.Ending;
import io.chromabackup.localfs.LocalTargetCrashTest.Way;
import io.chromabackup.testkit.faults.PowerLoss;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Those of {@link LocalTargetCrashTest} that mutants are tried with: all of it takes too long. */
class LocalTargetCrashSampleTest {
  private CapturedLog log;

  @BeforeEach
  void keepTheConsoleQuiet() {
    log = new CapturedLog();
  }

  @AfterEach
  void showTheConsole() {
    log.close();
  }

  @ParameterizedTest
  @EnumSource
  void losingPowerInARestoreEndsWithExactlyOldOrExactlyNew(PowerLoss loss) throws IOException {
    int points =
        LocalTargetCrashTest.losePowerAtAnyStep(Ending.COMMITTED, Before.DATA, Way.COPIED, loss);

    assertThat(points).isGreaterThan(40);
  }

  @ParameterizedTest
  @EnumSource
  void losingPowerInOneThatIsRolledBackEndsWithExactlyOld(PowerLoss loss) throws IOException {
    int points =
        LocalTargetCrashTest.losePowerAtAnyStep(Ending.ROLLED_BACK, Before.DATA, Way.MOVED, loss);

    assertThat(points).isGreaterThan(40);
  }

  @ParameterizedTest
  @EnumSource
  void losingPowerInOneThatMakesTheDirectoryEndsWithAllOfItOrNothing(PowerLoss loss)
      throws IOException {
    int points =
        LocalTargetCrashTest.losePowerAtAnyStep(
            Ending.COMMITTED, Before.NO_DIRECTORY, Way.COPIED, loss);

    assertThat(points).isGreaterThan(40);
  }

  @Test
  void anErrorInARestoreEndsWithExactlyOldOrExactlyNew() throws IOException {
    int points = LocalTargetCrashTest.failAtAnyStep(Ending.COMMITTED, Before.DATA, Way.COPIED);

    assertThat(points).isGreaterThan(100);
  }
}
