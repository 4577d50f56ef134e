package io.chromabackup;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Archives that were made to do harm, each by a name that says how. */
final class HostileArchives {
  private final Map<String, Hostile> named = new LinkedHashMap<>();

  /**
   * One of them.
   *
   * @param bytes opens it; the large ones are made while they are read
   * @param refusal a word of the error; null if it is harmless, and gives exactly the sample
   */
  record Hostile(String name, Supplier<InputStream> bytes, @Nullable String refusal) {
    @Override
    public String toString() {
      return name;
    }
  }

  private HostileArchives() {}

  /** All of them. */
  static Map<String, Hostile> all() {
    HostileArchives archives = new HostileArchives();
    HostileNames.addTo(archives);
    HostileKinds.addTo(archives);
    HostileHeaders.addTo(archives);
    HostileManifests.addTo(archives);
    HostileGzip.addTo(archives);
    HostileZstandard.addTo(archives);
    Bombs.addTo(archives);
    return archives.named;
  }

  void refused(String name, byte[] archive, String word) {
    refused(name, () -> new ByteArrayInputStream(archive), word);
  }

  void refused(String name, Supplier<InputStream> archive, String word) {
    add(new Hostile(name, archive, word));
  }

  void harmless(String name, byte[] archive) {
    add(new Hostile(name, () -> new ByteArrayInputStream(archive), null));
  }

  private void add(Hostile hostile) {
    if (named.put(hostile.name(), hostile) != null) {
      throw new IllegalArgumentException("two archives are called " + hostile);
    }
  }
}
