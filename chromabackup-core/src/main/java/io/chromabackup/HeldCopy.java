package io.chromabackup;

import java.io.IOException;

/**
 * A copy for which a service is held, but not for all of it. What could be copied ahead lies in the
 * sink when this is made; then {@link #whileHeld} is called, once, then {@link #afterwards}, and
 * whatever happens {@link #close}. Used by the thread that asked for it.
 */
@FunctionalInterface
public interface HeldCopy extends AutoCloseable {
  /**
   * Completes the copy. The service is held by the caller, so the files do not change: what was not
   * copied ahead, and what changed since, is handed to the sink, or put aside where a service that
   * runs again does not reach it. Every file and directory that belongs to the copy is named, by
   * {@link EntrySink#keep} or by {@link EntrySink#accept}, in this call or in {@link #afterwards}:
   * byte for byte what is there now (SOURCE-16), and nothing that is gone (SOURCE-17).
   *
   * @param quiet {@link Quiet#PAUSE} or {@link Quiet#STOP}
   * @throws ChromaBackupException.SourceChanged if the files changed all the same, so that the copy
   *     is worth nothing; another copy may help
   * @throws IOException if reading fails, or what the sink throws
   */
  void whileHeld(Quiet quiet) throws IOException;

  /**
   * Hands over what was put aside. The service runs again by now.
   *
   * @throws IOException if reading fails, or what the sink throws
   */
  default void afterwards() throws IOException {}

  /** Lets go of what the copy needed. What goes wrong with it is logged. Works when interrupted. */
  @Override
  default void close() {}
}
