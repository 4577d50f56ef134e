package io.chromabackup.localfs;

import io.chromabackup.ArchiveInfo;
import io.chromabackup.ChromaBackupException;
import io.chromabackup.Entry;
import io.chromabackup.RestoreTarget;
import io.chromabackup.StagedFiles;
import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.files.FileTree;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.PosixMetadata;
import io.chromabackup.files.Present;
import io.chromabackup.files.StagingPlaces;
import io.chromabackup.localfs.SwapJournal.State;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A data directory that is restored into. Only what belongs to Chroma is replaced there; what else
 * lies in it stays as it is, and so does a directory that was there: its owner and its mode too.
 * Permissions of what is restored are the archive's, its owner is the {@link FutureOwner}.
 *
 * <p>All that a restore needs is in {@code .chromabackup} there, and gone when it ends.
 */
final class LocalTarget implements RestoreTarget {
  private static final Logger log = LoggerFactory.getLogger(LocalTarget.class);
  static final String WORK = ".chromabackup";

  private final Path data;
  private final Path work;
  private final Swap swap;
  private final TargetFailure failure;

  LocalTarget(Path dataDirectory) {
    this.data = dataDirectory.toAbsolutePath();
    this.work = data.resolve(WORK);
    this.swap = new Swap(data);
    this.failure = new TargetFailure(data.toString(), "");
  }

  @Override
  public String describe() {
    return data.toString();
  }

  /** A directory with an unfinished restore is not empty, whatever is live at the moment. */
  @Override
  public boolean isEmpty() throws IOException {
    return failure.explained(() -> swap.live().isEmpty() && !swap.isUnfinished());
  }

  @Override
  public Optional<Path> workspace() throws IOException {
    return failure.explained(
        () -> {
          requireSuitable();
          Visit.makeDirectory(data);
          return Optional.of(FileTree.createPrivate(work));
        });
  }

  @Override
  public Replacement stage(StagedFiles files) throws IOException {
    Interruption.check();
    Visit visit =
        failure.explained(
            () -> {
              requireSuitable();
              Visit.makeDirectory(data);
              return Visit.begin(data, "restore");
            });
    try {
      endEarlier(visit);
      sweep();
      boolean made = visit.hasMadeDirectory();
      FutureOwner owner = FutureOwner.in(data, made);
      List<Entry> entries = StagedTree.put(swap.staged(), files, owner);
      warnOfForeign(entries);
      if (made) {
        giveDirectoryAway(entries, owner);
      }
      visit.syncNames();
      return new LocalReplacement(describe(), swap, keep -> end(visit, keep));
    } catch (IOException e) {
      end(visit, false);
      throw Interruption.normalise(e);
    } catch (RuntimeException | Error e) {
      end(visit, false);
      throw e;
    }
  }

  /** One that is final is no obstacle, though what it had replaced is not deleted yet. */
  private void endEarlier(Visit visit) throws IOException {
    if (swap.isUnfinished()) {
      throw new IOException(
          "an earlier restore into " + describe() + " is unfinished. Recover it first");
    }
    if (swap.hasBegun()) {
      visit.keepDirectory();
      log.info("{}", settle(swap.journal().orElseThrow()));
    }
  }

  private void requireSuitable() throws IOException {
    requireNoZipFile();
    requireNoLink();
    requireNoStore();
  }

  /** A directory that is moved there is empty afterwards. */
  private void requireNoZipFile() throws IOException {
    if (data.getFileSystem().provider().getScheme().equals("jar")) {
      throw new ChromaBackupException.TargetUnsuitable(
          describe(),
          "it is in a zip file, where directories cannot be moved. Restore into a directory of a"
              + " disk, and put that into the zip file");
    }
  }

  /**
   * A server's user may write to its data directory, and who restores is often root: through a link
   * of that user's, what is made, moved and deleted in our directory would be anybody's.
   */
  private void requireNoLink() throws IOException {
    if (Files.isSymbolicLink(work)) {
      throw new ChromaBackupException.TargetUnsuitable(
          describe(),
          work + " is a link, and not made by a restore. Find out by whom, and delete it");
    }
  }

  /** A store has a directory of our name too, and a lock in it, which we would delete. */
  private void requireNoStore() throws IOException {
    if (!swap.live().isEmpty() || swap.hasBegun() || !Present.directoryBehind(data)) {
      return;
    }
    List<ArchiveInfo> archives = LocalArchiveStore.in(data).list();
    if (!archives.isEmpty()) {
      throw new ChromaBackupException.TargetUnsuitable(
          describe(),
          "it is a store of archives, such as "
              + archives.get(0).name()
              + ", and holds no Chroma data. Give the data directory, or a new one");
    }
  }

