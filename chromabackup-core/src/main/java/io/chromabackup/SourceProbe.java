package io.chromabackup;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a first look at a Chroma data directory says, without copying anything.
 *
 * @param bytes how many bytes a copy takes, roughly
 * @param documents how many documents its database lists, without replaying the queue; empty if the
 *     database cannot be read just now
 * @param schema the highest migration per migration directory ({@code sysdb}, {@code metadb},
 *     {@code embeddings_queue}); empty if the database cannot be read just now
 * @param quiets the kinds of quiet that the source brings about by itself
 * @param warnings what an operator should know, such as data that is on no volume
 */
public record SourceProbe(
    long bytes,
    OptionalLong documents,
    Map<String, Integer> schema,
    Set<Quiet> quiets,
    List<String> warnings) {
  /** Copies the lists. */
  public SourceProbe {
    schema = Map.copyOf(schema);
    quiets = Set.copyOf(quiets);
    warnings = List.copyOf(warnings);
  }
}
