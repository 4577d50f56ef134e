package io.chromabackup.chroma;

import java.io.IOException;

/**
 * A server died in the middle of a write, and the database can be read only after its journal was
 * rolled back, which would change it. Copy the database together with its sidecars, and {@link
 * ChromaDatabase#settle settle} the copy.
 */
public final class HotJournalException extends IOException {
  HotJournalException(String database, Throwable cause) {
    super(
        database
            + " was left in the middle of a write, and nothing has it open that would finish it."
            + " Copy it with its -journal or -wal file",
        cause);
  }
}
