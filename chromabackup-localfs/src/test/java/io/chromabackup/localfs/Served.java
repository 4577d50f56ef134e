package io.chromabackup.localfs;

import io.chromabackup.ArchiveName;

/** Data that is served, and an archive of what was there before. */
interface Served extends AutoCloseable {
  KillSite site();

  ArchiveName archive();

  /** Has other data than the archive's served, if it does not. */
  void makeOld() throws Exception;

  /** Returns {@code old} or {@code new}; fails if it is neither. */
  String oldOrNew(String killed) throws Exception;

  @Override
  void close() throws Exception;
}
