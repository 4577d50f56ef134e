package io.chromabackup;

import io.chromabackup.chroma.SchemaFingerprint;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One restore, from reading the archive to deleting what was replaced. */
final class RestoreRun {
  private static final Logger log = LoggerFactory.getLogger(RestoreRun.class);

  private final ArchiveStore store;
  private final Path workspace;
  private final Progress progress;
  private final ArchiveName name;
  private final ChromaDeployment deployment;
  private final RestoreOptions options;
  private final RestoreTarget target;
  private final List<String> warnings = new ArrayList<>();

  RestoreRun(
      ArchiveStore store,
      Path workspace,
      Progress progress,
      ArchiveName name,
      ChromaDeployment deployment,
      RestoreOptions options) {
    this.store = store;
    this.workspace = workspace;
    this.progress = progress;
    this.name = name;
    this.deployment = deployment;
    this.options = options;
    this.target = deployment.target();
  }

  RestoreReport run() throws IOException {
    long start = System.nanoTime();
    Recovery.of(deployment).run().ifPresent(warnings::add); // whatever is with the store
    ArchiveInfo archive = new Archives(store).info(name);
    if (!target.isEmpty() && !options.mayReplace()) {
      throw new ChromaBackupException.TargetNotEmpty(target.describe());
    }
    Optional<Path> ofTarget = target.workspace();
    Path unpackIn = ofTarget.orElse(workspace);
    Unpacking unpacking =
        ofTarget.isPresent()
            ? Unpacking.toStay(store, progress)
            : Unpacking.toLeave(store, progress);
    try (Staging staging = Staging.in(unpackIn)) {
      Unpacking.Unpacked unpacked = unpacking.unpack(archive, staging, unpackIn, Thoroughness.FAST);
      requireAllowed(unpacked.inspection());
      confirm(unpacked, staging);
      StoppedServices services = replace(staging, unpacked.inspection());
      return report(unpacked, services, Duration.ofNanos(System.nanoTime() - start));
    } finally {
      tidyUp();
    }
  }

  /** What was unpacked beside the live data is gone by now, and so shall its directory be. */
  private void tidyUp() {
    try {
      Interruption.shielded(
          () -> {
            if (!target.needsRecovery()) {
              target.recover();
            }
          });
    } catch (IOException | RuntimeException | Error e) {
      log.warn("{} could not be tidied up; the next restore will do it", target.describe(), e);
    }
  }

  private void requireAllowed(StagedInspection inspection) throws ChromaBackupException {
    if (inspection.isSound()) {
      return;
    }
    if (!options.allowsDamaged()) {
      throw new ChromaBackupException.ArchiveSalvaged(name.toString(), inspection.faultTexts());
    }
    warnings.add("the restored data is damaged: " + inspection.faultTexts());
  }

  private void confirm(Unpacking.Unpacked unpacked, Staging staging) throws IOException {
    if (target.isEmpty()) {
      return;
    }
    if (!options.mayReplace()) { // it was empty when this began
      throw new ChromaBackupException.TargetNotEmpty(target.describe());
    }
    DataContents present = contents(staging);
    SchemaFingerprint incoming = new SchemaFingerprint(unpacked.inspection().schema());
    SchemaFingerprint live = new SchemaFingerprint(present.schema());
    if (!present.schema().isEmpty() && incoming.isNewerThan(live) && !options.allowsNewerSchema()) {
      throw new ChromaBackupException.SchemaTooNew(
          name.toString(), incoming.toString(), target.describe(), live.toString());
    }
    Optional<String> source = unpacked.manifest().map(Manifest::source);
    if (!options.confirms(plan(unpacked.inspection(), source, present.documents()))) {
      throw new ChromaBackupException.Declined(target.describe());
    }
    source
        .filter(of -> !deployment.source().wasOnce(of))
        .ifPresent(of -> warnings.add(name + " is of another source: " + of));
  }

  /** Data that cannot even be looked at is a reason to restore, not one to refuse it. */
  private DataContents contents(Staging staging) throws IOException {
    try {
      return deployment.source().contents(Files.createTempDirectory(staging.scratch(), "present"));
    } catch (ChromaBackupException.ServiceNotResumed e) {
      throw e;
    } catch (IOException e) {
      if (Interruption.isOf(e)) {
        throw e;
      }
      for (Throwable besides : e.getSuppressed()) {
        if (besides instanceof ChromaBackupException.ServiceNotResumed frozen) {
          throw frozen; // which is worse news, and may explain why nothing could be read
        }
      }
      warnings.add("what was there could not be read: " + e.getMessage());
      return DataContents.unknown();
    }
  }

