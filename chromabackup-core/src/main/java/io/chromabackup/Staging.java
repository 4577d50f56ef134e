package io.chromabackup;

import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.files.FileContent;
import io.chromabackup.files.FileTree;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.PathLock;
import io.chromabackup.files.PosixMetadata;
import io.chromabackup.files.Present;
import io.chromabackup.files.Space;
import io.chromabackup.files.SparseFile;
import io.chromabackup.files.StagingPlaces;
import io.chromabackup.files.TemporaryPlace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A private directory in which a copy of a data directory is put together, inspected, and from
 * which it is passed on. It is gone when closed; what a killed process left is swept by the next.
 *
 * <pre>
 * staging-…/lock     held as long as the owner lives
 * staging-…/files/   the copy
 * staging-…/scratch/ temporary files; elsewhere if SQLite cannot open files here
 * </pre>
 */
final class Staging implements StagedFiles, EntrySink, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Staging.class);

  /** So often others can be in the way of its birth. */
  private static final int ATTEMPTS = 100;

  private static final Set<StandardOpenOption> OVER =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);

  private static final int OWN_MODE = 0600;

  /** A file that has so many bytes is worth a sync of its own. */
  private static final long LARGE = 8 << 20;

  /**
   * The database comes first, so that whoever unpacks an archive can check it beside the rest; else
   * by path, so that a directory comes before what is in it.
   */
  private static final Comparator<String> ORDER =
      Comparator.comparing((String path) -> !path.equals(ChromaLayout.DATABASE))
          .thenComparing(Comparator.naturalOrder());

  private final Path workspace;
  private final Path root;
  private final Path scratch;
  private final PathLock lock;

  /** Where SQLite can open files, if it cannot here; empty if it can. */
  private final Optional<Staging> passage;

  /** The directories that were made for this, innermost first. */
  private final List<Path> made;

  private final TreeMap<String, Entry> entries = new TreeMap<>(ORDER);

  /** What was taken before the copy was begun again, and not named since. */
  private final Map<String, Entry> unnamed = new HashMap<>();

  /** How many bytes of a file were written, and are no hole. */
  private final Map<String, Long> allocated = new HashMap<>();

  private @Nullable StagedDigests digests;

  private Staging(Path workspace, Path root, PathLock lock, List<Path> made) throws IOException {
    this.workspace = workspace;
    this.root = root;
    this.lock = lock;
    this.made = made;
    this.passage =
        FileTree.isNative(root) ? Optional.empty() : Optional.of(in(TemporaryPlace.own()));
    this.scratch = passage.map(Staging::directory).orElse(root.resolve("scratch"));
  }

  /** Makes a new one in {@code workspace}, after sweeping what others left there. */
  static Staging in(Path workspace) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        Optional<Staging> born = attempt(workspace);
        if (born.isPresent()) {
          return born.get();
        }
      } catch (NoSuchFileException e) {
        // who had made the workspace removed it as empty
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Returns nothing if another's sweep came between making it and locking it. */
  private static Optional<Staging> attempt(Path workspace) throws IOException {
    List<Path> made = missing(workspace);
    FileTree.createPrivate(workspace);
    StagingPlaces.sweep(workspace);
    Path root = Files.createTempDirectory(workspace, StagingPlaces.PREFIX);
    Optional<PathLock> lock = lock(root);
    return lock.isPresent()
        ? Optional.of(begin(workspace, root, lock.get(), made))
        : Optional.empty();
  }

  private static Optional<PathLock> lock(Path root) throws IOException {
    try {
      return PathLock.exclusive(root.resolve(StagingPlaces.LOCK), "");
    } catch (IOException | RuntimeException | Error e) {
      Interruption.shieldedAfter(e, () -> FileTree.delete(root));
      throw e;
    }
  }

  /** A lock that outlived its failed owner would keep what is left from being swept. */
  private static Staging begin(Path workspace, Path root, PathLock lock, List<Path> made)
      throws IOException {
    try {
      if (!Present.at(root.resolve(StagingPlaces.LOCK))) {
        throw new NoSuchFileException(root.toString()); // swept before it was locked
      }
      Staging staging = new Staging(workspace, root, lock, made);
      try {
        staging.clear();
      } catch (IOException | RuntimeException | Error e) {
        staging.passage.ifPresent(Staging::close);
        throw e;
      }
      return staging;
    } catch (IOException | RuntimeException | Error e) {
      try (lock) {
        Interruption.shieldedAfter(e, () -> FileTree.delete(root));
      }
      throw e;
    }
  }

  private static List<Path> missing(Path directory) {
    List<Path> missing = new ArrayList<>();
    for (Path path = directory.toAbsolutePath();
        path != null && !Files.exists(path);
        path = path.getParent()) {
      missing.add(path);
    }
    return missing;
  }

  /**
   * Brings large files to the disk. A kernel that has much left to write lets whoever writes more
   * wait for it, as would who copies while a service is held.
   */
  void writeOut() throws IOException {
    if (!FileTree.isNative(root)) {
      return;
    }
    for (Entry entry : entries.values()) {
      if (entry.isFile() && entry.size() >= LARGE) {
        Interruption.check();
        FileTree.syncFile(directory().resolve(entry.path()));
      }
    }
  }

  @Override
  public Path directory() {
    return root.resolve("files");
  }

  /** A place for temporary files, on the default file system. */
  Path scratch() {
    return scratch;
  }

  /** Begins to work out the digests of the copy, which must not change from now on. */
  void beginDigests() throws IOException {
    endDigests();
    digests = new StagedDigests(directory(), List.copyOf(entries.values()));
  }

  /** The SHA-256 of a file of the copy, in hexadecimal. */
  String digestOf(Entry file) throws IOException {
    return digests == null ? Digests.of(directory().resolve(file.path())) : digests.of(file);
  }

  private void endDigests() throws IOException {
    if (digests != null) {
      digests.close();
      digests = null;
    }
  }

  /** Starts anew: the copy so far is worth nothing. */
  void clear() throws IOException {
    endDigests();
    entries.clear();
    unnamed.clear();
    allocated.clear();
    FileTree.delete(directory());
    FileTree.delete(scratch());
    FileTree.createPrivate(directory());
    FileTree.createPrivate(scratch());
  }

  @Override
  public void accept(Entry entry, InputStream content) throws IOException {
    Interruption.check();
    Path path = placeOf(entry);
    try {
      if (entry.isFile()) {
        FileTree.createPrivate(Optional.ofNullable(path.getParent()).orElse(directory()));
        allocated.put(entry.path(), write(path, content));
      } else {
        FileTree.createPrivate(path);
      }
    } catch (IOException e) {
      throw Space.isExhausted(e)
          ? new ChromaBackupException.NoSpace(workspace.toString(), e)
          : Interruption.normalise(e);
    }
    unnamed.remove(entry.path());
    entries.put(entry.path(), entry);
  }

  /** A name that is harmless elsewhere may be a drive, or a stream, on this file system. */
  private Path placeOf(Entry entry) throws IOException {
    try {
      Path path = directory().resolve(entry.path());
      if (path.normalize().startsWith(directory().normalize())) {
        return path;
      }
    } catch (InvalidPathException e) {
      // no name at all here
    }
    throw new IOException(
        entry.path() + " is no name of a file here, and was not written: Chroma has none like it");
  }

  /** Names the copy anew: of what there is, that counts which is kept or accepted from now on. */
  void beginAgain() {
    unnamed.putAll(entries);
    entries.clear();
  }

  @Override
  public boolean keep(Entry entry) {
    Entry there = unnamed.get(entry.path());
    boolean isSame =
        there != null
            && there.isFile()
            && there.size() == entry.size()
            && there.modifiedAt().equals(entry.modifiedAt());
    if (isSame) {
      unnamed.remove(entry.path());
      entries.put(entry.path(), entry);
    }
    return isSame;
  }

  /** Removes what was not named since the copy was begun again, and what was not taken whole. */
  void dropUnnamed() throws IOException {
    unnamed.clear();
    dropUnnamed(directory());
  }

  /** A directory that nobody named stays for what is in it. */
  private void dropUnnamed(Path parent) throws IOException {
    for (Path child : FileTree.children(parent)) {
      boolean isDirectory = Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS);
      if (isDirectory) {
        dropUnnamed(child);
      }
      String path = directory().relativize(child).toString().replace('\\', '/');
      boolean isNeeded = isDirectory && !FileTree.children(child).isEmpty();
      if (!isNeeded && !entries.containsKey(path)) {
        FileTree.delete(child);
      }
    }
  }

  /**
   * A file that was taken before, or begun and not taken whole, is written over. Returns how many
   * bytes of it take room.
   */
  private static long write(Path file, InputStream content) throws IOException {
    long moved = SparseFile.move(content, file);
    if (moved >= 0) {
      PosixMetadata.setMode(file, OWN_MODE);
      return moved;
    }
    try (FileChannel channel =
        FileChannel.open(file, OVER, FileTree.ownerOnly(file, "rw-------"))) {
      return SparseFile.write(channel, content);
    }
  }

  /** How many bytes of what is staged take room, the others being in long runs of zeros. */
  long allocated() {
    return entries.values().stream()
        .mapToLong(
            entry -> Math.min(entry.size(), allocated.getOrDefault(entry.path(), entry.size())))
        .sum();
  }

  /** What is staged: the database, then the rest by path, directories before what is in them. */
  Collection<Entry> entries() {
    return entries.values();
  }

  /** Takes note of what inspection changed: a rolled back journal is gone, sizes are others. */
  void refresh() throws IOException {
    for (Entry entry : List.copyOf(entries.values())) {
      Path path = directory().resolve(entry.path());
      if (!Present.at(path)) {
        entries.remove(entry.path());
      } else if (entry.isFile()) {
        entries.put(entry.path(), entry.withSize(Files.size(path)));
      }
    }
  }

  /** Removes a directory, or file, with all that is in it. */
  void drop(String path) throws IOException {
    FileTree.delete(directory().resolve(path));
    refresh();
  }

  @Override
  public void transferTo(EntrySink sink) throws IOException {
    for (Entry entry : entries.values()) {
      if (!entry.isFile()) {
        sink.accept(entry, InputStream.nullInputStream());
        continue;
      }
      Path file = directory().resolve(entry.path());
      try (FileContent content = FileContent.of(file, entry.size())) {
        sink.accept(entry, content);
      }
    }
  }

  @Override
  public void close() {
    try {
      Interruption.shielded(
          () -> {
            endDigests();
            passage.ifPresent(Staging::close);
            lock.close();
            StagingPlaces.remove(root);
            made.forEach(Staging::removeIfEmpty);
          });
    } catch (IOException e) {
      log.warn("{} could not be removed and is left to the next operation: {}", root, e.toString());
    }
  }

  /** What was made for this goes with it, unless it is used by then. */
  private static void removeIfEmpty(Path directory) {
    try {
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      log.trace("{} stays: {}", directory, e.toString());
    }
  }
}
