package io.chromabackup;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles what an earlier operation left unfinished: the data of a restore, with the services
 * stopped for it, and then the services that were still held.
 */
final class Recovery {
  private static final Logger log = LoggerFactory.getLogger(Recovery.class);

  private final ChromaDeployment deployment;

  private Recovery(ChromaDeployment deployment) {
    this.deployment = deployment;
  }

  static Recovery of(ChromaDeployment deployment) {
    return new Recovery(deployment);
  }

  /** Returns what was done, in words; empty if there was nothing to do. */
  Optional<String> run() throws IOException {
    List<String> done = new ArrayList<>();
    data().ifPresent(done::add);
    deployment.service().recover().ifPresent(done::add);
    for (ServiceController dependent : deployment.dependents()) {
      dependent.recover().ifPresent(done::add);
    }
    done.forEach(text -> log.warn("recovered {}: {}", deployment.target().describe(), text));
    return done.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", done));
  }

  /** The data first: no server is to be started on half of it. */
  private Optional<String> data() throws IOException {
    RestoreTarget target = deployment.target();
    if (!target.needsRecovery()) {
      return tidied(target);
    }
    Optional<String> adopted = target.adopt(deployment.service().isRunning());
    if (adopted.isPresent()) {
      return adopted;
    }
    try (StoppedServices stopped = StoppedServices.stop(deployment)) {
      try {
        return target.recover();
      } catch (IOException | RuntimeException | Error e) {
        stopped.leaveChromaDown();
        throw e;
      }
    }
  }

  /** What lies about and changes nothing is no reason to stop anything, or to fail. */
  private static Optional<String> tidied(RestoreTarget target) throws IOException {
    try {
      return target.recover();
    } catch (InterruptedIOException | ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      log.info("{} could not be tidied up yet: {}", target.describe(), e.getMessage());
      return Optional.empty();
    }
  }
}
