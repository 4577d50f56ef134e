package io.chromabackup.localfs;

import java.io.IOException;
import java.util.Optional;

/** Where a service's process is known from. */
@FunctionalInterface
interface ProcessSource {
  /**
   * The service's process.
   *
   * @return empty if the service is down
   * @throws IOException if it cannot be told
   */
  Optional<LocalProcess> find() throws IOException;
}
