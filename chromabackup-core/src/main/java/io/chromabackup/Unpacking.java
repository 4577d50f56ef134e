package io.chromabackup;

import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.files.FileTree;
import io.chromabackup.files.Present;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads an archive into staging, all of it, and inspects what it holds: thoroughly if it has never
 * been found sound, since what is wrong with it may be seen in no other way.
 */
final class Unpacking {
  private final ArchiveStore store;
  private final Progress progress;
  private final boolean toStay;

  private Unpacking(ArchiveStore store, Progress progress, boolean toStay) {
    this.store = store;
    this.progress = progress;
    this.toStay = toStay;
  }

  /** For who looks at it, or takes it elsewhere. */
  static Unpacking toLeave(ArchiveStore store, Progress progress) {
    return new Unpacking(store, progress, false);
  }

  /** For who moves it to where it stays, which is on the same disk. */
  static Unpacking toStay(ArchiveStore store, Progress progress) {
    return new Unpacking(store, progress, true);
  }

  /**
   * What an archive turned out to hold.
   *
   * @param manifest what it says of itself
   * @param thoroughness how thoroughly it was inspected
   * @param inspection what was found in it
   */
  record Unpacked(
      Optional<Manifest> manifest, Thoroughness thoroughness, StagedInspection inspection) {}

  /**
   * Unpacks one.
   *
   * @param least how thoroughly it is inspected at least
   * @throws ChromaBackupException.ArchiveDamaged if it does not hold what its manifest says
   */
  Unpacked unpack(ArchiveInfo archive, Staging staging, Path workspace, Thoroughness least)
      throws IOException {
    boolean bounded = requireSpace(archive, workspace);
    EntrySink sink = bounded ? staging : new SpaceReserve(staging, workspace);
    progress.begin(Phase.UNPACK, archive.size());
    Optional<Manifest> manifest;
    try (InputStream in = store.open(archive.name())) {
      manifest =
          new ArchiveReader(archive.name().toString(), progress.counting(in)).transferTo(sink);
    }
    if (!Present.at(staging.directory().resolve(ChromaLayout.DATABASE))) {
      throw new ChromaBackupException.ArchiveDamaged(
          archive.name().toString(),
          "there is no "
              + ChromaLayout.DATABASE
              + " in it: whatever made it did not archive Chroma's data");
    }
    progress.begin(Phase.INSPECT, 0);
    Thoroughness thoroughness =
        manifest.filter(Manifest::isSound).isPresent() ? least : Thoroughness.THOROUGH;
    StagedInspection inspection = inspect(staging, thoroughness);
    if (manifest.isPresent()) {
      requireAgreement(archive.name(), manifest.get(), inspection);
    }
    return new Unpacked(manifest, thoroughness, inspection);
  }

  private StagedInspection inspect(Staging staging, Thoroughness thoroughness) throws IOException {
    if (!toStay || !FileTree.isNative(staging.directory())) {
      return StagedInspection.of(staging, thoroughness);
    }
    StagedInspection.settle(staging);
    try (StagedSync sync = new StagedSync(staging)) {
      return StagedInspection.ofSettled(staging, thoroughness);
    }
  }

  /** Tells whether the archive says that all in it fits, zeros and all; it cannot have more. */
  private boolean requireSpace(ArchiveInfo archive, Path workspace) throws IOException {
    Optional<Manifest> manifest;
    try (InputStream in = store.open(archive.name())) {
      manifest = new ArchiveReader(archive.name().toString(), in).manifest();
    }
    long needed = manifest.map(Manifest::allocated).orElse(archive.size());
    long available = FileTree.usableSpace(workspace);
    if (needed > available) {
      throw new ChromaBackupException.NoSpace(workspace.toString(), needed, available);
    }
    return manifest.isPresent() && manifest.get().bytes() <= available;
  }

  /**
   * A manifest that was made up would say something else than the data. That there are faults which
   * it does not tell is no contradiction: who made it may not have looked for them.
   */
  private static void requireAgreement(
      ArchiveName name, Manifest manifest, StagedInspection inspection)
      throws ChromaBackupException {
    List<CollectionSummary> said = manifest.collections();
    List<CollectionSummary> found = inspection.collections();
    if (manifest.isSound() && inspection.isSound() && !said.equals(found)) {
      throw new ChromaBackupException.ArchiveDamaged(
          name.toString(), "its manifest lists " + said + ", but its data holds " + found);
    }
  }
}
