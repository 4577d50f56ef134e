package io.chromabackup.examples.ops;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What is stopped around a restore, before Chroma. */
final class DependentOptions {
  @Option(
      names = "--dependent",
      paramLabel = "NAME[=URL]",
      converter = Dependent.Converter.class,
      description =
          "A compose service or container to stop around a restore, and where it must answer afterwards. Repeatable.")
  private List<Dependent> required = new ArrayList<>();

  @Option(
      names = "--dependent-if-any",
      paramLabel = "NAME[=URL]",
      converter = Dependent.Converter.class,
      description = "The same, but it need not exist. Not together with --dependent.")
  private List<Dependent> optional = new ArrayList<>();

  /** Throws an IllegalArgumentException if both kinds are named. */
  List<Dependent> all() {
    if (!required.isEmpty() && !optional.isEmpty()) {
      throw new IllegalArgumentException("--dependent and --dependent-if-any exclude each other");
    }
    return required.isEmpty() ? optional : required;
  }

  boolean mayBeMissing() {
    return !optional.isEmpty();
  }
}
