package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException.Unhealthy;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.time.Duration;

/**
 * A command that exits with 0 once a service does its work.
 *
 * @param command the command
 * @param longestRun how long one run of it may take
 */
record HealthCommand(Command command, Duration longestRun) {
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 1000;

  /**
   * Runs it, at least once, until it exits with 0.
   *
   * @param service the service's name
   * @throws Unhealthy if it never does
   */
  void await(String service, Deadline deadline) throws IOException {
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      Interruption.check();
      Command.Outcome outcome =
          command.run(deadline.butAtLeast(ServiceStatus.LAST_LOOK).butAtMost(longestRun));
      if (outcome.succeeded()) {
        return;
      }
      if (deadline.passed()) {
        throw new Unhealthy(
            service,
            "after %s, the health command %s".formatted(deadline, outcome.inWords()),
            null);
      }
      Interruption.sleep(deadline.millis(pause));
      pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
    }
  }
}
