package io.chromabackup.localfs;

import io.chromabackup.files.FileTree;
import io.chromabackup.files.PathLock;
import io.chromabackup.files.Present;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock on a file that its holders delete when they are done. Whoever opened it before it was
 * deleted has a lock on a file that nobody else will ever see. So after locking it is opened again:
 * only if that is the same file does the lock count, else it is tried anew.
 */
final class LockFile implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LockFile.class);
  private static final int ATTEMPTS = 1000;

  private final PathLock lock;
  private final @Nullable FileChannel witness;

  private interface Attempt<T> {
    /** Throws {@link NoSuchFileException} if the file, or what was locked of it, is gone. */
    Optional<T> take() throws IOException;
  }

  private LockFile(PathLock lock, @Nullable FileChannel witness) {
    this.lock = lock;
    this.witness = witness;
  }

  /** Takes the lock alone; empty if somebody has it. Its directory is made if there is none. */
  static Optional<LockFile> exclusive(Path file, String holder) throws IOException {
    return retrying(
        file,
        () -> {
          Optional<PathLock> lock = PathLock.exclusive(file, holder);
          return lock.isEmpty() ? Optional.empty() : Optional.of(confirmed(file, lock.get()));
        });
  }

  /**
   * Takes the lock with others; empty if somebody has it alone. Confirmed by less, since it must
   * not be opened again beside others of this process: closing it would give up theirs.
   */
  static Optional<PathLock> shared(Path file) throws IOException {
    return retrying(
        file,
        () -> {
          Object before = Present.at(file) ? identity(file) : null;
          Optional<PathLock> lock = PathLock.shared(file);
          if (lock.isPresent()) {
            requireStill(before, file, lock.get());
          }
          return lock;
        });
  }

  private static void requireStill(@Nullable Object before, Path file, PathLock lock)
      throws IOException {
    try {
      if (!isStill(before, file)) {
        throw new NoSuchFileException(file.toString());
      }
    } catch (IOException | RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  private static <T> Optional<T> retrying(Path file, Attempt<T> attempt) throws IOException {
    for (int attempts = 0; attempts < ATTEMPTS; attempts++) {
      try {
        FileTree.createPrivate(Objects.requireNonNull(file.getParent()));
        return attempt.take();
      } catch (NoSuchFileException e) {
        log.trace("its last holder has just deleted {}", file);
      }
    }
    throw new IOException(file + " cannot be locked: it is deleted again and again");
  }

  /** This virtual machine itself notices a second lock on the same file, and tells by throwing. */
  private static LockFile confirmed(Path file, PathLock lock) throws IOException {
    if (!FileTree.isNative(file)) {
      return new LockFile(lock, null);
    }
    FileChannel witness = null;
    try {
      witness = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      FileLock onAnotherFile = witness.tryLock();
      throw new NoSuchFileException(file.toString(), null, "replaced, " + onAnotherFile);
    } catch (OverlappingFileLockException e) {
      return new LockFile(lock, witness);
    } catch (IOException | RuntimeException | Error e) {
      release(witness, lock);
      throw e;
    }
  }

  private static boolean isStill(@Nullable Object before, Path file) {
    try {
      return before == null || before.equals(identity(file));
    } catch (IOException e) {
      return false;
    }
  }

  private static @Nullable Object identity(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  @Override
  public void close() {
    release(witness, lock);
  }

  /** In this order: as long as this has the lock, closing the witness takes it from nobody else. */
  private static void release(@Nullable FileChannel witness, PathLock lock) {
    try (lock) {
      if (witness != null) {
        witness.close();
      }
    } catch (IOException e) {
      log.debug("a lock file was not closed: {}", e.toString());
    }
  }
}
