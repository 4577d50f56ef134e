package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.files.FileTree;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.PathLock;
import io.chromabackup.files.Present;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time that a data directory is taken by a restore, and the directory that it works in. Ends
 * with as little left there as can be: nothing, if nothing is unfinished.
 */
final class Visit {
  private static final Logger log = LoggerFactory.getLogger(Visit.class);
  private static final String LOCK = "lock";

  /** Lies in the work directory if it was us who made the data directory. */
  private static final String MADE = "made";

  private final Path data;
  private final Path work;
  private final LockFile lock;
  private boolean ended;

  private Visit(Path data, LockFile lock) {
    this.data = data;
    this.work = data.resolve(LocalTarget.WORK);
    this.lock = lock;
  }

  /** Makes the data directory if there is none, and remembers it beyond the end of this process. */
  static void makeDirectory(Path data) throws IOException {
    if (!Present.at(data)) {
      FileTree.create(data, "rwxr-xr-x");
      Path made = FileTree.createPrivate(data.resolve(LocalTarget.WORK)).resolve(MADE);
      if (!Present.at(made)) {
        Files.createFile(made);
      }
    }
  }

  /** Takes a data directory that is there. */
  static Visit begin(Path data, String purpose) throws IOException {
    Path file = data.resolve(LocalTarget.WORK).resolve(LOCK);
    return LockFile.exclusive(file, Holder.text(purpose))
        .map(lock -> new Visit(data, lock))
        .orElseThrow(() -> new Locked("restore target " + data, PathLock.holder(file)));
  }

  /** Refuses a data directory that somebody has taken. */
  static void requireNobody(Path data) throws IOException {
    begin(data, "recovery").lock.close();
  }

  boolean hasMadeDirectory() throws IOException {
    return Present.at(work.resolve(MADE));
  }

  /** The data directory is to stay now, also if it was us who made it. */
  void keepDirectory() throws IOException {
    Files.deleteIfExists(work.resolve(MADE));
  }

  /** Makes the names of our directories durable: a journal is worth as much as the way to it. */
  void syncNames() throws IOException {
    FileTree.syncDirectory(work);
    FileTree.syncDirectory(data);
    Path parent = data.getParent();
    if (parent != null && hasMadeDirectory()) {
      FileTree.syncDirectory(parent);
    }
  }

  /**
   * Lets others in. Doing it again does nothing.
   *
   * @param last what is to be done before
   */
  void end(Interruption.Work last) {
    if (ended) {
      return;
    }
    ended = true;
    try (lock) {
      Interruption.shielded(last);
    } catch (IOException | RuntimeException e) {
      log.warn(
          "{} could not be tidied up, the next restore or recovery will do it: {}",
          work,
          e.toString());
    }
  }

  /**
   * Deletes the work directory. Where somebody is still unpacking, it is left to recovery.
   *
   * @param keep whether a data directory that we made is to stay
   */
  void leave(boolean keep) throws IOException {
    Path marker = work.resolve(MADE);
    if (keep) {
      keepDirectory();
    }
    Files.deleteIfExists(work.resolve(LOCK));
    if (FileTree.children(work).stream().allMatch(marker::equals)) {
      boolean made = Files.deleteIfExists(marker);
      if (deleteIfEmpty(work) && made) {
        deleteIfEmpty(data);
      }
    }
  }

  private static boolean deleteIfEmpty(Path directory) throws IOException {
    try {
      return Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException e) {
      log.debug("{} is used by others as well", directory);
      return false;
    }
  }
}
