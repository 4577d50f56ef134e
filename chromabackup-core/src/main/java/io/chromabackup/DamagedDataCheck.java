package io.chromabackup;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Asks for data that is known to be damaged, and was wanted all the same: no server serves all of
 * it. But it must answer, and not end on it.
 *
 * @param strict asks for all of it
 * @param service Chroma's
 * @param warnings are told what it does not serve
 */
record DamagedDataCheck(HealthCheck strict, ServiceController service, List<String> warnings)
    implements HealthCheck {
  @Override
  public String check(List<CollectionSummary> expected, Duration patience) throws IOException {
    try {
      return strict.check(expected, patience);
    } catch (ChromaBackupException.Unhealthy e) {
      if (!e.answers() || !service.isRunning()) {
        throw e;
      }
      warnings.add("the server does not serve all of the damaged data: " + e.getMessage());
      return "";
    }
  }
}