  private RestorePlan plan(
      StagedInspection inspection, Optional<String> source, OptionalLong documentsNow) {
    List<String> services = new ArrayList<>();
    deployment.dependents().forEach(service -> services.add(service.describe()));
    if (deployment.service() != ServiceController.unmanaged()) {
      services.add(deployment.service().describe());
    }
    return new RestorePlan(
        name,
        source,
        target.describe(),
        documentsNow,
        inspection.collections(),
        inspection.faultTexts(),
        services);
  }

  /** Returns the services, which run again as they did. */
  private StoppedServices replace(Staging staging, StagedInspection inspection) throws IOException {
    progress.begin(Phase.SWAP, 0);
    String name = "what was restored into " + target.describe(); // before: this may fail
    try (Taken<RestoreTarget.Replacement> taken = new Taken<>(target.stage(staging), name)) {
      RestoreTarget.Replacement replacement = taken.it();
      StoppedServices services = StoppedServices.stop(deployment);
      try {
        replacement.swap();
        services.startChecked(
            healthCheck(inspection), inspection.collections(), options.patience());
        replacement.commit();
      } catch (IOException | RuntimeException | Error failure) {
        throw undo(replacement, services, failure);
      }
      services.endHolds();
      if (!services.chromaRan()) {
        warnings.add(
            deployment.service() == ServiceController.unmanaged()
                ? "no service was given, so that no server was asked whether it serves the data;"
                    + " restart one that runs on it"
                : "no server ran, so that none was asked whether it serves the data");
      }
      return services;
    }
  }

  private HealthCheck healthCheck(StagedInspection inspection) {
    HealthCheck strict = deployment.health();
    return inspection.isSound()
        ? strict
        : new DamagedDataCheck(strict, deployment.service(), warnings);
  }

  /** Puts the old data back and starts what ran; returns what is to be thrown. */
  private IOException undo(
      RestoreTarget.Replacement replacement, StoppedServices services, Throwable failure)
      throws IOException {
    Undone undone = rollBack(replacement, services, failure);
    boolean rolledBack = undone == Undone.ALL;
    String outcome = undone.inWords();
    boolean servicesBack = undone != Undone.CHROMA_LEFT_DOWN;
    try {
      services.close();
      outcome += rolledBack ? ", and the services that ran were started again." : "";
    } catch (IOException | RuntimeException | Error e) {
      failure.addSuppressed(e);
      servicesBack = false;
      outcome += (rolledBack ? ", but a" : " A") + " service MAY BE DOWN: " + e.getMessage() + ".";
    }
    if (rolledBack && servicesBack && isItsOwnExplanation(failure)) {
      throw rethrow(failure);
    }
    return new ChromaBackupException.RestoreFailed(
        target.describe(), rolledBack, servicesBack, outcome, failure);
  }

  /** An error in one step, be it of the heap, is no reason to leave out the others. */
  private static Undone rollBack(
      RestoreTarget.Replacement replacement, StoppedServices services, Throwable failure) {
    Optional<Throwable> unrejected = reject(replacement);
    try {
      Interruption.shielded(services::stopAgain);
    } catch (IOException | RuntimeException | Error e) {
      unrejected.ifPresent(failure::addSuppressed);
      failure.addSuppressed(e);
      return Undone.CHROMA_RUNS_ON;
    }
    try {
      Interruption.shielded(replacement::rollBack);
      return Undone.ALL;
    } catch (IOException | RuntimeException | Error e) {
      unrejected.ifPresent(failure::addSuppressed);
      failure.addSuppressed(e);
      services.leaveChromaDown();
      return services.chromaRan() ? Undone.CHROMA_LEFT_DOWN : Undone.CHROMA_WAS_DOWN;
    }
  }

  /** That it failed matters only if this process does not get to roll back. */
  private static Optional<Throwable> reject(RestoreTarget.Replacement replacement) {
    try {
      Interruption.shielded(replacement::reject);
      return Optional.empty();
    } catch (IOException | RuntimeException | Error e) {
      log.info("that the restore failed could not be written down", e);
      return Optional.of(e);
    }
  }

  /** An interrupt, or a refusal before anything was touched: nothing to add. */
  private static boolean isItsOwnExplanation(Throwable failure) {
    return Interruption.isOf(failure)
        || failure instanceof ChromaBackupException.TargetInUse
        || failure instanceof Error;
  }

  private static IOException rethrow(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return (IOException) failure;
  }

  private RestoreReport report(
      Unpacking.Unpacked unpacked, StoppedServices services, Duration elapsed) {
    return new RestoreReport(
        name,
        target.describe(),
        unpacked.inspection().collections(),
        services.health(),
        services.downtime(),
        elapsed,
        warnings);
  }
}
