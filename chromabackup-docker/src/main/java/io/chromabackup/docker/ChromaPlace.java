package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException.NotChroma;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a Chroma in a container keeps its data.
 *
 * @param directory absolute in the container, and no link
 * @param mount what is mounted there; empty if it is in the container's own layer
 * @param hasDatabase whether there is a database
 * @param warnings what about it somebody should know
 */
record ChromaPlace(
    String directory, Optional<Container.Mount> mount, boolean hasDatabase, List<String> warnings) {
  ChromaPlace {
    warnings = List.copyOf(warnings);
  }

  /** Whether it is the same directory of the same volume, of this container or another. */
  boolean isSame(ChromaPlace other) {
    return directory.equals(other.directory) && mount.equals(other.mount);
  }

  /**
   * Finds it, by looking at files from outside: nothing is run in the container, which need not run
   * either.
   *
   * @param explicitDirectory where it is, if somebody said so; then it is looked for nowhere else
   * @throws NotChroma if there is no place that might be it, or if it is where the engine cannot
   *     read
   */
  static ChromaPlace in(Engine engine, Container container, Optional<String> explicitDirectory)
      throws IOException {
    return in(engine, container, ChromaConfiguration.of(engine, container), explicitDirectory);
  }

  /** The same, if its configuration was read already. */
  static ChromaPlace in(
      Engine engine,
      Container container,
      ChromaConfiguration configuration,
      Optional<String> explicitDirectory)
      throws IOException {
    PlaceSearch search = new PlaceSearch(container, new ContainerFiles(engine, container));
    PlaceChoice choice =
        explicitDirectory.isPresent()
            ? search.at(explicitDirectory.get())
            : search.by(configuration);
    List<String> warnings = new ArrayList<>(configuration.warnings());
    warnings.addAll(choice.warnings());
    return choice.place(warnings);
  }
}
