package io.chromabackup.testkit.faults;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stands before a directory of another file system, in memory or on disk, and fails when it is told
 * to. Every step is counted: each look, list, open, read, write, sync, close, creation, move, link,
 * deletion and change of attributes. So a test can have an operation fail at its first step, at its
 * second, and so on, until none fails.
 *
 * <pre>{@code
 * FaultyFileSystem faults = FaultyFileSystem.over(Jimfs.newFileSystem());
 * Path data = faults.path(directory);
 * operation(data);
 * int steps = faults.stepCount();
 * for (int step = 1; step <= steps; step++) {
 *   faults.failAt(step, Fault.NO_SPACE);
 *   assertThatThrownBy(() -> operation(data));
 *   faults.reset();
 *   // what is there now?
 * }
 * }</pre>
 *
 * <p><b>Power.</b> After {@link #losePowerAt} the chosen step and all later ones are not done and
 * throw {@link PowerLost}; {@link #restart} then leaves on the disk what a disk may have kept:
 *
 * <ul>
 *   <li>The content of a file is durable as of its last sync ({@code force}).
 *   <li>Names (creations, deletions, moves, links) are durable as of the last sync of the directory
 *       that holds them; a move between two directories when both are synced, and it is never half
 *       done. Syncing a file does not make its name durable.
 *   <li>Permissions and times are durable at once.
 * </ul>
 *
 * <p>All that is below is read into memory for that: it is meant for small trees. Directories can
 * be opened and synced, also where the file system behind has no such thing. Safe for use by
 * several threads, as far as the file system behind is.
 */
public final class FaultyFileSystem extends FileSystem {
  private final FileSystem real;
  private final List<Path> roots;
  private final Provider provider = new Provider(this);
  private final Channels channels = new Channels();
  final Steps steps = new Steps();
  private @Nullable Disk disk;
  private volatile @Nullable LinkFailure linkFailure;

  private FaultyFileSystem(FileSystem real, List<Path> roots) {
    this.real = real;
    this.roots = roots;
  }

  /**
   * Stands before all of a file system.
   *
   * @param real the file system behind; one in memory, since a power cut rewrites all of it
   * @return the one that fails
   */
  public static FaultyFileSystem over(FileSystem real) {
    List<Path> roots = new ArrayList<>();
    real.getRootDirectories().forEach(roots::add);
    return new FaultyFileSystem(real, List.copyOf(roots));
  }

  /**
   * Stands before one directory. What is done outside of it is passed on, counted and can fail, but
   * survives every power cut.
   *
   * @param directory an existing directory of any file system
   * @return the one that fails
   */
  public static FaultyFileSystem over(Path directory) {
    return new FaultyFileSystem(
        directory.getFileSystem(), List.of(directory.toAbsolutePath().normalize()));
  }

  /**
   * A path, seen through this.
   *
   * @param behind a path of the file system behind
   * @return the same path, whose steps are counted
   */
  public Path path(Path behind) {
    return new FaultyPath(this, behind);
  }

  /**
   * The other way round.
   *
   * @param path a path of this file system
   * @return the same path of the file system behind
   */
  public Path real(Path path) {
    return FaultyPath.real(path);
  }

  /**
   * What was done since the count began anew.
   *
   * @return a word and a path for each step
   */
  public List<String> steps() {
    return steps.taken();
  }

  /**
   * How much was done since the count began anew.
   *
   * @return how many steps
   */
  public int stepCount() {
    return steps.count();
  }

  /** Nothing fails any more, and the count begins anew. */
  public void reset() {
    steps.reset();
    disk = null;
  }

  /**
   * One step fails, once. The count begins anew.
   *
   * @param step which, from 1 on
   * @param fault how
   */
  public void failAt(int step, Fault fault) {
    disk = null;
    steps.plan(step, fault, false);
  }

  /**
   * One step fails, and then every one that the same trouble meets, until {@link #reset}. The count
   * begins anew.
   *
   * @param step which is the first, from 1 on
   * @param fault how
   */
  public void failFrom(int step, Fault fault) {
    disk = null;
    steps.plan(step, fault, true);
  }

  /**
   * The power fails at a step. What is there now is on the disk. The count begins anew.
   *
   * @param step which, from 1 on
   * @throws IOException if what is there cannot be read
   */
  public void losePowerAt(int step) throws IOException {
    steps.reset();
    disk = Disk.of(roots);
    steps.planPowerCut(step);
  }

  /**
   * The power is back: what is there is what the disk kept. What was open is closed, locks are
   * gone. If the power was not lost yet, it is lost now. Nothing fails after this.
   *
   * @param loss what happens to what was not synced
   * @param seed decides what is by chance
   * @throws IOException if the file system behind fails
   * @throws IllegalStateException if no power cut was planned
   */
  public void restart(PowerLoss loss, long seed) throws IOException {
    Disk kept = disk;
    if (kept == null) {
      throw new IllegalStateException("there was no losePowerAt");
    }
    channels.closeAll();
    kept.restart(loss, new Random(seed));
    reset();
  }

  /**
   * Something that somebody else does to the disk at an awkward moment, once. Stays planned until
   * it has happened.
   *
   * @param step after which step, as {@link #steps} names it: {@code list /dir}; with an asterisk
   *     in place of the path, {@code list *}, after the next such step wherever it is
   * @param deed what happens; what it throws is thrown from the step
   */
  public void after(String step, Deed deed) {
    steps.after(step, deed::happen);
  }

  /** Something that somebody else does. */
  @FunctionalInterface
  public interface Deed {
    /**
     * Does it.
     *
     * @throws IOException if that fails
     */
    void happen() throws IOException;
  }

  /** From now on it has no hard links, and says so as a provider does that knows none. */
  public void withoutLinks() {
    linkFailure =
        link -> {
          throw new UnsupportedOperationException("this file system has no hard links");
        };
  }

  /**
   * From now on hard links fail so: FAT and many network file systems have none, and all that is
   * told of it is a reason, such as {@code Operation not permitted}.
   *
   * @param failure what is thrown, by the link that was to be made
   */
  public void withoutLinks(Function<Path, FileSystemException> failure) {
    linkFailure =
        link -> {
          throw failure.apply(link);
        };
  }

  private interface LinkFailure {
    void raise(Path link) throws FileSystemException;
  }

  void requireLinks(Path link) throws FileSystemException {
    LinkFailure failure = linkFailure;
    if (failure != null) {
      failure.raise(link);
    }
  }

  /** A look at something, as a step. */
  <T> T look(String what, Path path, Steps.Step<T> step) throws IOException {
    return steps.take(Steps.Kind.LOOK, what, path, step);
  }

  /** Has the disk note a change that was made. */
  void noted(Disk.Change change) throws IOException {
    Disk noting = disk;
    if (noting != null) {
      noting.note(change);
    }
  }

  Channels channels() {
    return channels;
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  /** Leaves the file system behind open. */
  @Override
  public void close() {}

  @Override
  public boolean isOpen() {
    return real.isOpen();
  }

  @Override
  public boolean isReadOnly() {
    return real.isReadOnly();
  }

  @Override
  public String getSeparator() {
    return real.getSeparator();
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    List<Path> wrapped = new ArrayList<>();
    real.getRootDirectories().forEach(root -> wrapped.add(path(root)));
    return wrapped;
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return real.getFileStores();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return real.supportedFileAttributeViews();
  }

  @Override
  public Path getPath(String first, String... more) {
    return path(real.getPath(first, more));
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    PathMatcher matcher = real.getPathMatcher(syntaxAndPattern);
    return path -> matcher.matches(real(path));
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    return real.getUserPrincipalLookupService();
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException();
  }
}
