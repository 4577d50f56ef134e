package io.chromabackup.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the tests counted in this run, for the page of guarantees: one small file per figure in
 * {@code target/figures} of the module whose tests run. Safe for use by several threads and
 * processes.
 */
public final class Figures {
  private static final Path DIRECTORY = Path.of("target", "figures");

  private Figures() {}

  /**
   * Records a figure, in place of an earlier one of that name, and prints it.
   *
   * @param name words joined by hyphens, also the name of the file
   * @param value what was counted, in words
   */
  public static void record(String name, String value) {
    if (!name.matches("[a-z0-9-]+")) {
      throw new IllegalArgumentException("a figure's name is words joined by hyphens: " + name);
    }
    try {
      Files.createDirectories(DIRECTORY);
      Files.writeString(DIRECTORY.resolve(name), value + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.out.println("figure " + name + ": " + value);
  }
}
