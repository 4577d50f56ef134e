package io.chromabackup.chroma;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects faults, each of them once. */
final class Findings {
  private final Path directory;
  private final Set<Fault> faults;
  private final @Nullable String collection;

  Findings(Path directory) {
    this(directory, new LinkedHashSet<>(), null);
  }

  private Findings(Path directory, Set<Fault> faults, @Nullable String collection) {
    this.directory = directory;
    this.faults = faults;
    this.collection = collection;
  }

  /** Collects into the same list what concerns one collection. */
  Findings of(CollectionRow row) {
    return new Findings(directory, faults, row.qualifiedName());
  }

  void add(Path file, String problem) {
    add(directory.relativize(file).toString().replace('\\', '/'), problem);
  }

  void add(String file, String problem) {
    faults.add(new Fault(collection, file, problem));
  }

  void addToDatabase(String problem) {
    add(ChromaLayout.DATABASE, problem);
  }

  void addAll(Findings others) {
    faults.addAll(others.faults);
  }

  List<Fault> faults() {
    return List.copyOf(faults);
  }
}
