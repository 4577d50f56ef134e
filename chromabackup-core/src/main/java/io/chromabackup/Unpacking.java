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
    Optional<Manifest> announced = manifest(archive);
    Thoroughness thoroughness =
        announced.filter(Manifest::isSound).isPresent() ? least : Thoroughness.THOROUGH;
    EntrySink sink =
        requireSpace(archive, announced, workspace)
            ? staging
            : new SpaceReserve(staging, workspace);
    try (InspectionAhead ahead = new InspectionAhead(sink, staging, announced, thoroughness)) {
      progress.begin(Phase.UNPACK, archive.size());
      requireAnnounced(archive.name(), announced, transfer(archive, ahead));
      requireDatabase(archive.name(), staging);
      progress.begin(Phase.INSPECT, 0);
      StagedInspection inspection = inspect(staging, ahead);
      if (announced.isPresent()) {
        requireAgreement(archive.name(), announced.get(), inspection);
      }
      return new Unpacked(announced, thoroughness, inspection);
    }
  }

  private Optional<Manifest> manifest(ArchiveInfo archive) throws IOException {
    try (InputStream in = store.open(archive.name())) {
      return new ArchiveReader(archive.name().toString(), in).manifest();
    }
  }

  private Optional<Manifest> transfer(ArchiveInfo archive, EntrySink sink) throws IOException {
    try (InputStream in = store.open(archive.name())) {
      return new ArchiveReader(archive.name().toString(), progress.counting(in)).transferTo(sink);
    }
  }

  /** Room was found, and the inspection begun, for what was announced. */
  private static void requireAnnounced(
      ArchiveName name, Optional<Manifest> announced, Optional<Manifest> read)
      throws ChromaBackupException {
    if (!read.equals(announced)) {
      throw new ChromaBackupException.ArchiveDamaged(
          name.toString(), "it was replaced by another while it was read");
    }
  }

  private static void requireDatabase(ArchiveName name, Staging staging) throws IOException {
    if (!Present.at(staging.directory().resolve(ChromaLayout.DATABASE))) {
      throw new ChromaBackupException.ArchiveDamaged(
          name.toString(),
          "there is no "
              + ChromaLayout.DATABASE
              + " in it: whatever made it did not archive Chroma's data");
    }
  }

  private StagedInspection inspect(Staging staging, InspectionAhead ahead) throws IOException {
    StagedInspection.settle(staging);
    if (!toStay || !FileTree.isNative(staging.directory())) {
      return ahead.finish();
    }
    try (StagedSync sync = new StagedSync(staging)) {
      return ahead.finish();
    }
  }

  /** Tells whether the archive says that all in it fits, zeros and all; it cannot have more. */
  private static boolean requireSpace(
      ArchiveInfo archive, Optional<Manifest> announced, Path workspace) throws IOException {
    long needed = announced.map(Manifest::allocated).orElse(archive.size());
    long available = FileTree.usableSpace(workspace);
    if (needed > available) {
      throw new ChromaBackupException.NoSpace(workspace.toString(), needed, available);
    }
    return announced.isPresent() && announced.get().bytes() <= available;
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
