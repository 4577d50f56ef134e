package io.chromabackup.localfs;

import io.chromabackup.files.FileTree;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.Present;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A name for a file of passage. The lock beside it lasts as long as its maker, so that what a dead
 * process left is told from what a living one needs.
 */
final class Claim implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(Claim.class);
  private static final String LOCK = ".lock";

  private final Path path;
  private final LockFile lock;

  private Claim(Path path, LockFile lock) {
    this.path = path;
    this.lock = lock;
  }

  /** Claims a name; empty if it is claimed. */
  static Optional<Claim> on(Path path) throws IOException {
    return LockFile.exclusive(companion(path), "").map(lock -> new Claim(path, lock));
  }

  /** Claims what somebody left there, or left half deleted; empty if it is claimed, or nothing. */
  static Optional<Claim> onLeft(Path path) throws IOException {
    return Present.at(path) || Present.at(companion(path)) ? on(path) : Optional.empty();
  }

  /** Claims a name that nobody else has. */
  static Claim onNew(Path directory, String prefix) throws IOException {
    Optional<Claim> claim = Optional.empty();
    while (claim.isEmpty()) {
      claim = onUnknown(directory.resolve(prefix + UUID.randomUUID()));
    }
    return claim.get();
  }

  private static Optional<Claim> onUnknown(Path path) throws IOException {
    try {
      return on(path);
    } catch (IOException | RuntimeException | Error e) {
      Interruption.shieldedAfter(e, () -> Files.deleteIfExists(companion(path)));
      throw e;
    }
  }

  /** Deletes what dead processes left. To be called by one process at a time. */
  static void sweep(Path directory, String prefix) throws IOException {
    if (!Present.at(directory)) {
      return;
    }
    for (Path file : FileTree.children(directory)) {
      String name = file.getFileName().toString();
      if (name.startsWith(prefix) && name.endsWith(LOCK)) {
        Path claimed = file.resolveSibling(name.substring(0, name.length() - LOCK.length()));
        sweep(claimed);
      }
    }
  }

  private static void sweep(Path claimed) {
    try {
      Optional<Claim> dead = on(claimed);
      if (dead.isPresent()) {
        log.debug("deleting {}, which a dead process left", claimed);
        dead.get().close();
      }
    } catch (IOException e) {
      log.warn("{}, which a dead process left, could not be deleted: {}", claimed, e.toString());
    }
  }

  Path path() {
    return path;
  }

  /** Gives up the claim, and leaves what was claimed to the next. */
  void leave() {
    lock.close();
  }

  /** Deletes what was claimed. */
  @Override
  public void close() throws IOException {
    try (lock) {
      Files.deleteIfExists(path);
      Files.deleteIfExists(companion(path));
    }
  }

  private static Path companion(Path path) {
    return path.resolveSibling(path.getFileName() + LOCK);
  }
}
