package io.chromabackup.docker;

import io.chromabackup.BackupSource;
import io.chromabackup.ChromaBackupException;
import io.chromabackup.DataContents;
import io.chromabackup.EntrySink;
import io.chromabackup.Quiet;
import io.chromabackup.ServiceController;
import io.chromabackup.SourceProbe;
import io.chromabackup.chroma.ChromaDatabase;
import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.chroma.LiveDatabase;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data directory of a container. It is read through the engine, while the container is held.
 */
final class DockerSource implements BackupSource {
  private static final Logger log = LoggerFactory.getLogger(DockerSource.class);

  private final ChromaContainer chroma;
  private final DockerService service;

  DockerSource(ChromaContainer chroma, DockerService service) {
    this.chroma = chroma;
    this.service = service;
  }

  @Override
  public String describe() {
    return chroma.describe();
  }

  @Override
  public SourceProbe probe() throws IOException {
    Container container = chroma.inspect();
    ChromaPlace place = requireChroma(container);
    List<String> warnings = new ArrayList<>(place.warnings());
    long bytes = databaseBytes(container, place);
    if (place.mount().isPresent()) {
      ChromaVolume.Listing listing = chroma.volume(container, place).list();
      bytes = Math.max(bytes, listing.bytes());
      warnings.addAll(foreign(place, listing.names()));
    }
    return new SourceProbe(bytes, Set.of(), warnings);
  }

  private ChromaPlace requireChroma(Container container) throws IOException {
    ChromaPlace place = chroma.place(container);
    if (!place.hasDatabase()) {
      throw new ChromaBackupException.NotChroma(
          describe(), "there is no " + ChromaLayout.DATABASE + " in " + place.directory());
    }
    return place;
  }

  private long databaseBytes(Container container, ChromaPlace place) throws IOException {
    return chroma
        .engine()
        .stat(container.id(), place.directory() + "/" + ChromaLayout.DATABASE)
        .map(PathStat::size)
        .orElse(0L);
  }

  private static List<String> foreign(ChromaPlace place, List<String> names) {
    List<String> foreign = new ArrayList<>(names);
    foreign.removeIf(name -> ChromaLayout.belongsToChroma(name) || name.equals(ChromaVolume.WORK));
    foreign.remove("lost+found");
    return foreign.isEmpty()
        ? List.of()
        : List.of(
            place.directory() + " also holds what is not Chroma's and was left out: " + foreign);
  }

  /** Reads a copy of the database, which the service is frozen for if it runs. */
  @Override
  public DataContents contents(Path scratch) throws IOException {
    Container container = chroma.inspect();
    ChromaPlace place = requireChroma(container);
    try (ServiceController.Hold hold = service.pause()) {
      files(container, place)
          .copyDatabaseTo((entry, content) -> Files.copy(content, scratch.resolve(entry.path())));
    }
    try {
      ChromaDatabase.settle(scratch, scratch);
      try (LiveDatabase database = LiveDatabase.open(scratch)) {
        return new DataContents(OptionalLong.of(database.records()), database.schema().versions());
      }
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      log.debug("the database of {} cannot be read: {}", describe(), e.toString());
      return DataContents.unknown();
    }
  }

  @Override
  public void copyTo(EntrySink sink, Quiet quiet, Path scratch) throws IOException {
    try {
      Container container = chroma.inspect();
      files(container, chroma.place(container)).copyTo(sink);
      requireStill(quiet);
    } catch (IOException e) {
      throw Interruption.normalise(e);
    }
  }

  /**
   * Where the files are read: through the companion that has the container's volumes, since the
   * engine does not let go of a container as long as it streams from it, and this one is to be let
   * go of. What is on no volume is only in the container itself.
   */
  private ChromaFiles files(Container container, ChromaPlace place) {
    Optional<String> window = place.mount().isPresent() ? service.window() : Optional.empty();
    return new ChromaFiles(chroma.engine(), window.orElse(container.id()), place.directory());
  }

  /** Somebody else may have thawed or started the container meanwhile. */
  private void requireStill(Quiet quiet) throws IOException {
    Container.State state = chroma.inspect().state();
    boolean still = quiet == Quiet.STOP ? !state.isUp() : state.isPaused() || !state.isUp();
    if (!still) {
      throw new ChromaBackupException.SourceChanged(
          describe(), "somebody let its container run while it was read");
    }
  }
}