  private static void warnOfForeign(List<Entry> entries) {
    List<String> foreign =
        entries.stream()
            .map(entry -> entry.path().split("/", 2)[0])
            .filter(name -> !ChromaLayout.belongsToChroma(name))
            .distinct()
            .toList();
    if (!foreign.isEmpty()) {
      log.warn("not restored, since it does not belong to Chroma: {}", foreign);
    }
  }

  /** Whoever owns the database must be able to make files beside it. */
  private void giveDirectoryAway(List<Entry> entries, FutureOwner owner) throws IOException {
    for (Entry entry : entries) {
      Optional<PosixMetadata.Ids> ids = owner.of(entry);
      if (entry.path().equals(ChromaLayout.DATABASE) && ids.isPresent()) {
        PosixMetadata.setOwner(data, ids.get());
      }
    }
  }

  /**
   * A restore that is still at work is not broken off: its services are not to be stopped. Nor are
   * they for one that is final, and of which nothing is left but to delete what it has replaced.
   */
  @Override
  public boolean needsRecovery() throws IOException {
    if (!isUnfinished()) {
      return false;
    }
    TargetFailure unsettled =
        new TargetFailure(describe(), "an earlier restore is unfinished there, and ");
    return unsettled.explained(
        () -> {
          Visit.requireNobody(data);
          return true;
        });
  }

  /** Asked by backups too. */
  private boolean isUnfinished() throws IOException {
    try {
      return Present.directoryBehind(data) && !Files.isSymbolicLink(work) && swap.isUnfinished();
    } catch (AccessDeniedException e) {
      throw new ChromaBackupException.DataInaccessible(describe(), e);
    }
  }

  @Override
  public Optional<String> recover() throws IOException {
    Interruption.check();
    if (!failure.explained(() -> Present.at(work))) {
      return Optional.empty();
    }
    Visit visit =
        failure.explained(
            () -> {
              requireSuitable();
              return Visit.begin(data, "recovery");
            });
    boolean decided = false;
    try {
      Optional<SwapJournal> journal = swap.journal();
      if (journal.isEmpty()) {
        swap.requireNothingSetAside();
        sweep();
        return Optional.empty();
      }
      decided = journal.get().state().isDecided();
      return Optional.of(settle(journal.get()));
    } finally {
      end(visit, decided);
    }
  }

  private String settle(SwapJournal journal) throws IOException {
    return switch (journal.state()) {
      case SWAPPING, SWAPPED -> undo(journal);
      case COMMITTED -> finish();
      case ADOPTED -> keepReplaced();
    };
  }

  /**
   * {@inheritDoc}
   *
   * <p>Also if the server is down by now, or seems to be: it may be out of sight, and what was
   * written while it ran is no less worth.
   */
  @Override
  public Optional<String> adopt() throws IOException {
    if (!isSwapped()) {
      return Optional.empty();
    }
    Visit visit = failure.explained(() -> Visit.begin(data, "recovery"));
    boolean decided = false;
    try {
      // whoever had taken it may have settled it
      if (!isSwapped() || !swap.isWrittenSince()) {
        return Optional.empty();
      }
      decided = true;
      Interruption.shielded(swap::adopt);
      return Optional.of(keepReplaced());
    } finally {
      end(visit, decided);
    }
  }

  private boolean isSwapped() throws IOException {
    return swap.journal().filter(journal -> journal.state() == State.SWAPPED).isPresent();
  }

  private String keepReplaced() throws IOException {
    List<Path> kept = new ArrayList<>();
    Interruption.shielded(() -> swap.keepReplaced().ifPresent(kept::add));
    String adopted =
        "a restore into "
            + describe()
            + " was broken off after its data was in place, and a server has worked on it since; it"
            + " is final now";
    return kept.isEmpty()
        ? adopted
        : adopted
            + ". Nobody has seen the server serve it, so what it replaced is kept in "
            + kept.get(0)
            + ": delete that when it is not wanted any more";
  }

  private String finish() throws IOException {
    Interruption.shielded(swap::finish);
    return "the restore into " + describe() + " was final; what it had replaced was deleted";
  }

  private String undo(SwapJournal journal) throws IOException {
    OpenFiles.refuseWriters(describe(), swap.involved());
    List<Path> kept = new ArrayList<>();
    Interruption.shielded(() -> swap.undoLater(journal).ifPresent(kept::add));
    String undone =
        "a restore into " + describe() + " was broken off; the data from before is back";
    return kept.isEmpty()
        ? undone
        : undone
            + ". A server has worked on what was restored, so that is kept in "
            + kept.get(0)
            + ": delete it when it is not wanted any more";
  }

  /** Deletes what restores left that ended before they changed anything. */
  private void sweep() throws IOException {
    swap.discard();
    StagingPlaces.sweep(work);
  }

  private void end(Visit visit, boolean committed) {
    visit.end(
        () -> {
          if (!swap.hasBegun()) {
            sweep();
            visit.leave(committed);
          }
        });
  }
}
