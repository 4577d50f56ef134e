package io.chromabackup.localfs;

import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackupException.ArchiveExists;
import io.chromabackup.ChromaBackupException.ArchiveInUse;
import io.chromabackup.ChromaBackupException.ArchiveNotFound;
import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.ChromaBackupException.StoreUnusable;
import io.chromabackup.ContentCheck;
import io.chromabackup.ContentWriter;
import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.files.FileTree;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.PathLock;
import io.chromabackup.files.Present;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps archives as files in a directory, on any file system that {@link Path} can name.
 *
 * <p>The archives lie directly in the directory, under their names. What else the store needs is in
 * {@code .chromabackup} there; it may be deleted while nothing uses the store. Both are made when
 * something is first written. Of a store that cannot be written to, archives can be listed and
 * read.
 *
 * <p>Only regular files are archives. A link is not, also if it leads to one: what it leads to
 * could change or vanish behind the store's back, and deleting it would free nothing.
 */
public final class LocalArchiveStore implements ArchiveStore {
  private static final Logger log = LoggerFactory.getLogger(LocalArchiveStore.class);

  private final Path directory;
  private final Path ours;
  private final Readers readers;
  private final StoreFailure failure;

  private LocalArchiveStore(Path directory) {
    this.directory = directory;
    this.ours = directory.resolve(".chromabackup");
    this.readers = new Readers(directory, ours.resolve("reading"));
    this.failure = new StoreFailure(directory.toString());
  }

  /**
   * The store in a directory, which need not exist yet.
   *
   * @param directory the directory
   * @return the store
   */
  public static LocalArchiveStore in(Path directory) {
    return new LocalArchiveStore(directory.toAbsolutePath());
  }

  @Override
  public String describe() {
    return directory.toString();
  }

