package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.ChromaBackupException.NoSpace;
import io.chromabackup.ChromaBackupException.TargetUnsuitable;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.Space;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.ReadOnlyFileSystemException;

/**
 * What a failure of the file system means for a place that is to be restored into, as long as
 * nothing is changed there.
 *
 * @param target the target's name
 * @param circumstances what else is so there, with an "and" at the end; empty if nothing is
 */
record TargetFailure(String target, String circumstances) {

  /** A look at a place, or the first step into it. */
  @FunctionalInterface
  interface Step<T> {
    T take() throws IOException;
  }

  /** Takes a step, and says what it means if it fails. */
  <T> T explained(Step<T> step) throws IOException {
    try {
      return step.take();
    } catch (IOException e) {
      throw of(e);
    } catch (ReadOnlyFileSystemException e) {
      throw unsuitable("it is read-only. Make it writable, or restore elsewhere", e);
    }
  }

  private IOException of(IOException e) {
    if (e instanceof ChromaBackupException) {
      return e;
    }
    if (Space.isExhausted(e)) {
      return new NoSpace(target, e);
    }
    if (e instanceof AccessDeniedException denied) {
      return unsuitable(
          "access to %s is denied. Run as a user who may write there".formatted(denied.getFile()),
          e);
    }
    if (StoreFailure.isReadOnly(e)) {
      return unsuitable(
          "it is read-only (%s). Make it writable, or restore elsewhere".formatted(e.getMessage()),
          e);
    }
    if (StoreFailure.isNoDirectory(e) && e instanceof FileSystemException failure) {
      return unsuitable(
          "%s is no directory. Give a directory, or a name that is not taken"
              .formatted(failure.getFile()),
          e);
    }
    return Interruption.normalise(e);
  }

  private TargetUnsuitable unsuitable(String problem, Exception cause) {
    TargetUnsuitable unsuitable = new TargetUnsuitable(target, circumstances + problem);
    unsuitable.initCause(cause);
    return unsuitable;
  }
}
