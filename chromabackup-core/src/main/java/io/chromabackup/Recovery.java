package io.chromabackup;

import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settles what an earlier restore left unfinished, with the services stopped for it. */
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
    RestoreTarget target = deployment.target();
    if (!target.needsRecovery()) {
      return Optional.empty();
    }
    try (StoppedServices stopped = StoppedServices.stop(deployment)) {
      Optional<String> done = target.recover();
      done.ifPresent(text -> log.warn("recovered {}: {}", target.describe(), text));
      return done;
    }
  }
}
