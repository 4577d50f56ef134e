package io.chromabackup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the files of a Chroma data directory are read from. Used by one thread at a time.
 *
 * <p>Interrupting the thread ends a call with {@link java.io.InterruptedIOException} or {@link
 * java.nio.channels.ClosedByInterruptException}, or comes too late for that; the thread's flag is
 * set afterwards (SOURCE-15), and the source is as before.
 *
 * <p>What in the following has a number, such as SOURCE-07, is a rule of the test kit, where {@code
 * BackupSourceContract} makes a test of each.
 */
public interface BackupSource {
  /**
   * Names this source in reports, archives and logs, for example {@code /srv/chroma}. The same
   * source has the same name every time (SOURCE-01). Never a secret.
   *
   * @return the name
   */
  String describe();

  /**
   * Tells whether an archive was made from this source, under its present name or an earlier one.
   * This decides which archive is the last good one of the source, and whether a restore warns that
   * the archive is another's.
   *
   * @param source what {@link #describe()} of the archive's source was
   * @return true if so; for the same name always
   */
  default boolean wasOnce(String source) {
    return source.equals(describe());
  }

  /**
   * Looks whether there is Chroma data, and how much (SOURCE-02). Of the kinds of quiet it offers
   * only {@link Quiet#OPTIMISTIC} and {@link Quiet#BARRIER} (SOURCE-03), and each gives a copy
   * (SOURCE-14).
   *
   * @return what was found
   * @throws ChromaBackupException.NotChroma if there is no {@code chroma.sqlite3} (SOURCE-04)
   * @throws ChromaBackupException.DataInaccessible if access is denied
   * @throws IOException if reading fails
   */
  SourceProbe probe() throws IOException;

  /**
   * Opens the database, or a copy of it, and looks what is in it. May hold the service for the
   * moment that a copy takes.
   *
   * @param scratch an empty directory on the default file system for temporary files; the caller
   *     removes it
   * @return what was found (SOURCE-05); {@link DataContents#unknown()} if the database cannot be
   *     read (SOURCE-06)
   * @throws ChromaBackupException.NotChroma if there is no {@code chroma.sqlite3}
   * @throws IOException if reading fails
   */
  DataContents contents(Path scratch) throws IOException;

  /**
   * Copies the data directory into {@code sink}: {@code chroma.sqlite3} with the sidecars it needs,
   * and the directory of each vector segment. Every file once (SOURCE-07) and as it is (SOURCE-08),
   * a directory before what is in it (SOURCE-09), with sizes that are those of the contents
   * (SOURCE-10). Changes nothing, and can be called again (SOURCE-13).
   *
   * @param sink takes the files, one at a time, on the calling thread (SOURCE-12); what it throws
   *     is passed on unchanged and at once (SOURCE-11)
   * @param quiet how the files are kept still. For one of the kinds that {@link #probe()} offers,
   *     the source does it itself; for {@link Quiet#PAUSE} and {@link Quiet#STOP} the caller holds
   *     the service, and the source copies the files as they are
   * @param scratch an empty directory on the default file system for temporary files; the caller
   *     removes it
   * @throws ChromaBackupException.SourceChanged if the files changed meanwhile, so that the copy is
   *     worth nothing; calling again may help
   * @throws ChromaBackupException.QuietUnavailable if this source offers the quiet, but cannot
   *     bring it about as things are; a backup that did not pin it goes on to the next
   * @throws IOException if reading fails, or what the sink throws
   */
  void copyTo(EntrySink sink, Quiet quiet, Path scratch) throws IOException;

  /**
   * How long the last {@link #copyTo} under {@link Quiet#BARRIER} kept writers waiting, also if it
   * failed. Only asked for after one.
   *
   * @return not negative; empty if not known, and then the whole call counts
   */
  default Optional<Duration> held() {
    return Optional.empty();
  }

  /**
   * Begins a copy for which the service is going to be held, while it still runs: copies as much as
   * can be, so that little is left to do later. Nothing is held yet, so files change meanwhile, and
   * vanish; that is no failure. A source that does not do so copies all of it while the service is
   * held.
   *
   * @param sink takes the files, now and later
   * @param scratch an empty directory on the default file system for temporary files; the caller
   *     removes it
   * @return the rest of the copy; the caller closes it, also if nothing could be held: then nothing
   *     more is handed on, and another can be begun (SOURCE-18)
   * @throws IOException if it cannot be begun, or what the sink throws
   */
  default HeldCopy copyAhead(EntrySink sink, Path scratch) throws IOException {
    return quiet -> copyTo(sink, quiet, scratch);
  }
}
