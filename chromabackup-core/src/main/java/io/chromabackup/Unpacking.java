package io.chromabackup;

import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.files.FileTree;
import io.chromabackup.files.Present;
import io.chromabackup.files.Space;
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
    Announced announced = announced(archive);
    boolean bounded = requireSpace(archive, announced, workspace);
    EntrySink sink = bounded ? staging : new SpaceReserve(staging, workspace);
    try {
      return unpack(archive, announced, sink, staging, least);
    } catch (ChromaBackupException e) {
      throw e;
    } catch (IOException e) {
      throw Space.isExhausted(e) ? new ChromaBackupException.NoSpace(workspace.toString(), e) : e;
    }
  }

  private Unpacked unpack(
      ArchiveInfo archive, Announced announced, EntrySink sink, Staging staging, Thoroughness least)
      throws IOException {
    if (!toStay || !FileTree.isNative(staging.directory())) {
      return inspected(archive, announced, sink, staging, least);
    }
    try (StagedSync sync = new StagedSync(sink, staging)) {
      return inspected(archive, announced, sync, staging, least);
    }
  }

  private Unpacked inspected(
      ArchiveInfo archive, Announced announced, EntrySink sink, Staging staging, Thoroughness least)
      throws IOException {
    Thoroughness thoroughness = announced.sound ? least : Thoroughness.THOROUGH;
    try (InspectionAhead ahead =
        new InspectionAhead(sink, staging, thoroughness, announced.aheadPossible)) {
      progress.begin(Phase.UNPACK, archive.size());
      Optional<Manifest> manifest = transfer(archive, ahead);
      requireAsAnnounced(archive.name(), manifest, announced);
      requireDatabase(archive.name(), staging);
      progress.begin(Phase.INSPECT, 0);
      StagedInspection.settle(staging);
      StagedInspection inspection = ahead.finish();
      if (manifest.isPresent()) {
        requireAgreement(archive.name(), manifest.get(), inspection);
      }
      return new Unpacked(manifest, thoroughness, inspection);
    }
  }

  /**
   * What is relied on before the archive was read; a manifest may be too large to be kept twice.
   */
  private record Announced(
      boolean bounded, long allocated, long bytes, boolean sound, boolean aheadPossible) {
    static Announced by(Optional<Manifest> manifest) {
      return manifest
          .map(
              there ->
                  new Announced(
                      true,
                      there.allocated(),
                      there.bytes(),
                      there.isSound(),
                      InspectionAhead.isPossible(there)))
          .orElse(new Announced(false, 0, 0, false, false));
    }
  }

  private Announced announced(ArchiveInfo archive) throws IOException {
    try (InputStream in = store.open(archive.name())) {
      return Announced.by(new ArchiveReader(archive.name().toString(), in).manifest());
    }
  }

  private Optional<Manifest> transfer(ArchiveInfo archive, EntrySink sink) throws IOException {
    try (InputStream in = store.open(archive.name())) {
      return new ArchiveReader(archive.name().toString(), progress.counting(in)).transferTo(sink);
    }
  }

  private static void requireAsAnnounced(
      ArchiveName name, Optional<Manifest> manifest, Announced announced)
      throws ChromaBackupException {
    if (!Announced.by(manifest).equals(announced)) {
      throw new ChromaBackupException.ArchiveDamaged(
          name.toString(), "what it says of itself changed while it was read");
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

  /** Tells whether the archive says that all in it fits, zeros and all; it cannot have more. */
  private static boolean requireSpace(ArchiveInfo archive, Announced announced, Path workspace)
      throws IOException {
    long needed = announced.bounded ? announced.allocated : archive.size();
    long available = FileTree.usableSpace(workspace);
    if (needed > available) {
      throw new ChromaBackupException.NoSpace(workspace.toString(), needed, available);
    }
    return announced.bounded && announced.bytes <= available;
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
