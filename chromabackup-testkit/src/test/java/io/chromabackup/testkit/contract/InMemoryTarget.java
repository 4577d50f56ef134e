package io.chromabackup.testkit.contract;

import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.RestoreTarget;
import io.chromabackup.StagedFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Restores into memory. Instances on the same place are the same target. */
class InMemoryTarget implements RestoreTarget {
  /** What a data directory is to files. */
  static final class Place {
    final Map<String, String> live = new TreeMap<>();

    /** What was live before a swap; null if nothing is unfinished. */
    Map<String, String> aside;

    /** Whose turn it is. */
    Object owner;
  }

  final Place place;

  InMemoryTarget(Place place) {
    this.place = place;
  }

  @Override
  public String describe() {
    return "memory";
  }

  @Override
  public boolean isEmpty() {
    return place.live.isEmpty();
  }

  @Override
  public Replacement stage(StagedFiles files) throws IOException {
    requireNobody();
    Map<String, String> staged = new TreeMap<>();
    files.transferTo(
        (entry, content) -> {
          if (entry.isFile()) {
            staged.put(entry.path(), new String(content.readAllBytes(), StandardCharsets.UTF_8));
          }
        });
    return new InMemoryReplacement(place, staged);
  }

  void requireNobody() throws Locked {
    if (place.owner != null) {
      throw new Locked("memory", "another restore");
    }
  }

  @Override
  public boolean needsRecovery() throws IOException {
    if (place.aside == null) {
      return false;
    }
    requireNobody();
    return true;
  }

  @Override
  public Optional<String> recover() throws IOException {
    if (place.aside == null) {
      return Optional.empty();
    }
    requireNobody();
    restore(place);
    return Optional.of("the old files are back");
  }

  static void restore(Place place) {
    place.live.clear();
    place.live.putAll(place.aside);
    place.aside = null;
  }

  /** New files that lie ready in memory. */
  static class InMemoryReplacement implements Replacement {
    final Place place;
    final Map<String, String> staged;

    InMemoryReplacement(Place place, Map<String, String> staged) {
      this.place = place;
      this.staged = staged;
      place.owner = this;
    }

    @Override
    public void swap() throws IOException {
      place.aside = new TreeMap<>(place.live);
      place.live.clear();
      place.live.putAll(staged);
    }

    @Override
    public void rollBack() throws IOException {
      if (place.aside != null) {
        restore(place);
      }
    }

    @Override
    public void commit() throws IOException {
      place.aside = null;
    }

    @Override
    public void close() {
      if (place.owner == this) {
        place.owner = null;
      }
    }
  }
}
