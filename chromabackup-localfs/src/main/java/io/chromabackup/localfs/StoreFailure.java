package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.ChromaBackupException.NoSpace;
import io.chromabackup.ChromaBackupException.StoreUnusable;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.Present;
import io.chromabackup.files.Space;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/**
 * What a failure of the file system means for a store. Not for the failures of those who write and
 * check an archive's content.
 *
 * @param store the store's name
 */
record StoreFailure(String store) {

  IOException of(IOException e) {
    if (e instanceof ChromaBackupException) {
      return e;
    }
    if (Space.isExhausted(e)) {
      return new NoSpace("archive store " + store, e);
    }
    if (e instanceof AccessDeniedException) {
      return unusable("access to %s is denied. Run as a user who may write there", e);
    }
    if (isReadOnly(e)) {
      return unusable("it is read-only (%s). Make it writable, or choose another", e);
    }
    if (isNoDirectory(e)) {
      return unusable("%s is no directory. Give a directory, or a name that is not taken", e);
    }
    return Interruption.normalise(e);
  }

  static boolean isReadOnly(IOException e) {
    return says(e, "read-only file system");
  }

  /** Also if it is further up that something else is in the place of a directory. */
  static boolean isNoDirectory(IOException e) {
    return e instanceof NotDirectoryException
        || e instanceof FileAlreadyExistsException
        || (e instanceof FileSystemException of && Present.saysNoDirectory(of))
        || says(e, "not a directory");
  }

  private StoreUnusable unusable(String problem, IOException e) {
    return new StoreUnusable(store, problem.formatted(e.getMessage()), e);
  }

  private static boolean says(IOException e, String reason) {
    return e instanceof FileSystemException failure
        && failure.getReason() != null
        && failure.getReason().toLowerCase(Locale.ROOT).contains(reason);
  }
}
