package io.chromabackup.docker;

import io.chromabackup.BackupSource;
import io.chromabackup.ChromaBackupException;
import io.chromabackup.DataContents;
import io.chromabackup.EntrySink;
import io.chromabackup.HeldCopy;
import io.chromabackup.Quiet;
import io.chromabackup.ServiceController;
import io.chromabackup.SourceProbe;
import io.chromabackup.chroma.ChromaDatabase;
import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.chroma.LiveDatabase;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.Settling;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data directory of a container. It is read through the engine, while the container is held.
 */
final class DockerSource implements BackupSource {
  private static final Logger log = LoggerFactory.getLogger(DockerSource.class);

  private final ChromaContainer chroma;
  private final DockerService service;
  private final Settling settling;

  /** Where the data was found last, so that it need not be looked for while the service is held. */
  private @Nullable Located located;

  private record Located(Container container, ChromaPlace place) {}

  DockerSource(ChromaContainer chroma, DockerService service) {
    this(chroma, service, Settling.USUAL);
  }

  DockerSource(ChromaContainer chroma, DockerService service, Settling settling) {
    this.settling = settling;
    this.chroma = chroma;
    this.service = service;
  }

  @Override
  public String describe() {
    return chroma.describe();
  }

  /** A newer image may look for its data elsewhere, and find nothing there. */
  @Override
  public boolean wasOnce(String source) {
    return source.startsWith(chroma.describeContainer());
  }

  @Override
  public SourceProbe probe() throws IOException {
    Located found = locate();
    Container container = found.container();
    ChromaPlace place = found.place();
    List<String> warnings = new ArrayList<>(place.warnings());
    if (container.state().isPaused()) {
      warnings.add(
          "container %s is paused, and serves nobody; it is left so. If nobody wants it so: docker unpause %s"
              .formatted(container.name(), container.name()));
    }
    long bytes = databaseBytes(container, place);
    if (place.mount().isPresent()) {
      try {
        ChromaVolume.Listing listing = chroma.volume(container, place).list();
        bytes = Math.max(bytes, listing.bytes());
        warnings.addAll(foreign(place, listing));
      } catch (IOException e) {
        warnings.add(unlisted(place, e));
      }
    }
    return new SourceProbe(bytes, Set.of(), warnings);
  }

  /** An image without a shell is no reason not to copy: the engine itself can read all of it. */
  private static String unlisted(ChromaPlace place, IOException e) throws IOException {
    if (Interruption.isOf(e) || e instanceof ChromaBackupException) {
      throw Interruption.normalise(e);
    }
    return "what else is in %s than the database could not be looked at, so the room that a copy takes is reckoned by that alone (%s)"
        .formatted(place.directory(), e.getMessage());
  }

  private Located locate() throws IOException {
    Container container = chroma.inspect();
    ChromaPlace place = chroma.place(container);
    if (!place.hasDatabase()) {
      throw new ChromaBackupException.NotChroma(
          describe(), "there is no " + ChromaLayout.DATABASE + " in " + place.directory());
    }
    Located found = new Located(container, place);
    located = found;
    return found;
  }

  private long databaseBytes(Container container, ChromaPlace place) throws IOException {
    return chroma
        .engine()
        .stat(container.id(), place.directory() + "/" + ChromaLayout.DATABASE)
        .map(PathStat::size)
        .orElse(0L);
  }

  private static List<String> foreign(ChromaPlace place, ChromaVolume.Listing listing) {
    List<String> foreign = listing.names().stream().filter(ChromaLayout::isForeign).toList();
    String more = listing.more() == 0 ? "" : " and %d more".formatted(listing.more());
    return foreign.isEmpty()
        ? List.of()
        : List.of(
            "%s also holds what is not Chroma's and was left out: %s%s"
                .formatted(place.directory(), foreign, more));
  }

  /** Reads a copy of the database, which the service is frozen for if it runs. */
  @Override
  public DataContents contents(Path scratch) throws IOException {
    Located found = locate();
    try (ServiceController.Hold hold = service.pause()) {
      files(found)
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
    Located found = located == null ? locate() : located;
    try {
      files(found).copyTo(sink);
      requireStill(found, quiet);
    } catch (IOException e) {
      throw Interruption.normalise(e);
    }
  }

  /** Without a volume there is nothing that another container could look at. */
  @Override
  public HeldCopy copyAhead(EntrySink sink, Path scratch) throws IOException {
    Located found = located == null ? locate() : located;
    Container.State state = found.container().state();
    boolean isServing = state.isUp() && !state.isPaused();
    HeldCopy wholly = BackupSource.super.copyAhead(sink, scratch);
    if (!isServing || found.place().mount().isEmpty()) {
      return wholly;
    }
    try {
      return begin(found, sink, wholly);
    } catch (ChromaBackupException e) {
      throw e;
    } catch (IOException e) {
      IOException failure = Interruption.normalise(e);
      if (failure instanceof InterruptedIOException) {
        throw failure;
      }
      log.info(
          "{} is copied while it is held, and nothing of it before: {}",
          describe(),
          e.getMessage());
      return wholly;
    }
  }

  private HeldCopy begin(Located found, EntrySink sink, HeldCopy wholly) throws IOException {
    CopyCompanion companion =
        CopyCompanion.beside(chroma.companions(), found.container(), found.place().directory());
    try {
      DockerHeldCopy copy =
          new DockerHeldCopy(
              companion,
              found.place().directory(),
              sink,
              wholly,
              quiet -> requireStill(found, quiet),
              settling);
      copy.copyAhead();
      return copy;
    } catch (IOException | RuntimeException | Error e) {
      companion.close();
      throw e;
    }
  }

  /**
   * Where the files are read: through the companion that has the container's volumes, since the
   * engine does not let go of a container as long as it streams from it, and this one is to be let
   * go of. What is on no volume is only in the container itself.
   */
  private ChromaFiles files(Located found) {
    Optional<String> reader =
        found.place().mount().isPresent() ? service.volumeReader() : Optional.empty();
    return new ChromaFiles(
        chroma.engine(), reader.orElse(found.container().id()), found.place().directory());
  }

  /** Somebody else may have thawed or started the container meanwhile, or made it anew. */
  private void requireStill(Located found, Quiet quiet) throws IOException {
    Container now = chroma.inspect();
    Container.State state = now.state();
    boolean isPaused = quiet == Quiet.PAUSE && found.container().state().isUp();
    boolean isStill = isPaused ? state.isPaused() : !state.isUp();
    if (!isStill || !now.id().equals(found.container().id())) {
      located = null;
      throw new ChromaBackupException.SourceChanged(
          describe(), "somebody let its container run, or made it anew, while it was read");
    }
  }
}
