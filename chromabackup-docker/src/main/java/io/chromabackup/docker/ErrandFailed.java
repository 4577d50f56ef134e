package io.chromabackup.docker;

import java.io.IOException;

/** What was to be done in a container's volume was not done. */
final class ErrandFailed extends IOException {
  /** What it ends with where what is there is not its own. */
  private static final int REFUSED = 4;

  /** The same, where it is another restore's, which may be at work in it. */
  private static final int LEFT_TO_ANOTHER = 5;

  private final int exitCode;

  ErrandFailed(String what, String container, int exitCode, String said) {
    super(
        said.isEmpty()
            ? "'%s' in the volume of container %s ended with code %d"
                .formatted(what, container, exitCode)
            : said);
    this.exitCode = exitCode;
  }

  /** Whether what is there is another's, and was left alone. */
  boolean isRefusal() {
    return exitCode == REFUSED;
  }

  /** Whether what is there is another restore's, half way perhaps, and was left alone. */
  boolean isLeftToAnother() {
    return exitCode == LEFT_TO_ANOTHER;
  }
}
