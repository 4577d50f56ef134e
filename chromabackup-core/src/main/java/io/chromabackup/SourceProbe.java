package io.chromabackup;

import java.util.List;
import java.util.Set;

/**
 * What a first look at a Chroma data directory says, without opening it.
 *
 * @param bytes how many bytes a copy takes, roughly
 * @param quiets the kinds of quiet that the source brings about by itself
 * @param warnings what an operator should know, such as data that is on no volume
 */
public record SourceProbe(long bytes, Set<Quiet> quiets, List<String> warnings) {
  /**
   * Copies the lists.
   *
   * @param bytes how many bytes a copy takes, roughly
   * @param quiets the kinds of quiet that the source brings about by itself
   * @param warnings what an operator should know, such as data that is on no volume
   */
  public SourceProbe {
    quiets = Set.copyOf(quiets);
    warnings = List.copyOf(warnings);
  }
}
