package io.chromabackup;

import io.chromabackup.files.Interruption;
import io.chromabackup.files.TemporaryPlace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way in: backs up Chroma deployments to one store, and restores them from it.
 *
 * <pre>{@code
 * try (ArchiveStore store = LocalArchiveStore.in(Path.of("backups/chromadb"))) {
 *   ChromaBackup backups = ChromaBackup.using(store);
 *   BackupReport report = backups.backup(LocalChroma.at(Path.of("/srv/chroma")));
 *   backups.restore(report.archive().name(), LocalChroma.at(Path.of("/srv/chroma-copy")));
 * }
 * }</pre>
 *
 * <p>Immutable and safe for use by several threads. Every operation runs on the calling thread;
 * what it needs of other threads ends with it. Interrupting that thread cancels it: services are
 * brought back, nothing half written remains, and {@link java.io.InterruptedIOException} is thrown
 * with the thread's flag set.
 */
public final class ChromaBackup {
  private final ArchiveStore store;
  private final RetentionPolicy retention;
  private final InstantSource clock;
  private final ProgressListener listener;
  private final @Nullable Path workspace;

  private ChromaBackup(Builder builder) {
    this.store = builder.store;
    this.retention = builder.retention;
    this.clock = builder.clock;
    this.listener = builder.listener;
    this.workspace = builder.workspace;
  }

  /**
   * Backups in a store, with the defaults: 30 days are kept.
   *
   * @param store keeps the archives; the caller closes it
   * @return the way in
   */
  public static ChromaBackup using(ArchiveStore store) {
    return builder(store).build();
  }

  /**
   * Backups in a store, with settings of one's own.
   *
   * @param store keeps the archives; the caller closes it
   * @return a builder
   */
  public static Builder builder(ArchiveStore store) {
    return new Builder(store);
  }

  /**
   * Backs up a deployment, with the defaults.
   *
   * @param deployment what to back up
   * @return what was done
   * @throws ChromaBackupException see {@link #backup(ChromaDeployment, BackupOptions)}
   * @throws IOException if reading or writing fails
   */
  public BackupReport backup(ChromaDeployment deployment) throws IOException {
    return backup(deployment, BackupOptions.defaults());
  }

  /**
   * Backs up a deployment: copies its data while it is still, inspects the copy, archives it, reads
   * the archive back, and only then applies retention. Whatever fails: the deployment is as it was
   * found, and the store too.
   *
   * @param deployment what to back up
   * @param options how
   * @return what was done
   * @throws ChromaBackupException.NotChroma if there is no Chroma data
   * @throws ChromaBackupException.DataInaccessible if access to it is denied
   * @throws ChromaBackupException.SourceDamaged if the data is damaged where it lives
   * @throws ChromaBackupException.SourceChanged if it kept changing under every quiet that was
   *     allowed
   * @throws ChromaBackupException.QuietUnavailable if the quiet that was asked for is not available
   * @throws ChromaBackupException.NoDocuments if there are none, and the last backup had some
   * @throws ChromaBackupException.NoSpace if there is too little space
   * @throws ChromaBackupException.StoreUnusable if the store cannot be written
   * @throws ChromaBackupException.ArchiveDamaged if the store gives back something else than was
   *     written; nothing was stored
   * @throws ChromaBackupException.CompressionUnavailable if the format needs a library that is not
   *     there
   * @throws ChromaBackupException.Locked if another operation is at work on the store, or a restore
   *     into the deployment
   * @throws ChromaBackupException.TargetInUse if an earlier restore was broken off, no service was
   *     given, and a process has the data open
   * @throws ChromaBackupException.ArchiveUnsupported if this process has too little memory to read
   *     the archive back
   * @throws ChromaBackupException.EngineUnavailable if the data is in a container, and its engine
   *     does not answer
   * @throws ChromaBackupException.ContainerNotFound if that container is not there
   * @throws ChromaBackupException.ServiceDown if the source can be read only while its service
   *     runs, and it does not
   * @throws ChromaBackupException.ServiceNotHeld if the service cannot be held; it runs on
   * @throws ChromaBackupException.ServiceNotResumed if the service could not be brought back
   * @throws ChromaBackupException.RestoreFailed if an earlier restore was broken off, and cannot be
   *     undone
   * @throws IOException if reading or writing fails
   */
  public BackupReport backup(ChromaDeployment deployment, BackupOptions options)
      throws IOException {
    Objects.requireNonNull(options);
    OperationLog log = OperationLog.ofBackup(deployment, store);
    return logged(
        log,
        log::done,
        () ->
            new BackupRun(
                    store,
                    clock,
                    retention,
                    workspace(),
                    progress(),
                    deployment,
                    options,
                    verification()::prove)
                .run());
  }

