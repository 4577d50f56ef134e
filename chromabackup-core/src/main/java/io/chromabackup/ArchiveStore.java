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
 *
 * <p>What in the following has a number, such as STORE-07, is a rule of {@link
 * io.chromabackup.trial.StoreRule}. {@link io.chromabackup.trial.ArchiveStores} tries them all on a
 * store, and {@code ArchiveStoreContract} in the test kit makes a test of each.
 *
 * <p>Interrupting the thread ends a call with {@link java.io.InterruptedIOException} or {@link
 * java.nio.channels.ClosedByInterruptException}, or comes too late for that; the thread's flag is
 * set afterwards either way (STORE-12).
 */
public interface ArchiveStore extends Closeable {
  /**
   * Names this store in reports and logs: the same name every time, in every instance (STORE-01).
   * Never a secret, nor is one in what is thrown (STORE-02).
   *
   * @return the name
   */
  String describe();

  /**
   * Stores an archive, every byte of it (STORE-03). It becomes visible, durably, when this returns:
   * other instances and processes list and read it then (STORE-15), and not before (STORE-07). If
   * anything throws, it never becomes visible and nothing of it remains: if {@code content} throws
   * (STORE-08) or {@code check} (STORE-09), if the bytes cannot be written (STORE-13), or if what
   * makes an archive of them fails at the end, such as a close (STORE-14). Its name can be used
   * again then, as after a deletion (STORE-16). An interrupted write stores all or nothing
   * (STORE-12).
   *
   * @param name the archive's name
   * @param content writes its bytes; asked for them once (STORE-05)
   * @param check reads the bytes back as the store holds them, all of them and once, before the
   *     archive is visible (STORE-06); what it throws is passed on unchanged. It may be called on a
   *     thread of the store's own while the content is still being written, to read what the store
   *     holds by then and wait for more; that thread has ended when this returns
   * @return the stored archive, with its name and exact length (STORE-04)
   * @throws ChromaBackupException.ArchiveExists if an archive of that name is stored; it is left as
   *     it is (STORE-10), also if another process stored it meanwhile: of two that write one name,
   *     one succeeds (STORE-11)
   * @throws ChromaBackupException.StoreUnusable if nothing can be written here
   * @throws IOException if storing fails, or what {@code content} throws, unchanged
   */
  ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check) throws IOException;

  /**
   * Opens an archive for one sequential read, as it is now, whoever stored it (STORE-20). It is not
   * deleted until the stream is closed (STORE-28); at the least, whatever another instance does to
   * it, this reader gets all of it (STORE-19).
   *
   * @param name the archive's name
   * @return its bytes; the caller closes it, maybe twice, and disturbs no other reader (STORE-18)
   * @throws ChromaBackupException.ArchiveNotFound if there is none of that name (STORE-17)
   * @throws IOException if it cannot be opened
   */
  InputStream open(ArchiveName name) throws IOException;

  /**
   * Lists the stored archives, each once (STORE-21), oldest first (STORE-22). What is not named
   * like an archive is left out (STORE-23). A store that does not exist yet has none; one that
   * cannot be listed is an error, never an empty list (STORE-24).
   *
   * @return the archives
   * @throws ChromaBackupException.StoreUnusable if this is no store
   * @throws IOException if listing fails
   */
  List<ArchiveInfo> list() throws IOException;

  /**
   * Deletes an archive, durably, and no other (STORE-27).
   *
   * @param name the archive's name
   * @return true if it was there, and is gone now (STORE-25); false if there was none of that name
   *     (STORE-26)
   * @throws ChromaBackupException.ArchiveInUse if it is being read; it is left as it is (STORE-28)
   * @throws IOException if it cannot be deleted
   */
  boolean delete(ArchiveName name) throws IOException;

  /**
   * Takes the store for an operation that writes or deletes. The lock ends with its holder: a
   * process that dies does not lock others out. It keeps nobody from listing and reading
   * (STORE-36).
   *
   * @param purpose what the lock is for; others are told (STORE-33)
   * @return closing it lets others in
   * @throws ChromaBackupException.Locked if another operation has it (STORE-31), in whatever
   *     instance or process (STORE-32), by whom
   * @throws ChromaBackupException.StoreUnusable if nothing can be written here
   * @throws IOException if it cannot be told
   */
  Lock lock(String purpose) throws IOException;

  /**
   * Names a directory with room for as much as is stored here, for temporary files. It need not
   * exist: the caller makes it, and removes what it made.
   *
   * @return the directory, an absolute path that can be made (STORE-29); empty if there is none, as
   *     in a store that is read-only
   * @throws IOException if it cannot be told
   */
  default Optional<Path> workspace() throws IOException {
    return Optional.empty();
  }

  /**
   * How much more can be stored.
   *
   * @return bytes, not negative (STORE-29); empty if the store does not know
   * @throws IOException if it cannot be told
   */
  default OptionalLong usableSpace() throws IOException {
    return OptionalLong.empty();
  }

  /**
   * Lets go of what this instance holds. All archives stay, and all other instances (STORE-30).
   * Calling it again does nothing.
   *
   * @throws IOException if that fails; what {@link #write} had stored is stored all the same
   */
  @Override
  default void close() throws IOException {}

  /** A store that is taken. */
  interface Lock extends AutoCloseable {
    /**
     * Lets others in (STORE-34). Calling it again does nothing, also if another has taken the store
     * since (STORE-35).
     */
    @Override
    void close();
  }
}
