package io.chromabackup;

import java.util.Map;
import java.util.OptionalLong;

/**
 * What the database of a Chroma data directory says is in it.
 *
 * @param documents how many documents it lists, without replaying the queue; empty if the database
 *     cannot be read just now
 * @param schema the highest migration per migration directory ({@code sysdb}, {@code metadb},
 *     {@code embeddings_queue}); empty if the database cannot be read just now
 */
public record DataContents(OptionalLong documents, Map<String, Integer> schema) {
  /**
   * Copies the map.
   *
   * @param documents how many documents it lists, without replaying the queue; empty if the
   *     database cannot be read just now
   * @param schema the highest migration per migration directory; empty if not known
   */
  public DataContents {
    schema = Map.copyOf(schema);
  }

  /**
   * Nothing that could be read.
   *
   * @return contents of which nothing is known
   */
  public static DataContents unknown() {
    return new DataContents(OptionalLong.empty(), Map.of());
  }
}
