package io.chromabackup;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Keeps archives under their names. Safe for use by several threads and processes.
 *
 * <p>An archive is listed and readable as a whole or not at all, and never changes once it is.
 */
public interface ArchiveStore extends Closeable {
  /**
   * Names this store in reports and logs. Never a secret.
   *
   * @return the name
   */
  String describe();

  /**
   * Stores an archive. It becomes visible, durably, when this returns; if anything throws, it never
   * becomes visible and nothing of it remains.
   *
   * @param name the archive's name
   * @param content writes its bytes
   * @param check reads the bytes back as the store holds them, before the archive is visible; what
   *     it throws is passed on unchanged
   * @return the stored archive
   * @throws ChromaBackupException.ArchiveExists if an archive of that name is stored; it is left as
   *     it is, also if another process stored it meanwhile
   * @throws ChromaBackupException.StoreUnusable if nothing can be written here
   * @throws IOException if storing fails, or what {@code content} throws, unchanged
   */
  ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check) throws IOException;

  /**
   * Opens an archive for one sequential read. It is not deleted until the stream is closed.
   *
   * @param name the archive's name
   * @return its bytes; the caller closes it
   * @throws ChromaBackupException.ArchiveNotFound if there is none of that name
   * @throws IOException if it cannot be opened
   */
  InputStream open(ArchiveName name) throws IOException;

  /**
   * Lists the stored archives, oldest first. What is not named like an archive is left out. A store
   * that does not exist yet has none; one that cannot be listed is an error, never an empty list.
   *
   * @return the archives
   * @throws ChromaBackupException.StoreUnusable if this is no store
   * @throws IOException if listing fails
   */
  List<ArchiveInfo> list() throws IOException;

  /**
   * Deletes an archive, durably.
   *
   * @param name the archive's name
   * @return false if there was none of that name
   * @throws ChromaBackupException.ArchiveInUse if it is being read; it is left as it is
   * @throws IOException if it cannot be deleted
   */
  boolean delete(ArchiveName name) throws IOException;

  /**
   * Takes the store for an operation that writes or deletes. The lock ends with its holder: a
   * process that dies does not lock others out.
   *
   * @param purpose what the lock is for; others are told
   * @return closing it lets others in
   * @throws ChromaBackupException.Locked if another operation has it, by whom
   * @throws ChromaBackupException.StoreUnusable if nothing can be written here
   * @throws IOException if it cannot be told
   */
  Lock lock(String purpose) throws IOException;

  /**
   * Names a directory with room for as much as is stored here, for files of passage. It need not
   * exist: the caller makes it, and removes what it made.
   *
   * @return the directory; empty if there is none, as in a store that is read-only
   * @throws IOException if it cannot be told
   */
  default Optional<Path> workspace() throws IOException {
    return Optional.empty();
  }

  /**
   * How much more can be stored.
   *
   * @return bytes; empty if the store does not know
   * @throws IOException if it cannot be told
   */
  default OptionalLong usableSpace() throws IOException {
    return OptionalLong.empty();
  }

  @Override
  default void close() throws IOException {}

  /** A store that is taken. */
  interface Lock extends AutoCloseable {
    /** Lets others in. Calling it again does nothing. */
    @Override
    void close();
  }
}