  /**
   * Lists the archives, newest first, with what the beginning of each tells of it.
   *
   * @return the archives; one that cannot be read is among them, and says so
   * @throws ChromaBackupException.StoreUnusable if the store cannot be listed
   * @throws IOException if reading fails
   */
  public List<ArchiveListing> list() throws IOException {
    return cancellable(() -> new Archives(store).list());
  }

  /**
   * The newest archive of this deployment that counts as good, by what its beginning tells. In a
   * store that several share, the newest of all may be another's. One {@linkplain
   * ArchiveName#isFromTheFuture from the future} is taken only if there is no other. That a newer
   * one was passed over, as it is damaged or could not be read just now, is logged as a warning;
   * {@link #list} says it too.
   *
   * @param deployment whose
   * @return the archive; empty if there is none. It is not read to its end: {@link #verify} does so
   * @throws ChromaBackupException.StoreUnusable if the store cannot be listed
   * @throws IOException if reading fails
   */
  public Optional<ArchiveListing> latest(ChromaDeployment deployment) throws IOException {
    return cancellable(
        () -> new Archives(store).lastGoodOf(deployment.source()::wasOnce, clock.instant()));
  }

  /**
   * Reads an archive from its first byte to its last, and inspects the data in it as a backup does
   * if nothing else is said, fast.
   *
   * @param name the archive
   * @return what was found; data that was saved damaged is reported as such
   * @throws ChromaBackupException see {@link #verify(ArchiveName, Thoroughness)}
   * @throws IOException if reading fails
   */
  public VerifyReport verify(ArchiveName name) throws IOException {
    return verify(name, Thoroughness.FAST);
  }

  /**
   * Reads an archive from its first byte to its last, and inspects the data in it.
   *
   * @param name the archive
   * @param inspection how thoroughly; what is not known to be sound is inspected thoroughly always
   * @return what was found; data that was saved damaged is reported as such
   * @throws ChromaBackupException.ArchiveNotFound if there is none of that name
   * @throws ChromaBackupException.ArchiveDamaged if it does not hold what it should
   * @throws ChromaBackupException.CompressionUnavailable if its format needs a library that is not
   *     there
   * @throws ChromaBackupException.ArchiveUnsupported if a newer library made it, or if this process
   *     has too little memory for it
   * @throws ChromaBackupException.StoreUnusable if the store cannot be listed
   * @throws ChromaBackupException.NoSpace if there is no room to unpack it
   * @throws IOException if reading fails
   */
  public VerifyReport verify(ArchiveName name, Thoroughness inspection) throws IOException {
    Objects.requireNonNull(inspection);
    OperationLog log = OperationLog.ofVerify(name, store);
    return logged(log, log::done, () -> verification().inspect(name, inspection));
  }

  /**
   * Restores an archive, with the defaults: a sound one, into a place without Chroma data.
   *
   * @param name the archive
   * @param deployment where it is restored
   * @return what was done
   * @throws ChromaBackupException see {@link #restore(ArchiveName, ChromaDeployment,
   *     RestoreOptions)}
   * @throws IOException if reading or writing fails
   */
  public RestoreReport restore(ArchiveName name, ChromaDeployment deployment) throws IOException {
    return restore(name, deployment, RestoreOptions.defaults());
  }

