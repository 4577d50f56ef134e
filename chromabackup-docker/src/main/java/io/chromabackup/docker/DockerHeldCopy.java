package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.Entry;
import io.chromabackup.EntrySink;
import io.chromabackup.HeldCopy;
import io.chromabackup.Quiet;
import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.docker.CopyCompanion.Snapshot;
import io.chromabackup.docker.CopyCompanion.Stamped;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.Settling;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy of a container's data that goes ahead, while the container runs, as far as its files are
 * not being written. While it is held, what changed since is put aside; and it is streamed out when
 * the container runs again.
 */
final class DockerHeldCopy implements HeldCopy {
  private static final Logger log = LoggerFactory.getLogger(DockerHeldCopy.class);

  /** What others may need meanwhile on the disk where files are put aside. */
  private static final long RESERVE = 1L << 30;

  /** Whether the container was still all the time. */
  @FunctionalInterface
  interface Stillness {
    /**
     * Refuses if it was not.
     *
     * @throws ChromaBackupException.SourceChanged if so
     */
    void require(Quiet quiet) throws IOException;
  }

  private final CopyCompanion companion;
  private final String directory;
  private final EntrySink sink;
  private final HeldCopy wholly;
  private final Stillness stillness;
  private final Settling settling;

  /** What the sink has, with the stamps from before it was read. */
  private final Map<String, String> ahead = new HashMap<>();

  /** How many bytes were made ready to be written over when something is put aside. */
  private long ready;

  /** What was put aside, by the name that it has there. */
  private final Map<String, Entry> aside = new HashMap<>();

  /**
   * Nothing is copied yet.
   *
   * @param wholly copies all while the service is held, if this cannot
   * @param stillness is asked for when all was seen
   */
  DockerHeldCopy(
      CopyCompanion companion,
      String directory,
      EntrySink sink,
      HeldCopy wholly,
      Stillness stillness,
      Settling settling) {
    this.companion = companion;
    this.directory = directory;
    this.sink = sink;
    this.wholly = wholly;
    this.stillness = stillness;
    this.settling = settling;
  }

  /**
   * Copies what nobody is writing to: whatever changes it from now on changes its stamp. That is
   * found out by looking twice, with some seconds in between unless all is old.
   *
   * @throws IOException also if nothing can be copied ahead, as stamps are not to be relied on
   */
  void copyAhead() throws IOException {
    Snapshot first = companion.look();
    if (!first.isOnLocalDisk()) {
      throw new IOException(
          "its file system (%s) may tell old times of its files".formatted(first.fileSystem()));
    }
    boolean isAllOld =
        first.files().values().stream()
            .allMatch(stamped -> Settling.isBeyondDoubt(stamped.changed(), first.now()));
    if (!isAllOld) {
      Interruption.sleep(settling.patience().toMillis());
    }
    Map<String, Stamped> settled = companion.look().files();
    settled.entrySet().retainAll(first.files().entrySet());
    Set<String> roots = new LinkedHashSet<>();
    settled.values().stream()
        .filter(stamped -> stamped.entry().isFile())
        .forEach(stamped -> roots.add(stamped.entry().path().split("/", 2)[0]));
    for (String root : roots) {
      copyAhead(root, settled);
    }
    makeReady(companion.look());
  }

  /** The database changes with every write; an index, when so many were made. */
  private void makeReady(Snapshot snapshot) throws IOException {
    Stamped database = snapshot.files().get(ChromaLayout.DATABASE);
    if (database != null
        && database.entry().size() <= snapshot.room() - RESERVE
        && companion.makeReady()) {
      ready = database.entry().size();
    }
  }

