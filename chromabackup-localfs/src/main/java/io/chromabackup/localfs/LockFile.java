package io.chromabackup.localfs;

import io.chromabackup.files.FileTree;
import io.chromabackup.files.PathLock;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Locks on files that their holders delete when they are done. Whoever opened such a file before it
 * was deleted would lock a file that nobody else sees; so what was locked must still be what lies
 * there, else it is tried again.
 */
final class LockFile {
  private static final int ATTEMPTS = 100;

  private interface Attempt {
    Optional<PathLock> lock() throws IOException;
  }

  private LockFile() {}

  static Optional<PathLock> exclusive(Path file, String holder) throws IOException {
    return take(file, () -> PathLock.exclusive(file, holder));
  }

  static Optional<PathLock> shared(Path file) throws IOException {
    return take(file, () -> PathLock.shared(file));
  }

  private static Optional<PathLock> take(Path file, Attempt attempt) throws IOException {
    for (int attempts = 0; attempts < ATTEMPTS; attempts++) {
      try {
        FileTree.createPrivate(Objects.requireNonNull(file.getParent()));
        Object before = makeAndIdentify(file);
        Optional<PathLock> lock = attempt.lock();
        if (lock.isEmpty() || isStill(file, before, lock.get())) {
          return lock;
        }
        lock.get().close();
      } catch (NoSuchFileException e) {
        // its last holder has just deleted it, or the directory
      }
    }
    throw new IOException(file + " cannot be locked: it is deleted again and again");
  }

  private static @Nullable Object makeAndIdentify(Path file) throws IOException {
    try {
      Files.createFile(file, FileTree.ownerOnly(file, "rw-------"));
    } catch (FileAlreadyExistsException e) {
      // of another holder, or left over
    }
    return identity(file);
  }

  private static boolean isStill(Path file, @Nullable Object before, PathLock lock)
      throws IOException {
    try {
      return Objects.equals(before, identity(file));
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static @Nullable Object identity(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }
}
