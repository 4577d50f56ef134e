package io.chromabackup;

import java.util.List;
import java.util.Objects;

/**
 * A Chroma deployment: its files, read and written, the service that uses them, and the services
 * that use that one. Immutable.
 */
public final class ChromaDeployment {
  private final BackupSource source;
  private final RestoreTarget target;
  private final ServiceController service;
  private final List<ServiceController> dependents;
  private final HealthCheck health;

  private ChromaDeployment(
      BackupSource source,
      RestoreTarget target,
      ServiceController service,
      List<ServiceController> dependents,
      HealthCheck health) {
    this.source = Objects.requireNonNull(source);
    this.target = Objects.requireNonNull(target);
    this.service = Objects.requireNonNull(service);
    this.dependents = List.copyOf(dependents);
    this.health = Objects.requireNonNull(health);
  }

  /**
   * A deployment whose service nobody controls.
   *
   * @param source where its files are read from
   * @param target where they are written back to
   * @return the deployment
   */
  public static ChromaDeployment of(BackupSource source, RestoreTarget target) {
    return new ChromaDeployment(
        source, target, ServiceController.unmanaged(), List.of(), HealthCheck.none());
  }

  /**
   * The same deployment, with Chroma's own service under control.
   *
   * @param controller pauses or stops Chroma
   * @return the deployment
   */
  public ChromaDeployment heldBy(ServiceController controller) {
    return new ChromaDeployment(source, target, controller, dependents, health);
  }

  /**
   * The same deployment, with services that must not run while Chroma is down.
   *
   * @param controllers stopped in this order around a restore, and started in the reverse
   * @return the deployment
   */
  public ChromaDeployment withDependents(ServiceController... controllers) {
    return new ChromaDeployment(source, target, service, List.of(controllers), health);
  }

  /**
   * The same deployment, whose data is asked for after a restore.
   *
   * @param check must pass for a restore to be kept; it is asked only if the service of {@link
   *     #heldBy} ran when the restore began
   * @return the deployment
   */
  public ChromaDeployment checkedBy(HealthCheck check) {
    return new ChromaDeployment(source, target, service, dependents, check);
  }

  /**
   * Where its files are read from.
   *
   * @return the source
   */
  public BackupSource source() {
    return source;
  }

  /**
   * Where its files are written back to.
   *
   * @return the target
   */
  public RestoreTarget target() {
    return target;
  }

  /**
   * Chroma's own service.
   *
   * @return the controller
   */
  public ServiceController service() {
    return service;
  }

  /**
   * The services that use Chroma.
   *
   * @return the controllers, in the order they are stopped
   */
  public List<ServiceController> dependents() {
    return dependents;
  }

  /**
   * What tells whether the restored data is served.
   *
   * @return the check
   */
  public HealthCheck health() {
    return health;
  }
}