  /**
   * Restores an archive: reads and inspects all of it, stops the services, swaps the data in,
   * starts them, and asks them whether they serve it. Whatever fails: the old data is back and the
   * services are as they were found, or the exception says what is left to do.
   *
   * @param name the archive
   * @param deployment where it is restored
   * @param options how
   * @return what was done
   * @throws ChromaBackupException.ArchiveNotFound if there is none of that name
   * @throws ChromaBackupException.ArchiveDamaged if it does not hold what it should
   * @throws ChromaBackupException.ArchiveSalvaged if its data is damaged, and that was not allowed
   * @throws ChromaBackupException.TargetNotEmpty if there is data, and nobody said that it may be
   *     replaced
   * @throws ChromaBackupException.Declined if the confirmation refused
   * @throws ChromaBackupException.SchemaTooNew if the server there is older than the archive's
   * @throws ChromaBackupException.CompressionUnavailable if its format needs a library that is not
   *     there
   * @throws ChromaBackupException.ArchiveUnsupported if a newer library made it, or if this process
   *     has too little memory for it
   * @throws ChromaBackupException.StoreUnusable if the store cannot be listed
   * @throws ChromaBackupException.DataInaccessible if access to what an earlier restore left is
   *     denied
   * @throws ChromaBackupException.EngineUnavailable if it goes into a container, and its engine
   *     does not answer
   * @throws ChromaBackupException.ContainerNotFound if that container is not there
   * @throws ChromaBackupException.TargetUnsuitable if the place cannot be restored into
   * @throws ChromaBackupException.TargetInUse if a process has the data open that is not stopped
   * @throws ChromaBackupException.Locked if another restore is at work there
   * @throws ChromaBackupException.ServiceNotHeld if a service cannot be stopped
   * @throws ChromaBackupException.ServiceNotResumed if a service could not be brought back
   * @throws ChromaBackupException.NoSpace if there is too little space
   * @throws ChromaBackupException.RestoreFailed if it failed after the live data was touched
   * @throws IOException if reading or writing fails
   */
  public RestoreReport restore(
      ArchiveName name, ChromaDeployment deployment, RestoreOptions options) throws IOException {
    Objects.requireNonNull(options);
    OperationLog log = OperationLog.ofRestore(name, deployment);
    return logged(
        log,
        log::done,
        () -> new RestoreRun(store, workspace(), progress(), name, deployment, options).run());
  }

  /**
   * Says what {@link #prune()} would delete and keep now, and why. Reads the newest good archive of
   * each source to prove that it is one, and deletes nothing.
   *
   * @return the plan, and what an operator should know; nothing is among the deleted. For each
   *     source by itself, but what tells no source goes only if it would for every one
   * @throws ChromaBackupException.StoreUnusable if the store cannot be listed
   * @throws IOException if reading fails
   */
  public PruneReport planPrune() throws IOException {
    return cancellable(
        () -> {
          Pruning pruning = new Pruning(store, retention, clock.instant());
          RetentionPlan plan = planned(pruning);
          return new PruneReport(plan, List.of(), pruning.warnings());
        });
  }

  private RetentionPlan planned(Pruning pruning) throws IOException {
    Verification verification = verification();
    verification.requireWorkspace();
    return pruning.plan(verification::prove);
  }

  /**
   * Deletes what the retention policy does not keep, of each source by itself. Never the newest
   * archive of a source that verifies, which is read to prove it; none of a source of which none
   * verifies. Where there is no room to unpack one, its bytes are compared with its digests. One
   * that cannot be read proves nothing and stays, and so does one that cannot be deleted: the
   * report warns of both.
   *
   * @return what was done
   * @throws ChromaBackupException.Locked if another operation is at work on the store
   * @throws ChromaBackupException.StoreUnusable if the store cannot be listed, or locked
   * @throws IOException if reading fails
   */
  public PruneReport prune() throws IOException {
    OperationLog log = OperationLog.ofPrune(store);
    return logged(
        log,
        log::done,
        () -> {
          try (Taken<ArchiveStore.Lock> lock = Taken.lock(store, "prune")) {
            Pruning pruning = new Pruning(store, retention, clock.instant());
            RetentionPlan plan = planned(pruning);
            pruning.delete(plan);
            return new PruneReport(plan, pruning.deleted(), pruning.warnings());
          }
        });
  }

