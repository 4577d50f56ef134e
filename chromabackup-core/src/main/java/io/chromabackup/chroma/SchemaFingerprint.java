package io.chromabackup.chroma;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The highest migration that was applied in each migration directory of a database: the one
 * reliable sign of how new the Chroma is that wrote it (a 1.x server always claims version 1.0.0).
 *
 * <p>For orientation: 0.5.23 and 0.6.3 write sysdb 9, metadb 4, embeddings_queue 2; 1.0 and 1.1
 * write 9/5/2; 1.3 and 1.4 write 10/5/2; 1.5 writes 10/6/2. Chroma does not support a downgrade.
 *
 * @param versions version per directory ({@code sysdb}, {@code metadb}, {@code embeddings_queue}),
 *     sorted by name and unmodifiable; empty if it is unknown
 */
public record SchemaFingerprint(Map<String, Integer> versions) {
  /** What is said of a database whose migrations cannot be read. */
  public static final SchemaFingerprint UNKNOWN = new SchemaFingerprint(Map.of());

  /** Copies and sorts the map. */
  public SchemaFingerprint {
    versions = Collections.unmodifiableMap(new TreeMap<>(versions));
  }

  /**
   * Tells whether a Chroma that writes {@code other} might not read a database with this schema.
   *
   * @param other another schema
   * @return true if any directory has a higher version here than there; one that is missing counts
   *     as 0
   */
  public boolean isNewerThan(SchemaFingerprint other) {
    return versions.entrySet().stream()
        .anyMatch(entry -> entry.getValue() > other.versions.getOrDefault(entry.getKey(), 0));
  }

  /**
   * Writes it as people read it.
   *
   * @return for example {@code embeddings_queue 2, metadb 6, sysdb 10}; {@code unknown} if empty
   */
  @Override
  public String toString() {
    return versions.isEmpty()
        ? "unknown"
        : versions.entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", "));
  }
}
