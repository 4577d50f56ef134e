package io.chromabackup;

import io.chromabackup.HostileArchives.Hostile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Restores a hostile archive in the midst of files that must not change. */
final class HostileRestore {
  private static final ArchiveName NAME = ArchiveName.of(HostileSample.MADE, ArchiveFormat.TAR_GZ);

  private final WatchedDeployment served = new WatchedDeployment();
  private final Path surroundings;

  HostileRestore(Path surroundings) throws IOException {
    this.surroundings = surroundings;
    for (String canary : List.of("canary", "evil", "inner/canary", "inner/evil", "inner/data/x")) {
      Path file = surroundings.resolve(canary);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "must stay");
    }
  }

  /** Restores it over what a running server serves; returns what that was to serve then. */
  Map<String, String> run(Hostile hostile) throws IOException {
    ChromaBackup.builder(new OneArchive(hostile))
        .workspace(surroundings.resolve("inner").resolve("work"))
        .build()
        .restore(NAME, served.served(), RestoreOptions.defaults().replace());
    return served.replacement;
  }

  /** What was done to the server and its data. */
  List<String> touched() {
    return served.touched;
  }

  /** Everything around, by its content. */
  Map<String, String> around() throws IOException {
    return contents(surroundings);
  }

  static Map<String, String> contents(Path directory) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(directory.relativize(file).toString(), HostileSample.digest(file));
      }
    }
    return contents;
  }

  /** A store that holds nothing else, and is only read. */
  private record OneArchive(Hostile hostile) implements ArchiveStore {
    @Override
    public String describe() {
      return "store of " + hostile;
    }

    @Override
    public InputStream open(ArchiveName name) {
      return hostile.bytes().get();
    }

    @Override
    public List<ArchiveInfo> list() {
      return List.of(new ArchiveInfo(NAME, 1));
    }

    @Override
    public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean delete(ArchiveName name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Lock lock(String purpose) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Path> workspace() {
      return Optional.empty();
    }
  }
}
