package io.chromabackup.chroma;

import java.io.IOException;

/** SQLite was told by the disk that it cannot read or write: no property of the database. */
public final class BrokenDiskException extends IOException {
  BrokenDiskException(String what, Throwable cause) {
    super(what + ": " + cause.getMessage(), cause);
  }
}