  /**
   * Settles what a killed process left. A restore that was broken off is undone, with the services
   * stopped meanwhile; if it was committed, it is completed. If all of its data was in place and a
   * server has written to it since, it is kept, and the old data is moved aside. Then services that
   * were held are started again, if their controller wrote that down. Backup and restore do this
   * first by themselves.
   *
   * @param deployment where the restore was at work
   * @return what was done, in words; empty if there was nothing to do
   * @throws ChromaBackupException.Locked if a restore is at work there
   * @throws ChromaBackupException.TargetInUse if no service was given, and a process has the data
   *     open
   * @throws ChromaBackupException.ServiceNotHeld if a service cannot be stopped
   * @throws ChromaBackupException.ServiceNotResumed if a service could not be brought back
   * @throws ChromaBackupException.RestoreFailed if the data is still unfinished, and Chroma is not
   *     to run on it
   * @throws ChromaBackupException.DataInaccessible if access to what the restore left is denied
   * @throws ChromaBackupException.EngineUnavailable if it went into a container, and its engine
   *     does not answer
   * @throws ChromaBackupException.ContainerNotFound if that container is not there
   * @throws ChromaBackupException.TargetUnsuitable if the place is a store, or cannot be written to
   * @throws IOException if it fails; call again
   */
  public Optional<String> recover(ChromaDeployment deployment) throws IOException {
    OperationLog log = OperationLog.ofRecover(deployment);
    return logged(log, log::done, () -> Recovery.asked(deployment).run());
  }

  private Path workspace() throws IOException {
    if (workspace != null) {
      return workspace;
    }
    Optional<Path> ofStore = store.workspace();
    return ofStore.isPresent() ? ofStore.get() : TemporaryPlace.own();
  }

  private Verification verification() throws IOException {
    return new Verification(store, workspace(), listener);
  }

  private Progress progress() {
    return new Progress(listener);
  }

  @FunctionalInterface
  private interface Operation<T> {
    T run() throws IOException;
  }

  private static <T> T logged(OperationLog log, Consumer<T> done, Operation<T> operation)
      throws IOException {
    T report;
    try {
      report = cancellable(operation);
    } catch (IOException | RuntimeException | Error e) {
      log.failed(e);
      throw e;
    }
    done.accept(report);
    return report;
  }

  private static <T> T cancellable(Operation<T> operation) throws IOException {
    try {
      Interruption.check();
      return operation.run();
    } catch (IOException e) {
      throw Interruption.normalise(e);
    }
  }

  /** Settings for {@link ChromaBackup}. */
  public static final class Builder {
    private final ArchiveStore store;
    private RetentionPolicy retention = RetentionPolicy.ofDefaults();
    private InstantSource clock = InstantSource.system();
    private ProgressListener listener = (phase, done, total) -> {};
    private @Nullable Path workspace;

    private Builder(ArchiveStore store) {
      this.store = Objects.requireNonNull(store);
    }

    /**
     * Which archives of each source stay. The default keeps 30 days.
     *
     * @param policy applied after each backup, to the archives of that source
     * @return this
     */
    public Builder retention(RetentionPolicy policy) {
      retention = Objects.requireNonNull(policy);
      return this;
    }

    /**
     * What time it is. The default is the system's clock.
     *
     * @param source tells the time
     * @return this
     */
    public Builder clock(InstantSource source) {
      clock = Objects.requireNonNull(source);
      return this;
    }

    /**
     * Who is told how far an operation is. The default is nobody.
     *
     * @param progress is told on the thread that runs the operation
     * @return this
     */
    public Builder progress(ProgressListener progress) {
      listener = Objects.requireNonNull(progress);
      return this;
    }

    /**
     * Where copies are put together and archives unpacked. It needs room for the data, unpacked.
     * The default is a directory of the store's own, or the system's for temporary files.
     *
     * @param directory made if missing, for its owner alone
     * @return this
     */
    public Builder workspace(Path directory) {
      workspace = Objects.requireNonNull(directory);
      return this;
    }

    /**
     * Makes it.
     *
     * @return the way in
     */
    public ChromaBackup build() {
      return new ChromaBackup(this);
    }
  }
}
