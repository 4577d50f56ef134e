package io.chromabackup.localfs;

import java.io.IOException;
import java.time.Duration;

/** The processes as {@code ps} tells of them, on systems without {@code /proc}. */
final class PsCommand implements ProcessTable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Override
  public String threadStates(long pid) throws IOException {
    String state = ask(pid, "stat=");
    return state.isEmpty() || state.startsWith("Z") ? "" : state.substring(0, 1);
  }

  @Override
  public String born(long pid) throws IOException {
    return ask(pid, "lstart=").replace(" ", "");
  }

  @Override
  public boolean hidesOthers() {
    return false;
  }

  private static String ask(long pid, String column) throws IOException {
    Command ps = Command.of("ps", "-o", column, "-p", String.valueOf(pid));
    Command.Outcome outcome = ps.run(Deadline.after(PATIENCE));
    if (outcome.exitCode().isEmpty()) {
      throw new IOException("cannot look at process " + pid + ": " + outcome.inWords());
    }
    return outcome.succeeded() ? outcome.output() : "";
  }
}