  @Override
  public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check)
      throws IOException {
    try {
      Interruption.check();
      Path archive = file(name);
      prepare();
      if (Present.at(archive)) {
        throw new ArchiveExists(name, describe());
      }
      try (PartialArchive partial = PartialArchive.in(directory, ours, failure)) {
        long size = partial.fill(content, check);
        Interruption.check();
        publish(partial, archive, name);
        return new ArchiveInfo(name, size);
      }
    } catch (IOException e) {
      throw Interruption.normalise(e);
    }
  }

  private void publish(PartialArchive partial, Path archive, ArchiveName name) throws IOException {
    try {
      partial.publish(archive);
    } catch (FileAlreadyExistsException e) {
      throw withSuppressed(new ArchiveExists(name, describe()), e);
    } catch (IOException e) {
      throw withSuppressed(failure.of(e), e);
    }
  }

  /** What failed while cleaning up goes with the exception that is thrown. */
  private static IOException withSuppressed(IOException thrown, IOException original) {
    if (thrown != original && thrown.getCause() != original) {
      List.of(original.getSuppressed()).forEach(thrown::addSuppressed);
    }
    return thrown;
  }

  @Override
  public InputStream open(ArchiveName name) throws IOException {
    Path archive = file(name);
    requireArchive(archive, name);
    PathLock lock = null;
    try {
      lock = readers.join(name.toString());
      requireArchive(archive, name);
      return new ArchiveInput(Files.newInputStream(archive), lock);
    } catch (NoSuchFileException e) {
      release(lock);
      throw new ArchiveNotFound(name, describe());
    } catch (IOException | RuntimeException | Error e) {
      release(lock);
      throw e;
    }
  }

  private void requireArchive(Path archive, ArchiveName name) throws IOException {
    if (!Present.asFile(archive)) {
      throw new ArchiveNotFound(name, describe());
    }
  }

  private static void release(@Nullable PathLock lock) {
    if (lock != null) {
      lock.close();
    }
  }

  @Override
  public List<ArchiveInfo> list() throws IOException {
    List<ArchiveInfo> archives = new ArrayList<>();
    for (Path file : files()) {
      Optional<ArchiveName> name = ArchiveName.parse(file.getFileName().toString());
      if (name.isPresent()) {
        info(name.get(), file).ifPresent(archives::add);
      }
    }
    archives.sort(Comparator.comparing(ArchiveInfo::name));
    return List.copyOf(archives);
  }

  private List<Path> files() throws IOException {
    try {
      return FileTree.children(directory);
    } catch (NoSuchFileException e) {
      if (Present.at(directory)) {
        throw new StoreUnusable(describe(), "it is a link that leads nowhere", e);
      }
      return List.of();
    } catch (IOException e) {
      throw failure.of(e);
    }
  }

  private static Optional<ArchiveInfo> info(ArchiveName name, Path file) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isRegularFile()
          ? Optional.of(new ArchiveInfo(name, attributes.size()))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean delete(ArchiveName name) throws IOException {
    Path archive = file(name);
    if (!Present.asFile(archive)) {
      return false;
    }
    try {
      if (!readers.excluded(name.toString(), () -> deleteDurably(archive))) {
        throw new ArchiveInUse(name, describe());
      }
      return true;
    } catch (NoSuchFileException e) {
      // somebody else was faster
      return false;
    } catch (IOException e) {
      throw failure.of(e);
    }
  }

  private void deleteDurably(Path archive) throws IOException {
    Files.delete(archive);
    FileTree.syncDirectory(directory);
  }

  @Override
  public Lock lock(String purpose) throws IOException {
    Interruption.check();
    prepare();
    warnIfWithinData();
    Path file = ours.resolve("lock");
    PathLock lock;
    try {
      lock =
          PathLock.exclusive(file, Holder.text(purpose))
              .orElseThrow(() -> new Locked("archive store " + describe(), PathLock.holder(file)));
    } catch (IOException e) {
      throw failure.of(e);
    }
    try {
      sweep();
    } catch (RuntimeException | Error e) {
      lock.close();
      throw e;
    }
    return lock::close;
  }

  /** Deletes what dead processes left. That is no reason for an operation to fail. */
  private void sweep() {
    try {
      Claim.sweep(ours, PartialArchive.PREFIX);
      readers.sweep();
    } catch (IOException | RuntimeException e) {
      log.warn("what earlier operations left in {} was not deleted: {}", ours, e.toString());
    }
  }

  @Override
  public Optional<Path> workspace() {
    Path work = ours.resolve("work");
    return Files.isWritable(nearestPresent(work)) ? Optional.of(work) : Optional.empty();
  }

  @Override
  public OptionalLong usableSpace() throws IOException {
    return OptionalLong.of(FileTree.usableSpace(directory));
  }

  private Path file(ArchiveName name) {
    return directory.resolve(name.toString());
  }

  private static Path nearestPresent(Path path) {
    Path present = path;
    while (!Files.exists(present) && present.getParent() != null) {
      present = present.getParent();
    }
    return present;
  }

  /** What destroys the data would destroy its backups. */
  private void requireNoDataDirectory() throws IOException {
    if (Present.at(directory.resolve(ChromaLayout.DATABASE))) {
      String remedy = "Choose another, best on another disk";
      throw new StoreUnusable(describe(), "it is a data directory of Chroma. " + remedy, null);
    }
  }

  private void warnIfWithinData() throws IOException {
    for (Path above = directory.getParent(); above != null; above = above.getParent()) {
      if (Present.at(above.resolve(ChromaLayout.DATABASE))) {
        log.warn("store {} is inside the data directory {}, and goes with it", directory, above);
      }
    }
  }

  private void prepare() throws IOException {
    requireNoDataDirectory();
    try {
      Path present = nearestPresent(directory);
      FileTree.createPrivate(ours);
      for (Path made = directory; !made.equals(present); ) {
        made = Objects.requireNonNull(made.getParent());
        FileTree.syncDirectory(made);
      }
    } catch (IOException e) {
      throw failure.of(e);
    } catch (ReadOnlyFileSystemException e) {
      throw new StoreUnusable(describe(), "it is read-only. Choose another", e);
    }
  }
}
