package io.chromabackup.localfs;

import io.chromabackup.Entry;
import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.files.PosixMetadata;
import io.chromabackup.files.Present;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * To whom restored files are given, if this process may give them away.
 *
 * <p>Whoever owned the database before shall be able to use the one that comes. Where there was
 * none, that is whoever owns the directory. But one that is root's tells nothing: as often as not
 * root has made it just now, for this restore; then, and where there was no directory, files belong
 * to whom they belonged when they were backed up. In a container it is the same, but that the
 * directory's owner counts only for files of an archive that names none.
 *
 * @param present who owns all of them; empty if it is as the archive says
 */
record FutureOwner(Optional<PosixMetadata.Ids> present) {
  private static final long ROOT = 0;

  /**
   * The one of what is restored into a directory.
   *
   * @param data the directory
   * @param made whether it was made for this restore
   */
  static FutureOwner in(Path data, boolean made) throws IOException {
    Path database = data.resolve(ChromaLayout.DATABASE);
    if (Present.fileBehind(database)) {
      return new FutureOwner(PosixMetadata.owner(database));
    }
    return new FutureOwner(
        made ? Optional.empty() : PosixMetadata.owner(data).filter(owner -> owner.uid() != ROOT));
  }

  /** Whose an entry will be; empty if it is as it happens. */
  Optional<PosixMetadata.Ids> of(Entry entry) {
    return present.or(
        () ->
            Optional.ofNullable(entry.owner())
                .map(owner -> new PosixMetadata.Ids(owner.uid(), owner.gid())));
  }
}
