package io.chromabackup.trial;

import io.chromabackup.ArchiveStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * How the {@linkplain StoreRule rules} get at an archive store. Only {@link #open()} is needed;
 * what is not given makes the rules that would need it not applicable.
 */
@FunctionalInterface
public interface StoreAccess {
  /** What can be wrong with the place where a store keeps its archives. */
  enum Trouble {
    /** No byte of an archive can be written there, as on a disk that is full. */
    WRITING,
    /**
     * All bytes are taken, and what makes an archive of them fails: a sync, a close, an upload's
     * end.
     */
    FINISHING,
    /** What is there cannot be told: access is denied, or a network is down. */
    LISTING
  }

  /**
   * Opens the store. Every call gives another instance on the same archives, as another process
   * would have it.
   *
   * @return the instance; the rule closes it
   * @throws IOException if it cannot be opened
   */
  ArchiveStore open() throws IOException;

  /**
   * Opens the same store where something is wrong with the place of its archives.
   *
   * @param trouble what is wrong
   * @return an instance, which the rule closes; empty if that cannot be brought about
   * @throws IOException if it cannot be opened
   */
  default Optional<ArchiveStore> openIn(Trouble trouble) throws IOException {
    return Optional.empty();
  }

  /**
   * Puts something that is no archive among the archives, as a stranger would.
   *
   * @param fileName what it is called
   * @return false if that cannot be brought about
   * @throws IOException if it fails
   */
  default boolean putForeign(String fileName) throws IOException {
    return false;
  }

  /**
   * How long a rule may take. One that is still being tried then is not kept: the store is taken to
   * wait for something that never comes.
   *
   * @return the limit; ten minutes, in which some 12 MB are written and read a few times over a
   *     slow line too
   */
  default Duration patience() {
    return Duration.ofMinutes(10);
  }

  /**
   * The secrets that the store was given: passwords, keys, tokens.
   *
   * @return the secrets, which no name and no error may tell
   */
  default Set<String> secrets() {
    return Set.of();
  }
}
