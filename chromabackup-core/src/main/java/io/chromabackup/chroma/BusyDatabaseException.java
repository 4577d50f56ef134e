package io.chromabackup.chroma;

import java.io.IOException;

/** A writer keeps the database locked for longer than a reader waits. */
public final class BusyDatabaseException extends IOException {
  BusyDatabaseException(String database, Throwable cause) {
    super(database + " stays locked by a writer", cause);
  }
}
