package io.chromabackup.testkit.faults;

/** In which way a step of a {@link FaultyFileSystem} fails. */
public enum Fault {
  /** An I/O error; nothing was done. */
  IO_ERROR,
  /** An I/O error; it was done all the same, as when an answer from a server is lost. */
  IO_ERROR_AFTER,
  /** There is no space, for what needs some; an I/O error else. */
  NO_SPACE,
  /** Access is denied. */
  ACCESS_DENIED,
  /** Half of a write is done, and what was done is told; an I/O error for what writes nothing. */
  SHORT_WRITE,
  /** A bug of the file system, as it were. */
  RUNTIME_EXCEPTION,
  /** An error of the virtual machine. */
  ERROR
}
