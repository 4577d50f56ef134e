package io.chromabackup;

import io.chromabackup.files.Interruption;
import java.io.IOException;
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
  private final boolean asked;

  /** What was done, in words. */
  private final List<String> done = new ArrayList<>();

  private Recovery(ChromaDeployment deployment, boolean asked) {
    this.deployment = deployment;
    this.asked = asked;
  }

  /** As the first step of something else, which what only lies about does not keep from it. */
  static Recovery of(ChromaDeployment deployment) {
    return new Recovery(deployment, false);
  }

  /** As what was asked for. */
  static Recovery asked(ChromaDeployment deployment) {
    return new Recovery(deployment, true);
  }

  /** Returns what was done, in words; empty if there was nothing to do. */
  Optional<String> run() throws IOException {
    try {
      data();
      Interruption.check();
      Interruption.shielded(this::services);
    } finally { // also of half of it: what follows may fail for a reason of its own
      String target = deployment.target().describe();
      done.forEach(text -> Event.RECOVER_SETTLED.log("target", target, "text", text));
    }
    return done.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", done));
  }

  private void services() throws IOException {
    deployment.service().recover().ifPresent(done::add);
    for (ServiceController dependent : deployment.dependents()) {
      dependent.recover().ifPresent(done::add);
    }
  }

  /** The data first: no server is to be started on half of it. */
  private void data() throws IOException {
    RestoreTarget target = deployment.target();
    if (!target.needsRecovery()) {
      tidy(target);
      return;
    }
    Interruption.check();
    Interruption.shielded(() -> target.adopt().ifPresent(done::add));
    if (done.isEmpty() && target.needsRecovery()) { // or somebody else has settled it meanwhile
      undo(target);
    }
  }

  /** An interrupt waits: half undone, the server could not be started. */
  private void undo(RestoreTarget target) throws IOException {
    try (StoppedServices stopped = StoppedServices.stop(deployment)) {
      try {
        Interruption.shielded(() -> target.recover().ifPresent(done::add));
      } catch (IOException | RuntimeException | Error e) {
        stopped.leaveChromaDown();
        if (isRefusal(e) && !stopped.chromaRan()) {
          throw e;
        }
        throw unfinished(target, e, stopped.chromaRan());
      }
    }
  }

  /** Nothing was touched, and what to do is to stop or to wait for whoever is named. */
  private boolean isRefusal(Throwable e) {
    return e instanceof ChromaBackupException.Locked
        || (e instanceof ChromaBackupException.TargetInUse
            && deployment.service() == ServiceController.unmanaged());
  }

  private static IOException unfinished(RestoreTarget target, Throwable e, boolean stopped) {
    return new ChromaBackupException.RestoreFailed(
        target.describe(),
        false,
        false,
        "It was an earlier restore, that had not come to its end and is now being undone. "
            + (stopped ? Undone.CHROMA_LEFT_DOWN : Undone.CHROMA_WAS_DOWN).inWords(),
        e);
  }

  /** What lies about and changes nothing is no reason to stop anything. */
  private void tidy(RestoreTarget target) throws IOException {
    try {
      target.recover().ifPresent(done::add);
    } catch (IOException e) {
      if (asked || Interruption.isOf(e)) {
        throw e;
      }
      log.info("{} could not be tidied up yet: {}", target.describe(), e.getMessage());
    }
  }
}