  /** A file, or a segment in one stream. It may go, or be written, as long as the server runs. */
  private void copyAhead(String root, Map<String, Stamped> settled) throws IOException {
    try (TarArchiveInputStream tar = companion.read(directory + "/" + root)) {
      for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
        Interruption.check();
        Stamped stamped = settled.get(entry.getName().replaceAll("/+$", ""));
        if (stamped != null && entry.isDirectory()) {
          sink.accept(stamped.entry(), InputStream.nullInputStream());
        } else if (stamped != null && isWhole(entry, stamped)) {
          sink.accept(stamped.entry(), tar);
          ahead.put(stamped.entry().path(), stamped.stamp());
        }
      }
    } catch (IOException e) {
      throwIfGrave(e);
      log.debug("{} was not copied ahead: {}", root, e.toString());
    }
  }

  private static boolean isWhole(TarArchiveEntry entry, Stamped stamped) {
    return entry.isFile() && !entry.isLink() && entry.getSize() == stamped.entry().size();
  }

  /** What would go wrong as well while the service is held, or is no failure of the copy. */
  private static void throwIfGrave(IOException e) throws IOException {
    IOException failure = Interruption.normalise(e);
    if (failure instanceof InterruptedIOException || failure instanceof ChromaBackupException) {
      throw failure;
    }
  }

  @Override
  public void whileHeld(Quiet quiet) throws IOException {
    Snapshot now;
    try {
      now = lookAtAll();
    } catch (IOException e) {
      throwIfGrave(e);
      log.info("all is copied while the container is held: {}", e.getMessage());
      wholly.whileHeld(quiet);
      return;
    }
    List<Entry> changed = nameAll(now);
    try {
      putAside(changed, now.room());
    } catch (IOException e) {
      throwIfGrave(e);
      log.info("what changed is streamed while the container is held: {}", e.getMessage());
      for (Entry entry : changed) {
        stream(directory + "/" + entry.path(), entry);
      }
    }
    requireUnchanged(now);
    stillness.require(quiet);
  }

  /**
   * Another container may write to the same volume, and this one may have been let go for a while.
   */
  private void requireUnchanged(Snapshot before) throws IOException {
    Map<String, Stamped> after = lookAgain().files();
    Set<String> changed = new TreeSet<>(after.keySet());
    changed.addAll(before.files().keySet());
    changed.removeIf(path -> Objects.equals(before.files().get(path), after.get(path)));
    if (!changed.isEmpty()) {
      throw new ChromaBackupException.SourceChanged(
          directory, "%s changed though its container was held".formatted(changed));
    }
  }

  private Snapshot lookAgain() throws IOException {
    try {
      return companion.look();
    } catch (IOException e) {
      throwIfGrave(e);
      throw new ChromaBackupException.SourceChanged(
          directory, "nobody knows, as it could not be looked at again (" + e.getMessage() + ")");
    }
  }

  private Snapshot lookAtAll() throws IOException {
    Snapshot now = companion.look();
    if (!now.complete()) {
      throw new IOException("its files could not all be looked at");
    }
    return now;
  }

  /** Returns what the sink does not have as it is now. */
  private List<Entry> nameAll(Snapshot now) throws IOException {
    List<Entry> changed = new ArrayList<>();
    for (Stamped stamped : now.files().values()) {
      Entry entry = stamped.entry();
      if (!entry.isFile()) {
        sink.accept(entry, InputStream.nullInputStream());
      } else if (!stamped.stamp().equals(ahead.get(entry.path())) || !sink.keep(entry)) {
        changed.add(entry);
      }
    }
    return changed;
  }

  private void putAside(List<Entry> changed, long room) throws IOException {
    boolean isWrittenOver =
        changed.stream()
            .anyMatch(file -> file.path().equals(ChromaLayout.DATABASE) && file.size() >= ready);
    long needed = changed.stream().mapToLong(Entry::size).sum() - (isWrittenOver ? ready : 0);
    if (needed > room - RESERVE) {
      throw new IOException("there is no room to put aside what changed");
    }
    List<String> names = companion.putAside(changed.stream().map(Entry::path).toList());
    for (int i = 0; i < names.size(); i++) {
      aside.put(names.get(i), changed.get(i));
    }
  }

  @Override
  public void afterwards() throws IOException {
    for (Map.Entry<String, Entry> file : aside.entrySet()) {
      stream(file.getKey(), file.getValue());
    }
  }

  private void stream(String path, Entry file) throws IOException {
    try (TarArchiveInputStream tar = companion.read(path)) {
      TarArchiveEntry entry = tar.getNextEntry();
      if (entry == null || entry.getSize() != file.size()) {
        throw new IOException(path + " does not hold the whole of " + file.path());
      }
      sink.accept(file, tar);
    } catch (IOException e) {
      throw Interruption.normalise(e);
    }
  }

  @Override
  public void close() {
    companion.close();
  }
}
