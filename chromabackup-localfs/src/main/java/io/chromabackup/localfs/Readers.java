package io.chromabackup.localfs;

import io.chromabackup.files.FileTree;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.PathLock;
import io.chromabackup.files.Present;
import io.chromabackup.files.Space;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who reads which archive: a lock file per archive, shared by its readers and wanted alone by who
 * deletes it.
 *
 * @param archives where the archives are
 * @param locks where the lock files are
 */
record Readers(Path archives, Path locks) {
  private static final Logger log = LoggerFactory.getLogger(Readers.class);
  private static final long RETRY_MILLIS = 10;

  /**
   * Joins the readers of an archive. Null where there can be no lock, as in a store that is
   * read-only or full: it is read all the same.
   *
   * @throws NoSuchFileException if the archive was deleted
   */
  @Nullable PathLock join(String name) throws IOException {
    Optional<PathLock> lock = Optional.empty();
    while (lock.isEmpty()) {
      Interruption.check();
      try {
        lock = LockFile.shared(file(name));
      } catch (IOException | UnsupportedOperationException e) {
        log.debug("{} is read without a lock: {}", name, e.toString());
        return null;
      }
      if (lock.isEmpty()) {
        // it is being deleted, which does not take long
        if (!Present.asFile(archives.resolve(name))) {
          throw new NoSuchFileException(name);
        }
        Interruption.sleep(RETRY_MILLIS);
      }
    }
    return lock.get();
  }

  /**
   * Keeps readers out while {@code work} is done. Returns false, without doing it, if there are
   * some.
   */
  boolean excluded(String name, Interruption.Work work) throws IOException {
    Path file = locks.resolve(name);
    Optional<LockFile> lock;
    try {
      lock = LockFile.exclusive(file(name), "");
    } catch (IOException e) {
      if (Space.isExhausted(e) && !Present.at(file)) {
        // nobody can have joined, and deleting is what helps now
        work.run();
        return true;
      }
      throw e;
    }
    if (lock.isEmpty()) {
      return false;
    }
    try (LockFile held = lock.get()) {
      work.run();
      forget(file);
    }
    return true;
  }

  /** Deletes the lock files of archives that are gone. */
  void sweep() throws IOException {
    if (!Present.at(locks)) {
      return;
    }
    for (Path file : FileTree.children(locks)) {
      if (!Present.at(archives.resolve(file.getFileName()))) {
        sweep(file);
      }
    }
  }

  private static void sweep(Path file) throws IOException {
    Optional<LockFile> lock = LockFile.exclusive(file, "");
    if (lock.isPresent()) {
      try (LockFile held = lock.get()) {
        forget(file);
      }
    }
  }

  private Path file(String name) throws IOException {
    FileTree.createPrivate(Objects.requireNonNull(locks.getParent()));
    return locks.resolve(name);
  }

  private static void forget(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.debug("{} is left over: {}", file, e.toString());
    }
  }
}
