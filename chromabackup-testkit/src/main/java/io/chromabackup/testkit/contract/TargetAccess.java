package io.chromabackup.testkit.contract;

import io.chromabackup.RestoreTarget;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How the {@linkplain TargetRule rules} get at a restore target. All of it is about one place,
 * which is empty at first. No service runs there.
 */
public interface TargetAccess {
  /**
   * Opens the target. Every call gives another instance on the same place, as another process would
   * have it.
   *
   * @return the instance
   * @throws IOException if it cannot be opened
   */
  RestoreTarget open() throws IOException;

  /**
   * Writes files there, as a server would: beside what is there already, or over it.
   *
   * <p>A character of the text is a byte (ISO 8859-1); {@link DataFiles#write} does that.
   *
   * @param files the text of each file by its path, such as {@code chroma.sqlite3}, or {@code
   *     1dcdaae9-e9fd-4604-8619-6b1d732e5901/header.bin}
   * @throws IOException if that fails
   */
  void put(Map<String, String> files) throws IOException;

  /**
   * Reads the files there, as a server would find them if it were started now; none of those that
   * the target keeps for itself. {@link DataFiles#read} does that for a directory.
   *
   * @return the text of each file by its path, a character for each byte
   * @throws IOException if that fails
   */
  Map<String, String> live() throws IOException;

  /**
   * The permissions of what {@link #live} reads. {@link DataFiles#mode} tells them of a directory.
   *
   * @param path the path of a file, or of a directory that one is in
   * @return the nine bits, such as {@code 0640}; empty if files there have none, or they cannot be
   *     told
   * @throws IOException if that fails
   */
  default OptionalInt mode(String path) throws IOException {
    return OptionalInt.empty();
  }

  /**
   * What a restore has replaced that was {@linkplain RestoreTarget#adopt adopted}, from where the
   * target says that it is kept.
   *
   * @return the text of each file by its path, a character for each byte; empty if the target
   *     adopts nothing, or it cannot be told
   * @throws IOException if that fails
   */
  default Optional<Map<String, String>> replaced() throws IOException {
    return Optional.empty();
  }
}
