package io.chromabackup;

import io.chromabackup.files.FileTree;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One backup, from the first look to the report. */
final class BackupRun {
  private static final Logger log = LoggerFactory.getLogger(BackupRun.class);

  /** Names are taken by others only if clocks disagree, so a few tries are plenty. */
  private static final int NAME_TRIES = 60;

  private final ArchiveStore store;
  private final InstantSource clock;
  private final RetentionPolicy retention;
  private final Path workspace;
  private final Progress progress;
  private final ChromaDeployment deployment;
  private final BackupOptions options;
  private final Pruning.Proof proof;
  private final List<String> warnings = new ArrayList<>();

  BackupRun(
      ArchiveStore store,
      InstantSource clock,
      RetentionPolicy retention,
      Path workspace,
      Progress progress,
      ChromaDeployment deployment,
      BackupOptions options,
      Pruning.Proof proof) {
    this.store = store;
    this.clock = clock;
    this.retention = retention;
    this.workspace = workspace;
    this.progress = progress;
    this.deployment = deployment;
    this.options = options;
    this.proof = proof;
  }

  BackupReport run() throws IOException {
    long start = System.nanoTime();
    Recovery.of(deployment).run().ifPresent(warnings::add); // whatever is with the store
    ArchiveCompression.require(options.archiveFormat());
    try (Taken<ArchiveStore.Lock> lock = Taken.lock(store, "backup")) {
      SourceProbe probe = deployment.source().probe();
      warnings.addAll(probe.warnings());
      requireUp(probe);
      requireSpace(probe.bytes());
      CopyLadder.Copy copy;
      Stored stored;
      try (Staging staging = Staging.in(workspace)) {
        copy = new CopyLadder(deployment, options, staging, progress).take(probe);
        requireAcceptable(copy.inspection());
        stored = store(staging, copy);
      }
      List<ArchiveName> pruned = retain(stored);
      Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
      return new BackupReport(
          stored.info,
          stored.manifest,
          copy.attempts(),
          copy.holding().held(),
          copy.holding().switching(),
          copy.holding().copiedAhead(),
          copy.holding().copiedHeld(),
          elapsed,
          pruned,
          warnings);
    }
  }

  /** A cold copy is as good, but that Chroma is down may be news to whoever reads this. */
  private void requireUp(SourceProbe probe) throws IOException {
    ServiceController service = deployment.service();
    boolean heldByService = probe.quiets().isEmpty() && !service.offers().isEmpty();
    if (heldByService && options.pinnedQuiet().isEmpty() && !service.isRunning()) {
      throw new ChromaBackupException.ServiceDown(service.describe());
    }
  }

  private record Stored(ArchiveInfo info, Manifest manifest) {}

  /** A copy and an archive of it exist at the same time; the archive is no larger than the copy. */
  private void requireSpace(long bytes) throws IOException {
    OptionalLong inStore = store.usableSpace();
    if (inStore.isPresent() && inStore.getAsLong() < bytes) {
      throw new ChromaBackupException.NoSpace(store.describe(), bytes, inStore.getAsLong());
    }
    long inWorkspace = FileTree.usableSpace(workspace);
    Optional<Path> shared = store.workspace();
    boolean onOneDisk = shared.isPresent() && FileTree.sameFileStore(shared.get(), workspace);
    long needed = onOneDisk ? 2 * bytes : bytes;
    if (inWorkspace < needed) {
      throw new ChromaBackupException.NoSpace(workspace.toString(), needed, inWorkspace);
    }
  }

  private void requireAcceptable(StagedInspection inspection) throws IOException {
    String source = deployment.source().describe();
    if (!inspection.isSound()) {
      if (!options.salvages()) {
        throw new ChromaBackupException.SourceDamaged(source, inspection.faultTexts());
      }
      warnings.add("the data is damaged and was saved as it is: " + inspection.faultTexts());
      return;
    }
    if (inspection.documents() > 0) {
      return;
    }
    List<Outline> outlines = new Archives(store).outlines();
    Optional<Outline> previous =
        Archives.lastGoodOf(outlines, deployment.source()::wasOnce, clock.instant());
    long before = previous.map(Outline::documents).orElse(OptionalLong.empty()).orElse(0);
    if (before > 0 && !options.allowsEmpty()) {
      throw new ChromaBackupException.NoDocuments(source, previous.orElseThrow().name(), before);
    }
    String empty = source + " has no documents";
    warnings.add(
        previous.isEmpty() && Archives.anyUntold(outlines)
            ? empty
                + ". Whether it had some before cannot be told: there are archives in "
                + store.describe()
                + " that do not say whose they are"
            : empty);
  }

