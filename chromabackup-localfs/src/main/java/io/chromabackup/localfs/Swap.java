package io.chromabackup.localfs;

import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.files.FileTree;
import io.chromabackup.files.Present;
import io.chromabackup.localfs.SwapJournal.State;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Exchanges what belongs to Chroma in a data directory, child by child, so that it works also where
 * the directory itself cannot be renamed: a mount point, a link, below a parent of somebody else.
 *
 * <p>The order is the safety. The database leaves first and arrives last: it is never there without
 * the sidecars that belong to it, which may hold what it needs to be whole. Nothing new arrives
 * before all that is old has left, and on the way back nothing old arrives before all that is new
 * has left: no sidecar ever meets a database that is not its own.
 *
 * <p>From this follows what is live at any instant: a name is old if the journal has it among the
 * old and it is not set aside in {@code old/}. Everything else is new, or was made by a server
 * since. So the way back can be taken from any instant, any number of times.
 */
final class Swap {
  static final String OLD = "old";
  private static final String ASIDE = "aside-";

  /** Beside our directory, which goes: who backs up later may not be allowed to look into it. */
  private static final String REPLACED = LocalTarget.WORK + "-replaced-";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd_HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final Comparator<String> LEAVING =
      Comparator.comparingInt(Swap::rank).thenComparing(Comparator.naturalOrder());

  private final Path data;
  private final Path work;
  private final Path old;

  /** Where the new goes on the way back. Made with the rest: there may be no room for it later. */
  private final Path aside;

  /** The same, of what is kept. That it is there says so. */
  private final Path kept;

  private final Path staged;

  Swap(Path data) {
    this.data = data;
    this.work = data.resolve(LocalTarget.WORK);
    this.old = work.resolve(OLD);
    this.aside = work.resolve(ASIDE + "new");
    this.kept = work.resolve("kept");
    this.staged = work.resolve("new");
  }

  /** Where the new files lie until they are swapped in. */
  Path staged() {
    return staged;
  }

