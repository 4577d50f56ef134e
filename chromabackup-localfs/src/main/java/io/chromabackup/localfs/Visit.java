package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.files.FileTree;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.PathLock;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time that a data directory is taken by a restore, and the directory that it works in. Ends
 * with as little left there as can be: nothing, if nothing is unfinished.
 */
final class Visit {
  private static final Logger LOG = LoggerFactory.getLogger(Visit.class);
  private static final String LOCK = "lock";

  /** Lies in the work directory if it was us who made the data directory. */
  private static final String MADE = "made";

  private final Path data;
  private final Path work;
  private final PathLock lock;
  private boolean ended;

  private Visit(Path data, PathLock lock) {
    this.data = data;
    this.work = data.resolve(Swap.WORK);
    this.lock = lock;
  }

  /** Makes the work directory, and the data directory if there is none. */
  static void makeDirectories(Path data) throws IOException {
    Path work = data.resolve(Swap.WORK);
    boolean made = !Files.exists(data);
    if (made) {
      Files.createDirectories(data);
    }
    FileTree.createPrivate(work);
    if (made) {
      try {
        Files.createFile(work.resolve(MADE));
      } catch (FileAlreadyExistsException e) {
        LOG.debug("{} is made by others as well", data);
      }
    }
  }

  /** Takes a data directory. */
  static Visit begin(Path data, String purpose) throws IOException {
    Path file = data.resolve(Swap.WORK).resolve(LOCK);
    return LockFile.exclusive(file, Holder.text(purpose))
        .map(lock -> new Visit(data, lock))
        .orElseThrow(() -> new Locked("restore target " + data, PathLock.holder(file)));
  }

  /** Tells whether the data directory was made for this restore. */
  boolean madeDirectory() throws IOException {
    return Present.at(work.resolve(MADE));
  }

  /** Makes the names of our directories durable: a journal is worth as much as the way to it. */
  void syncNames() throws IOException {
    FileTree.syncDirectory(work);
    FileTree.syncDirectory(data);
    Path parent = data.getParent();
    if (parent != null && madeDirectory()) {
      FileTree.syncDirectory(parent);
    }
  }

  /**
   * Lets others in.
   *
   * @param last what else is to be tidied up before
   * @param keep whether a data directory that we made is to stay
   */
  void end(Interruption.Work last, boolean keep) {
    if (ended) {
      return;
    }
    ended = true;
    try (lock) {
      Interruption.shielded(
          () -> {
            last.run();
            leave(keep);
          });
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} could not be tidied up; the next restore or recovery will do it", work, e);
    }
  }

  private void leave(boolean keep) throws IOException {
    if (!isForgettable()) {
      return;
    }
    boolean made = madeDirectory();
    Files.deleteIfExists(work.resolve(MADE));
    Files.deleteIfExists(work.resolve(LOCK));
    Files.deleteIfExists(work);
    if (made && !keep) {
      try {
        Files.deleteIfExists(data);
      } catch (DirectoryNotEmptyException e) {
        LOG.debug("{} is used by others as well", data);
      }
    }
  }

  /** Nothing is left but what we need ourselves, neither of ours nor of another process. */
  private boolean isForgettable() throws IOException {
    return FileTree.children(work).stream()
        .map(child -> child.getFileName().toString())
        .allMatch(List.of(LOCK, MADE)::contains);
  }
}
