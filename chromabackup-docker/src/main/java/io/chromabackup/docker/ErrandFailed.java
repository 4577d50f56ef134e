package io.chromabackup.docker;

import java.io.IOException;

/** What was to be done in a container's volume was not done. */
final class ErrandFailed extends IOException {
  ErrandFailed(String what, String container, int exitCode, String said) {
    super(
        said.isEmpty()
            ? "'%s' in the volume of container %s ended with code %d"
                .formatted(what, container, exitCode)
            : said);
  }
}
