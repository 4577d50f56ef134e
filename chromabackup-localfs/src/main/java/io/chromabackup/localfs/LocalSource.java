package io.chromabackup.localfs;

import io.chromabackup.BackupSource;
import io.chromabackup.ChromaBackupException;
import io.chromabackup.DataContents;
import io.chromabackup.Entry;
import io.chromabackup.EntrySink;
import io.chromabackup.HeldCopy;
import io.chromabackup.Quiet;
import io.chromabackup.SourceProbe;
import io.chromabackup.chroma.ChromaDatabase;
import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.chroma.LiveDatabase;
import io.chromabackup.files.FileTree;
import io.chromabackup.files.Present;
import io.chromabackup.files.Settling;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A data directory that a server may be writing to.
 *
 * <p>Copies of one directory are taken one after the other in this process, and its database is
 * asked in between: SQLite's locks belong to the process, and copying the database byte by byte in
 * one thread drops those of another.
 */
final class LocalSource implements BackupSource {
  private static final Logger log = LoggerFactory.getLogger(LocalSource.class);

  private final Path directory;
  private final Settling settling;
  private Duration held = Duration.ZERO;

  LocalSource(Path directory) {
    this(directory, Settling.USUAL);
  }

  LocalSource(Path directory, Settling settling) {
    this.directory = directory;
    this.settling = settling;
  }

  @Override
  public String describe() {
    return directory.toString();
  }

  @Override
  public SourceProbe probe() throws IOException {
    return translated(this::look);
  }

  private SourceProbe look() throws IOException {
    DataDirectory data = open();
    Set<Quiet> quiets =
        FileTree.isNative(directory)
            ? EnumSet.of(Quiet.OPTIMISTIC, Quiet.BARRIER)
            : EnumSet.of(Quiet.OPTIMISTIC);
    List<String> warnings = new ArrayList<>(data.leftOut());
    if (LocalDisks.areShared(data.database())) {
      warnings.add(
          directory
              + " is on a network's or another machine's file system. If Chroma runs elsewhere, its"
              + " writes are not seen in time: make the backup where it runs, or stop it meanwhile"
              + " (quiet STOP)");
    }
    return new SourceProbe(data.bytes(), quiets, warnings);
  }

  @Override
  public DataContents contents(Path scratch) throws IOException {
    return inTurn(() -> contents(open(), scratch));
  }

  private DataContents contents(DataDirectory data, Path scratch) throws IOException {
    Path readable = FileTree.isNative(directory) ? data.root() : copyOfDatabase(data, scratch);
    try (LiveDatabase database = LiveDatabase.open(readable)) {
      return new DataContents(OptionalLong.of(database.records()), database.schema().versions());
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      log.debug("{} cannot be read just now: {}", data.database(), e.toString());
      return DataContents.unknown();
    }
  }

  /** SQLite opens files of the default file system alone. */
  private static Path copyOfDatabase(DataDirectory data, Path scratch) throws IOException {
    for (Path file : data.databaseFiles()) {
      Files.copy(file, scratch.resolve(file.getFileName().toString()));
    }
    ChromaDatabase.settle(scratch, scratch);
    return scratch;
  }

  @Override
  public void copyTo(EntrySink sink, Quiet quiet, Path scratch) throws IOException {
    held = Duration.ZERO;
    inTurn(
        () -> {
          copy(open(), passing(sink), quiet, scratch);
          return true;
        });
  }

  @Override
  public Optional<Duration> held() {
    return Optional.of(held);
  }

  /** The turn lasts until the copy ends: a service that is held must not wait for another copy. */
  @Override
  public HeldCopy copyAhead(EntrySink sink, Path scratch) throws IOException {
    EntrySink passing = passing(sink);
    DirectoryTurn turn = DirectoryTurn.at(key());
    try {
      AheadCopy copy = translated(() -> AheadCopy.begin(open(), passing, settling));
      return new CopyInTurn(turn, copy, passing);
    } catch (IOException | RuntimeException | Error e) {
      turn.close();
      throw e;
    }
  }

  private final class CopyInTurn implements HeldCopy {
    private final DirectoryTurn turn;
    private final AheadCopy copy;
    private final EntrySink sink;
    private boolean closed;

    CopyInTurn(DirectoryTurn turn, AheadCopy copy, EntrySink sink) {
      this.turn = turn;
      this.copy = copy;
      this.sink = sink;
    }

    @Override
    public void whileHeld(Quiet quiet) throws IOException {
      translated(
          () -> {
            copy.complete(open(), sink);
            return true;
          });
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        turn.close();
      }
    }
  }

  private <T> T inTurn(Reading<T> reading) throws IOException {
    try (DirectoryTurn turn = DirectoryTurn.at(key())) {
      return translated(reading);
    }
  }

  /** The same directory has the same key, however it is spelled. */
  private Path key() {
    try {
      return directory.toRealPath();
    } catch (IOException e) {
      return directory;
    }
  }

  /** What the sink throws is not this source's to explain. */
  private static EntrySink passing(EntrySink sink) {
    return new EntrySink() {
      @Override
      public void accept(Entry entry, InputStream content) throws IOException {
        try {
          sink.accept(entry, content);
        } catch (AccessDeniedException | NoSuchFileException e) {
          throw new SinkFailure(e);
        }
      }

      @Override
      public boolean keep(Entry entry) throws IOException {
        return sink.keep(entry);
      }
    };
  }

  private static final class SinkFailure extends IOException {
    SinkFailure(FileSystemException cause) {
      super(cause);
    }
  }

  private void copy(DataDirectory data, EntrySink sink, Quiet quiet, Path scratch)
      throws IOException {
    switch (quiet) {
      case OPTIMISTIC -> {
        if (FileTree.isNative(directory)) {
          HotCopy.optimistic(data, scratch).copyTo(sink);
        } else {
          RawCopy.watched(data).copyTo(sink);
        }
      }
      case BARRIER -> {
        HotCopy copy = HotCopy.behindBarrier(data, scratch);
        try {
          copy.copyTo(sink);
        } finally {
          held = copy.held();
        }
      }
      case PAUSE, STOP -> RawCopy.held(data).copyTo(sink);
    }
  }

  private DataDirectory open() throws IOException {
    if (!Present.at(directory)) {
      throw new ChromaBackupException.NotChroma(describe(), "there is nothing of that name");
    }
    if (!Present.directoryBehind(directory)) {
      throw new ChromaBackupException.NotChroma(describe(), "it is not a directory");
    }
    DataDirectory data = new DataDirectory(directory.toRealPath());
    if (!Present.at(data.database())) {
      throw new ChromaBackupException.NotChroma(
          describe(),
          data.isEmpty()
              ? "it is empty"
              : "there is no " + ChromaLayout.DATABASE + " among its " + data.size() + " entries");
    }
    return data;
  }

  @FunctionalInterface
  private interface Reading<T> {
    T run() throws IOException;
  }

  private <T> T translated(Reading<T> reading) throws IOException {
    try {
      return reading.run();
    } catch (SinkFailure e) {
      throw e.getCause() instanceof IOException cause ? cause : e;
    } catch (AccessDeniedException e) {
      throw new ChromaBackupException.DataInaccessible(describe(), e);
    } catch (NoSuchFileException e) {
      throw new ChromaBackupException.SourceChanged(describe(), e.getFile() + " vanished");
    }
  }
}