  /** What is live and would be replaced. */
  List<Path> live() throws IOException {
    try {
      return names(data).stream().map(data::resolve).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** What is live, and what was set aside: a server may still have that open. */
  List<Path> involved() throws IOException {
    List<Path> involved = new ArrayList<>(live());
    if (Present.at(old)) {
      involved.addAll(FileTree.children(old));
    }
    return involved;
  }

  /** Tells whether there is something of a swap, be it only what is to be deleted. */
  boolean hasBegun() throws IOException {
    return Present.at(work.resolve(SwapJournal.NAME)) || Present.at(old);
  }

  /** Tells whether a swap was begun and is neither undone nor final. */
  boolean isUnfinished() throws IOException {
    return hasBegun() && !isDecided();
  }

  /** Tells whether the new is to stay, so that what it replaced is only to be deleted. */
  boolean isDecided() throws IOException {
    return SwapJournal.saysDecided(work);
  }

  /** Whether the live database, or its log, was written to after the journal was. */
  boolean isWrittenSince() throws IOException {
    return isWrittenSince(ChromaLayout.DATABASE) || isWrittenSince(ChromaLayout.DATABASE + "-wal");
  }

  private boolean isWrittenSince(String name) throws IOException {
    Path file = data.resolve(name);
    return Present.at(file) && compareToJournal(file) > 0;
  }

  private int compareToJournal(Path file) throws IOException {
    return Files.getLastModifiedTime(file)
        .compareTo(Files.getLastModifiedTime(work.resolve(SwapJournal.NAME)));
  }

  Optional<SwapJournal> journal() throws IOException {
    return SwapJournal.read(work);
  }

  /** Puts the new in place of the old. */
  void exchange() throws IOException {
    SwapJournal journal = new SwapJournal(State.SWAPPING, names(data), names(staged));
    journal.write(work);
    make(old);
    make(aside);
    FileTree.syncDirectory(work);
    move(journal.old(), data, old);
    move(arriving(journal.next()), staged, data);
    journal.in(State.SWAPPED).write(work);
  }

  private static void make(Path directory) throws IOException {
    Files.createDirectory(directory, FileTree.ownerOnly(directory, "rwx------"));
  }

  /** Writes down that the new is not to stay, whoever works on it, unless somebody adopted it. */
  void reject() throws IOException {
    Optional<SwapJournal> journal = journal();
    if (journal.isPresent() && journal.get().state() != State.ADOPTED) {
      journal.get().in(State.SWAPPING).write(work);
    }
  }

  /** Puts the old back, wherever the exchange has come to. What is new is to be deleted. */
  void undo(SwapJournal journal) throws IOException {
    requireNothingLost(journal);
    putBack(journal, makeAside());
    SwapJournal.remove(work);
  }

  /**
   * Puts the old back, perhaps days later. If a server has written to the new since, that is kept,
   * under a name that nothing of ours deletes.
   *
   * @return where; empty if nobody wrote
   */
  Optional<Path> undoLater(SwapJournal journal) throws IOException {
    Optional<Path> earlier = keptEarlier();
    if (!Present.at(kept) && (isOldDatabaseLive(journal) || !isWrittenSince())) {
      undo(journal);
      return earlier;
    }
    requireNothingLost(journal);
    putBack(journal, makeKept());
    Optional<Path> where = setAside(kept);
    SwapJournal.remove(work);
    return where.isPresent() ? where : earlier;
  }

  /** Where an earlier way back has put what is kept, which ended when only the journal was left. */
  private Optional<Path> keptEarlier() throws IOException {
    if (Present.at(old) || Present.at(kept)) {
      return Optional.empty();
    }
    Optional<Path> last = lastReplaced();
    return last.isPresent() && compareToJournal(last.get()) >= 0 ? last : Optional.empty();
  }

  private Path makeAside() throws IOException {
    if (!Present.at(aside)) {
      make(aside);
    }
    return aside;
  }

  private Path makeKept() throws IOException {
    if (!Present.at(kept)) {
      move(makeAside(), kept);
      FileTree.syncDirectory(work);
    }
    return kept;
  }

  private void putBack(SwapJournal journal, Path room) throws IOException {
    if (journal.state() != State.SWAPPING) {
      // a decision may be there that was not known to be durable, and was taken back; and what a
      // server makes where the database has left is not to be taken for the new, and adopted
      journal.in(State.SWAPPING).write(work);
    }
    moveAway(leaving(journal), room);
    List<String> back = new ArrayList<>();
    for (String name : arriving(journal.old())) {
      if (Present.at(old.resolve(name))) {
        back.add(name);
      }
    }
    move(back, old, data);
    // refuses if something is left in it, which would be nobody's then
    Files.deleteIfExists(old);
  }

  /** What is live and not old. While the old database is there, all that was made is its own. */
  private List<String> leaving(SwapJournal journal) throws IOException {
    if (isOldDatabaseLive(journal)) {
      return List.of();
    }
    List<String> leaving = new ArrayList<>();
    for (String name : names(data)) {
      if (!isOld(name, journal)) {
        leaving.add(name);
      }
    }
    return leaving;
  }

  private boolean isOldDatabaseLive(SwapJournal journal) throws IOException {
    return isOld(ChromaLayout.DATABASE, journal) && Present.at(data.resolve(ChromaLayout.DATABASE));
  }

  /** Tells of what is live whether it is old. */
  private boolean isOld(String name, SwapJournal journal) throws IOException {
    return journal.old().contains(name) && !Present.at(old.resolve(name));
  }

  /** A server may have made some of it anew since an earlier way back was broken off. */
  private void moveAway(List<String> names, Path to) throws IOException {
    List<String> first = new ArrayList<>();
    List<String> again = new ArrayList<>();
    for (String name : names) {
      (Present.at(to.resolve(name)) ? again : first).add(name);
    }
    if (again.isEmpty()) {
      move(first, data, to);
      return;
    }
    Path more = Files.createTempDirectory(to, "more-");
    if (again.contains(ChromaLayout.DATABASE)) {
      move(again, data, more);
      move(first, data, to);
    } else {
      move(first, data, to);
      move(again, data, more);
    }
  }

  /**
   * While the old database is there, so was all that is old when it came: what is missing since, a
   * server has removed that works on it, as it does with a hot journal.
   */
  private void requireNothingLost(SwapJournal journal) throws IOException {
    if (isOldDatabaseLive(journal)) {
      return;
    }
    for (String name : journal.old()) {
      if (!Present.at(old.resolve(name)) && !Present.at(data.resolve(name))) {
        throw new IOException(
            ("the restore into %s cannot be undone: %s is neither there nor in %s. Nothing was"
                    + " changed. Find out who removed it and put it back into %s; or restore an"
                    + " archive into another directory")
                .formatted(data, name, old, old));
      }
    }
  }

  /** Old files of which no journal tells: by nobody's hand but a stranger's. */
  void requireNothingSetAside() throws IOException {
    try {
      Files.deleteIfExists(old);
    } catch (DirectoryNotEmptyException e) {
      throw new IOException(
          ("%s holds data that a restore set aside, but its journal is gone. Nothing was changed."
                  + " Put what you want of it into %s, then delete %s")
              .formatted(old, data, work),
          e);
    }
  }

  /** Writes down that the new is to stay. */
  void decide() throws IOException {
    decide(State.COMMITTED);
  }

  /** Writes down that the new is to stay, though nobody has seen it served. */
  void adopt() throws IOException {
    decide(State.ADOPTED);
  }

  private void decide(State decision) throws IOException {
    SwapJournal journal = journal().orElseThrow(() -> new IOException("no journal in " + work));
    journal.in(decision).write(work);
  }

  /**
   * Deletes what a decided exchange has replaced. Whoever decided may have died, or failed, before
   * that was durable; it must be now, as it cannot be undone any more.
   */
  void finish() throws IOException {
    FileTree.syncDirectory(work);
    FileTree.delete(old);
    discard();
    SwapJournal.remove(work);
  }

  /**
   * Keeps what an adopted exchange has replaced, under a name that nothing of ours deletes.
   *
   * @return where; empty if there was nothing
   */
  Optional<Path> keepReplaced() throws IOException {
    FileTree.syncDirectory(work);
    Optional<Path> replaced = Present.at(old) ? setAside(old) : lastReplaced();
    discard();
    SwapJournal.remove(work);
    return replaced;
  }

  private Optional<Path> setAside(Path directory) throws IOException {
    if (FileTree.children(directory).isEmpty()) {
      Files.delete(directory);
      return Optional.empty();
    }
    Path aside = data.resolve(REPLACED + TIME.format(Instant.now()));
    move(directory, aside);
    FileTree.syncDirectory(data);
    FileTree.syncDirectory(work);
    return Optional.of(aside);
  }

  /** Where somebody who ended after he had moved it has put it. */
  private Optional<Path> lastReplaced() throws IOException {
    return FileTree.children(data).stream()
        .filter(child -> child.getFileName().toString().startsWith(REPLACED))
        .max(Comparator.naturalOrder());
  }

  /** Deletes what is new and not live. */
  void discard() throws IOException {
    FileTree.delete(staged);
    for (Path child : FileTree.children(work)) {
      if (child.getFileName().toString().startsWith(ASIDE)) {
        FileTree.delete(child);
      }
    }
    Files.deleteIfExists(work.resolve(SwapJournal.DRAFT));
  }

  /** What belongs to Chroma in a directory, the database first. */
  private static List<String> names(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    for (Path child : FileTree.children(directory)) {
      String name = child.getFileName().toString();
      if (ChromaLayout.isDatabaseFile(name)
          || (ChromaLayout.isSegmentDirectory(name) && Present.directoryBehind(child))) {
        names.add(name);
      }
    }
    names.sort(LEAVING);
    return names;
  }

  private static List<String> arriving(List<String> leaving) {
    List<String> names = new ArrayList<>(leaving);
    names.sort(LEAVING);
    Collections.reverse(names);
    return names;
  }

  private static int rank(String name) {
    if (name.equals(ChromaLayout.DATABASE)) {
      return 0;
    }
    return ChromaLayout.isDatabaseFile(name) ? 1 : 2;
  }

  private static void move(List<String> names, Path from, Path to) throws IOException {
    for (String name : names) {
      Path target = to.resolve(name);
      if (Present.at(target)) {
        // an atomic move would replace it
        throw new FileAlreadyExistsException(target.toString());
      }
      move(from.resolve(name), target);
    }
    // also if there was nothing to move: whoever moved it may have died before this
    FileTree.syncDirectory(to);
    if (Present.at(from)) {
      FileTree.syncDirectory(from);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      boolean isBusy = String.valueOf(e.getReason()).contains("busy");
      if (isBusy || e instanceof AtomicMoveNotSupportedException) {
        throw new IOException(
            ("%s cannot be moved within its directory (%s): it is mounted there by itself, or lies"
                    + " on another file system or in a lower layer of an overlay. Restore into an"
                    + " empty directory, and give the server that one")
                .formatted(from, e.getReason()),
            e);
      }
      throw e;
    }
  }
}