  private Stored store(Staging staging, CopyLadder.Copy copy) throws IOException {
    List<Manifest.File> files = new ArrayList<>();
    for (Entry entry : staging.entries()) {
      files.add(new Manifest.File(entry, entry.isFile() ? staging.digestOf(entry) : null));
    }
    ArchiveName name = freeName();
    for (int attempt = 1; ; attempt++) {
      Manifest manifest = manifest(name.createdAt(), copy, files, staging.allocated());
      try {
        return new Stored(write(name, manifest, staging), manifest);
      } catch (ChromaBackupException.ArchiveExists e) {
        if (attempt == NAME_TRIES) {
          throw e;
        }
        name = name.next();
      }
    }
  }

  private ArchiveName freeName() throws IOException {
    List<ArchiveName> taken = store.list().stream().map(ArchiveInfo::name).toList();
    ArchiveName name =
        ArchiveName.of(clock.instant().truncatedTo(ChronoUnit.SECONDS), options.archiveFormat());
    while (taken.contains(name)) {
      name = name.next();
    }
    return name;
  }

  private Manifest manifest(
      Instant createdAt, CopyLadder.Copy copy, List<Manifest.File> files, long allocated) {
    StagedInspection inspection = copy.inspection();
    return new Manifest(
        Version.current(),
        createdAt,
        deployment.source().describe(),
        copy.quiet(),
        copy.holding().held(),
        inspection.schema(),
        inspection.collections(),
        files,
        allocated,
        options.thoroughness(),
        inspection.faultTexts());
  }

  private ArchiveInfo write(ArchiveName name, Manifest manifest, Staging staging)
      throws IOException {
    progress.begin(Phase.ARCHIVE, manifest.bytes());
    EntrySource files = sink -> staging.transferTo(progress.counting(sink));
    ArchiveWriter archive = new ArchiveWriter(name.format(), manifest, files);
    ContentWriter content =
        out -> {
          archive.writeTo(out);
          progress.begin(Phase.READ_BACK, 0);
        };
    ReadBack check = new ReadBack(name, manifest);
    ArchiveInfo info = store.write(name, content, check);
    if (!check.passed) {
      readBackOf(name, check);
    }
    return info;
  }

  /**
   * A store that did not ask is not believed: nothing is deleted for an archive nobody has read.
   */
  private void readBackOf(ArchiveName name, ReadBack check) throws IOException {
    try (InputStream in = store.open(name)) {
      check.readFrom(in);
    } catch (IOException | RuntimeException | Error e) {
      Interruption.shieldedAfter(e, () -> store.delete(name));
      throw e;
    }
  }

  /** Reads the archive back, and remembers that it is what was written. */
  private final class ReadBack implements ContentCheck {
    private final Thread caller = Thread.currentThread();
    private final String where = store.describe();
    private final ArchiveName name;
    private final Manifest manifest;
    private volatile boolean passed;

    ReadBack(ArchiveName name, Manifest manifest) {
      this.name = name;
      this.manifest = manifest;
    }

    @Override
    public void readFrom(InputStream in) throws IOException {
      passed = false;
      // beside the writing, on a thread of the store's, nobody is told
      InputStream told = Thread.currentThread().equals(caller) ? progress.counting(in) : in;
      try {
        Optional<Manifest> read = new ArchiveReader(name.toString(), told).readThrough();
        if (!read.equals(Optional.of(manifest))) {
          throw new ChromaBackupException.ArchiveDamaged(
              name.toString(), "its manifest was not read back as it was written");
        }
        passed = true;
      } catch (ChromaBackupException.ArchiveDamaged e) {
        throw ChromaBackupException.ArchiveDamaged.whenReadBack(name.toString(), where, e);
      }
    }
  }

  /** What went wrong here costs nothing: the archive exists. */
  private List<ArchiveName> retain(Stored stored) {
    if (!stored.manifest.isSound()) {
      warnings.add("retention was not applied, since this archive holds damaged data");
      return List.of();
    }
    Pruning pruning = new Pruning(store, retention, clock.instant());
    try {
      pruning.delete(pruning.planAfter(stored.info.name(), stored.manifest, proof));
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      log.warn("retention failed after {} was stored", stored.info.name(), e);
      warnings.add("retention failed: " + e.getMessage());
    }
    warnings.addAll(pruning.warnings());
    return pruning.deleted();
  }
}
