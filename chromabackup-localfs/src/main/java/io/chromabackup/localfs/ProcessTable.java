package io.chromabackup.localfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a Unix system tells about its processes beyond {@link ProcessHandle}. */
interface ProcessTable {
  /**
   * What each living thread of a process does, as far as it can be told.
   *
   * @param pid the process's number
   * @return a letter as {@code ps} has it for each thread, or one for all of them: {@code T} for
   *     stopped by a signal, {@code t} by a debugger; empty if there is no such process, or if it
   *     ended and its parent has not noticed
   * @throws IOException if it cannot be told
   */
  String threadStates(long pid) throws IOException;

  /**
   * When a process was born, in the terms in which {@link FreezeGuard} asks for it.
   *
   * @param pid the process's number
   * @return a word; empty if there is no such process
   * @throws IOException if it cannot be told
   */
  String born(long pid) throws IOException;

  /**
   * Tells whether processes of other users are kept from this one, so that none of them seems to be
   * there.
   */
  boolean hidesOthers();

  /** The one to ask on this system: {@code /proc} where there is one, else {@code ps}. */
  static ProcessTable ofThisSystem() {
    return Files.isReadable(Path.of("/proc/self/stat"))
        ? new ProcFileSystem(Path.of("/proc"))
        : new PsCommand();
  }
}
