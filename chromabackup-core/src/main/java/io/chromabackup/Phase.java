package io.chromabackup;

/** What an operation is doing. */
public enum Phase {
  /** Copying the data into staging; the only phase of a backup in which a service may be held. */
  COPY,
  /** Checking that the staged data is sound. */
  INSPECT,
  /** Writing the archive. */
  ARCHIVE,
  /** Reading the archive back, or what of it was not read back while it was written. */
  READ_BACK,
  /** Reading an archive into staging. */
  UNPACK,
  /** Replacing the live data, with the services stopped. */
  SWAP
}
