package io.chromabackup.localfs;

import java.io.IOException;

/**
 * A command whose exit code tells whether a service runs, by the rules of init scripts.
 *
 * @param command the command
 */
record StatusCommand(Command command) implements ServiceStatus {
  @Override
  public State now(Deadline deadline) throws IOException {
    Command.Outcome outcome = command.run(deadline);
    return switch (outcome.exitCode().orElse(-1)) {
      case 0 -> State.UP;
      case 1, 2, 3 -> State.DOWN;
      default -> throw new IOException("the status command " + outcome.inWords());
    };
  }
}
