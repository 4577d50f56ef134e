package io.chromabackup.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories in which copies are put together: how they are called, and what becomes of those
 * that a killed process left. Each has a file that is locked as long as its owner lives.
 */
public final class StagingPlaces {
  /** What their names begin with. */
  public static final String PREFIX = "staging-";

  /** The file in each that its owner has locked. */
  public static final String LOCK = "lock";

  private static final Logger log = LoggerFactory.getLogger(StagingPlaces.class);

  /** One without a lock file is this old before it counts as left behind. */
  private static final Duration BIRTH = Duration.ofHours(1);

  private StagingPlaces() {}

  /**
   * Removes those that nobody has any more. What cannot be removed is logged, and stays.
   *
   * @param workspace the directory that they are in
   */
  public static void sweep(Path workspace) {
    try {
      for (Path child : FileTree.children(workspace)) {
        if (String.valueOf(child.getFileName()).startsWith(PREFIX)) {
          sweepOne(child);
        }
      }
    } catch (NoSuchFileException e) {
      log.trace("{} is gone, with all that was left in it", workspace);
    } catch (IOException e) {
      log.warn("leftovers in {} could not be looked for: {}", workspace, e.toString());
    }
  }

  private static void sweepOne(Path staging) {
    Path lockFile = staging.resolve(LOCK);
    try {
      if (!Present.at(lockFile)) {
        Instant made = Files.getLastModifiedTime(staging).toInstant();
        if (made.isBefore(Instant.ofEpochMilli(System.currentTimeMillis()).minus(BIRTH))) {
          FileTree.delete(staging);
        }
        return;
      }
      Optional<PathLock> dead = PathLock.exclusive(lockFile, "");
      if (dead.isPresent()) {
        try (PathLock held = dead.get()) {
          remove(staging);
        }
        log.info("removed {}, left by an operation that did not end", staging);
      }
    } catch (NoSuchFileException e) {
      log.trace("{} is gone: its owner or another's sweep was faster", staging);
    } catch (IOException e) {
      log.warn("leftover {} could not be removed: {}", staging, e.toString());
    }
  }

  /**
   * Removes one. The lock goes last: without it, what is left would count as being born.
   *
   * @param staging the directory; nothing happens if it is gone
   * @throws IOException if something of it cannot be removed
   */
  public static void remove(Path staging) throws IOException {
    if (!Present.at(staging)) {
      return; // another's sweep was faster
    }
    for (Path child : FileTree.children(staging)) {
      if (!child.endsWith(LOCK)) {
        FileTree.delete(child);
      }
    }
    FileTree.delete(staging);
  }
}
