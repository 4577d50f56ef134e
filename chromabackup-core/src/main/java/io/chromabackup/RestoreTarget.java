package io.chromabackup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the files of a Chroma data directory are written back to. Used by one thread at a time, not
 * always by the same: on the way back it is one that no interrupt reaches. An interrupt may end a
 * call early, with {@link java.io.InterruptedIOException} and the flag set; not {@link
 * Replacement#reject}, {@link Replacement#rollBack}, {@link Replacement#commit} and {@link
 * Replacement#close}, which end what they began.
 *
 * <p>What is live is replaced in steps that can be undone: {@linkplain #stage staged} beside it,
 * {@linkplain Replacement#swap() swapped} in, and only {@linkplain Replacement#commit() committed}
 * when the service runs on it. A process that dies at any instant leaves enough behind for {@link
 * #recover()} to end at exactly the old or exactly the new data.
 *
 * <p>What in the following has a number, such as TARGET-07, is a rule of the test kit, where {@code
 * RestoreTargetContract} makes a test of each. All of it holds where there was no data before, too
 * (TARGET-16).
 */
public interface RestoreTarget {
  /**
   * Names this target in reports and logs: the same name every time (TARGET-01). Never a secret.
   *
   * @return the name
   */
  String describe();

  /**
   * Tells whether there is nothing that a restore would replace (TARGET-02).
   *
   * @return true if there is no Chroma data, or no directory at all
   * @throws IOException if it cannot be told
   */
  boolean isEmpty() throws IOException;

  /**
   * A directory on the same file system as the live data where an archive may be unpacked, so that
   * {@link #stage} need not copy. The caller makes directories of its own in it and removes them;
   * {@link #recover()} removes the rest.
   *
   * @return the directory, which is absolute and exists, and whose content is not live (TARGET-03);
   *     empty if there is none
   * @throws IOException if it cannot be made
   */
  default Optional<Path> workspace() throws IOException {
    return Optional.empty();
  }

  /**
   * Puts the new files beside the live ones, durably, with their modes (TARGET-17); as far as this
   * process may, whoever owned the database before owns them, or else whoever owned them when they
   * were backed up. Nothing live is touched (TARGET-04).
   *
   * @param files the new data directory; may be moved away
   * @return what swaps them in
   * @throws ChromaBackupException.Locked if another restore is at work here (TARGET-06)
   * @throws IOException if they cannot be put there; nothing is left of them then (TARGET-05)
   */
  Replacement stage(StagedFiles files) throws IOException;

  /**
   * Tells whether an earlier restore was broken off and needs {@link #recover()}.
   *
   * @return true if something is unfinished (TARGET-13)
   * @throws ChromaBackupException.Locked if a restore has swapped something and is still at work
   *     here (TARGET-15)
   * @throws IOException if it cannot be told
   */
  boolean needsRecovery() throws IOException;

  /**
   * Undoes what an earlier restore left unfinished: back to the old data (TARGET-13), or, if it had
   * been committed, on to the new. Does nothing if nothing is unfinished (TARGET-14). Tidies up
   * after one that changed nothing. The service must not run if something is unfinished. If a
   * server may have worked on the new data since, that is not deleted but kept aside, and what is
   * returned says where.
   *
   * @return what was done, in words; empty if there was nothing to do
   * @throws ChromaBackupException.TargetInUse if a process has the files open and may write to them
   * @throws IOException if it fails; call again
   */
  Optional<String> recover() throws IOException;

  /**
   * Makes an unfinished restore final if all of its files were swapped in and a server has worked
   * on them since: what it wrote is not to be undone days later. But a server writes when it
   * starts, and nobody has seen it serve the data: so what was replaced is kept aside (TARGET-20),
   * and what is returned says where. Nothing is done where no server has worked since (TARGET-18),
   * nor if it was {@linkplain Replacement#reject rejected}. Called before {@link #recover()}, with
   * the service as it was found: one that is out of sight, or was stopped since, may have written
   * all the same.
   *
   * @return what was done, in words; empty if it is not so, and nothing was done
   * @throws ChromaBackupException.Locked if another restore is at work here
   * @throws IOException if it fails; call again
   */
  default Optional<String> adopt() throws IOException {
    return Optional.empty();
  }

  /** New files that lie ready beside the live ones. */
  interface Replacement extends AutoCloseable {
    /**
     * Puts the new files in place of the live ones, which are kept aside, all of them and what lies
     * beside the database (TARGET-07). The service must not run.
     *
     * @throws ChromaBackupException.TargetInUse if a process has the live files open; nothing is
     *     changed then
     * @throws IOException if it fails half way; {@link #rollBack()} undoes it
     */
    void swap() throws IOException;

    /**
     * Writes down that the new files are to go, so that nothing makes them final any more, though a
     * server works on them: called first when a restore has failed, while the service may run. What
     * is written down is durable. Does nothing if nothing was swapped, and undoes nothing
     * (TARGET-19): {@link #rollBack()} follows, at once or by {@link RestoreTarget#recover()}. A
     * target that never {@linkplain RestoreTarget#adopt adopts} need not do anything here, which is
     * the default.
     *
     * @throws IOException if it cannot be written down
     */
    default void reject() throws IOException {}

    /**
     * Puts the old files back, exactly as they were, whatever was made of the new ones since
     * (TARGET-08). The service must not run. Does nothing if nothing was swapped, or if it was
     * rolled back already (TARGET-09).
     *
     * @throws IOException if it fails; call again, or {@link RestoreTarget#recover()}
     */
    void rollBack() throws IOException;

    /**
     * Makes the new files final and deletes the old ones. What cannot be deleted is logged and
     * deleted by the next call here: after this the restore does not fail any more, and nothing is
     * unfinished (TARGET-10).
     *
     * @throws IOException if the decision itself cannot be written down; nothing is final then
     */
    void commit() throws IOException;

    /**
     * Discards what lies ready if it was not swapped in (TARGET-11), and lets others restore here.
     * After {@link #swap()}, without {@link #commit()} or {@link #rollBack()}, all is left for
     * {@link RestoreTarget#recover()} (TARGET-13). Calling it again does nothing (TARGET-12).
     */
    @Override
    void close();
  }
}
