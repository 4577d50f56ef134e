package io.chromabackup.testkit.contract;

import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.Entry;
import io.chromabackup.RestoreTarget;
import io.chromabackup.StagedFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Restores into memory. Instances on the same place are the same target. */
class InMemoryTarget implements RestoreTarget {
  /** What a data directory is to files. */
  static final class Place {
    final Map<String, String> live = new TreeMap<>();

    /** Of what a restore has put there; all else is for its owner alone. */
    final Map<String, Integer> modes = new TreeMap<>();

    /** Of what is staged. */
    final Map<String, Integer> arriving = new TreeMap<>();

    /** What was live before a swap; null if nothing is unfinished. */
    Map<String, String> aside;

    /** Whether a server has written since the last swap. */
    boolean workedOn;

    boolean rejected;

    /** What an adopted restore has replaced; null if there was none. */
    Map<String, String> replaced;

    OptionalInt mode(String path) {
      return OptionalInt.of(modes.getOrDefault(path, 0600));
    }

    /** As a server does. */
    void put(Map<String, String> files) {
      live.putAll(files);
      workedOn = true;
    }

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
    Map<String, Integer> modes = new TreeMap<>();
    files.transferTo(
        (entry, content) -> {
          modes.put(entry.path(), mode(entry));
          if (entry.isFile()) {
            staged.put(entry.path(), text(content));
          }
        });
    place.arriving.clear();
    place.arriving.putAll(modes);
    return new InMemoryReplacement(place, staged);
  }

  String text(InputStream content) throws IOException {
    return new String(content.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  int mode(Entry entry) {
    return entry.mode();
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
    place.modes.clear();
    place.aside = null;
    place.rejected = false;
  }

  @Override
  public Optional<String> adopt() throws IOException {
    if (place.aside == null || place.rejected || !place.workedOn) {
      return Optional.empty();
    }
    requireNobody();
    place.replaced = place.aside;
    place.aside = null;
    return Optional.of("the new files stay, the old ones are kept aside");
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
      place.modes.putAll(place.arriving);
      place.workedOn = false;
    }

    @Override
    public void reject() throws IOException {
      place.rejected = place.aside != null;
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
