package io.chromabackup.testkit.contract;

import static io.chromabackup.testkit.contract.Kept.assume;
import static io.chromabackup.testkit.contract.Kept.require;
import static io.chromabackup.testkit.contract.Kept.requireName;
import static io.chromabackup.testkit.contract.Kept.requireSame;
import static io.chromabackup.testkit.contract.Kept.requireThrown;
import static io.chromabackup.testkit.contract.Kept.thrownBy;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.chromabackup.BackupSource;
import io.chromabackup.ChromaBackupException.NotChroma;
import io.chromabackup.DataContents;
import io.chromabackup.Entry;
import io.chromabackup.EntrySink;
import io.chromabackup.HeldCopy;
import io.chromabackup.Quiet;
import io.chromabackup.SourceProbe;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The rules of backup sources, on one place. */
final class SourceRules implements Closeable {
  private static final String DATABASE = "chroma.sqlite3";
  private static final String PERSISTED_FILE = SampleChroma.PERSISTED + "/header.bin";

  private final SourceAccess access;
  private final BackupSource source;
  private final Path temporary;
  private final Path sample;

  SourceRules(SourceAccess access) throws IOException {
    this.access = access;
    this.source = access.open();
    this.temporary = Files.createTempDirectory("source");
    this.sample = SampleChroma.copyTo(temporary.resolve("sample"));
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> all = Files.walk(temporary)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private Path scratch() throws IOException {
    return Files.createTempDirectory(temporary, "scratch");
  }

  /** What was handed on, in its order. */
  private static final class Copy implements EntrySink {
    final List<Entry> entries = new ArrayList<>();
    final List<byte[]> contents = new ArrayList<>();

    @Override
    public void accept(Entry entry, InputStream content) throws IOException {
      entries.add(entry);
      contents.add(content.readAllBytes());
    }

    List<String> paths() {
      return entries.stream().filter(Entry::isFile).map(Entry::path).toList();
    }

    Map<String, byte[]> files() {
      Map<String, byte[]> files = new TreeMap<>();
      for (int i = 0; i < entries.size(); i++) {
        if (entries.get(i).isFile()) {
          files.put(entries.get(i).path(), contents.get(i));
        }
      }
      return files;
    }
  }

  /** As the files are: nobody writes to them. */
  private Copy copy() throws IOException {
    return copy(Quiet.STOP);
  }

  private Copy copy(Quiet quiet) throws IOException {
    Copy copy = new Copy();
    source.copyTo(copy, quiet, scratch());
    return copy;
  }

  private Map<String, byte[]> expected() throws IOException {
    Map<String, byte[]> expected = new TreeMap<>();
    try (Stream<Path> all = Files.walk(sample)) {
      for (Path path : all.filter(Files::isRegularFile).toList()) {
        expected.put(
            sample.relativize(path).toString().replace('\\', '/'), Files.readAllBytes(path));
      }
    }
    return expected;
  }

  void name() throws IOException {
    requireName(source.describe(), source.describe(), access.open().describe());
  }

  void bytes() throws IOException {
    access.put(sample);
    long total = expected().values().stream().mapToLong(bytes -> bytes.length).sum();
    long told = source.probe().bytes();
    require(
        told >= total / 2 && told <= total * 3,
        "of " + total + " bytes it is told that a copy takes " + told);
  }

  void quiets() throws IOException {
    access.put(sample);
    Set<Quiet> quiets = source.probe().quiets();
    require(Set.of(Quiet.OPTIMISTIC, Quiet.BARRIER).containsAll(quiets), "it offers " + quiets);
  }

  void notChroma() throws IOException {
    requireThrown(NotChroma.class, "looking where there is nothing", source::probe);
    requireThrown(NotChroma.class, "opening what is not there", () -> source.contents(scratch()));
    Files.delete(sample.resolve(DATABASE));
    access.put(sample);
    requireThrown(NotChroma.class, "looking where there is no database", source::probe);
  }

  void contents() throws IOException {
    access.put(sample);
    DataContents contents = source.contents(scratch());
    requireSame(
        OptionalLong.of(SampleChroma.DOCUMENTS), contents.documents(), "the number of documents");
    require(
        contents.schema().keySet().containsAll(Set.of("sysdb", "metadb", "embeddings_queue")),
        "of the schema it tells " + contents.schema());
  }

  void unreadable() throws IOException {
    Files.write(sample.resolve(DATABASE), "this is no database".repeat(1000).getBytes(ISO_8859_1));
    access.put(sample);
    requireSame(DataContents.unknown(), source.contents(scratch()), "of what is no database");
  }

  void paths() throws IOException {
    access.put(sample);
    List<String> paths = new ArrayList<>(copy().paths());
    paths.sort(null);
    requireSame(List.copyOf(expected().keySet()), paths, "the files that are handed on");
  }

  void bytesOfFiles() throws IOException {
    access.put(sample);
    Map<String, byte[]> expected = expected();
    copy()
        .files()
        .forEach(
            (path, bytes) -> {
              byte[] original = expected.get(path);
              require(original == null || Arrays.equals(original, bytes), path + " is another");
            });
  }

  void directoriesFirst() throws IOException {
    access.put(sample);
    Set<String> directories = new HashSet<>();
    for (Entry entry : copy().entries) {
      int end = entry.path().lastIndexOf('/');
      require(
          end < 0 || directories.contains(entry.path().substring(0, end)),
          entry.path() + " comes without the directory that it is in before it");
      if (!entry.isFile()) {
        directories.add(entry.path());
      }
    }
  }

  void sizes() throws IOException {
    access.put(sample);
    Copy copy = copy();
    for (int i = 0; i < copy.entries.size(); i++) {
      Entry entry = copy.entries.get(i);
      int length = copy.contents.get(i).length;
      require(
          entry.size() == length,
          entry.path() + " is said to have " + entry.size() + " bytes and has " + length);
    }
  }

  void sinkThrows() throws IOException {
    access.put(sample);
    for (Throwable failure :
        List.of(
            new IOException("a failure on trial"),
            new NoSuchFileException("the sink's"),
            new IllegalStateException("a failure on trial"))) {
      List<String> taken = new ArrayList<>();
      EntrySink sink =
          (entry, content) -> {
            taken.add(entry.path());
            if (taken.size() == 2) {
              raise(failure);
            }
            content.readAllBytes();
          };
      Throwable thrown = thrownBy(() -> source.copyTo(sink, Quiet.STOP, scratch()));
      require(thrown == failure, "the sink threw " + failure + ", the source " + thrown);
      require(taken.size() == 2, "after that, the sink was given " + taken);
    }
  }

  private static void raise(Throwable failure) throws IOException {
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    throw (IOException) failure;
  }

  void thread() throws IOException {
    access.put(sample);
    Set<Thread> threads = new HashSet<>();
    source.copyTo(
        (entry, content) -> {
          threads.add(Thread.currentThread());
          content.readAllBytes();
        },
        Quiet.STOP,
        scratch());
    requireSame(Set.of(Thread.currentThread()), threads, "the threads");
  }

  void again() throws IOException {
    access.put(sample);
    Copy first = copy();
    SourceProbe before = source.probe();
    Copy second = copy();
    requireSame(first.paths(), second.paths(), "the files of a second copy");
    first
        .files()
        .forEach(
            (path, bytes) ->
                require(
                    Arrays.equals(bytes, second.files().get(path)),
                    path + " is another in a second copy"));
    requireSame(before, source.probe(), "a look after a second copy");
  }

  void offeredQuiets() throws IOException {
    access.put(sample);
    Set<Quiet> quiets = source.probe().quiets();
    assume(!quiets.isEmpty(), "this source brings about no quiet by itself");
    Map<String, byte[]> expected = expected();
    for (Quiet quiet : quiets) {
      Map<String, byte[]> files = copy(quiet).files();
      require(
          new String(files.getOrDefault(DATABASE, new byte[0]), ISO_8859_1)
              .startsWith("SQLite format 3"),
          quiet + " gives no database");
      // of an index that was never persisted, only the database is needed
      expected.forEach(
          (path, bytes) -> {
            byte[] copied = files.get(path);
            boolean needed = path.startsWith(SampleChroma.PERSISTED);
            require(
                path.equals(DATABASE) || (copied == null ? !needed : Arrays.equals(bytes, copied)),
                quiet + " gives another " + path);
          });
    }
  }

  /** Keeps what it was given, as staging does. */
  private static final class Ahead implements EntrySink {
    final Map<String, byte[]> there = new TreeMap<>();
    final Set<String> named = new HashSet<>();
    int calls;

    @Override
    public void accept(Entry entry, InputStream content) throws IOException {
      calls++;
      if (entry.isFile()) {
        named.add(entry.path());
        there.put(entry.path(), content.readAllBytes());
      }
    }

    @Override
    public boolean keep(Entry entry) {
      calls++;
      return there.containsKey(entry.path()) && named.add(entry.path());
    }
  }

  private interface Meanwhile {
    void happens() throws IOException;
  }

  /** A copy with something happening between what is copied ahead and the hold. */
  private Ahead copyAhead(Meanwhile meanwhile) throws IOException {
    Ahead sink = new Ahead();
    try (HeldCopy copy = source.copyAhead(sink, scratch())) {
      meanwhile.happens();
      sink.named.clear();
      copy.whileHeld(Quiet.STOP);
      copy.afterwards();
    }
    return sink;
  }

  /** What a copy is that is taken as a whole, while nothing changes. */
  private void requireWhole(Ahead sink, String when) throws IOException {
    Map<String, byte[]> expected = copy().files();
    requireSame(expected.keySet(), new TreeSet<>(sink.named), "the files that are named " + when);
    expected.forEach(
        (path, bytes) ->
            require(Arrays.equals(bytes, sink.there.get(path)), path + " is another one " + when));
  }

  void heldCopy() throws IOException {
    access.put(sample);
    requireWhole(copyAhead(() -> {}), "if nothing changes");
    requireWhole(
        copyAhead(
            () -> {
              change(PERSISTED_FILE);
              access.put(sample);
            }),
        "if one has changed");
    requireWhole(
        copyAhead(
            () -> {
              Files.write(sample.resolve(DATABASE + "-journal"), new byte[512]);
              access.put(sample);
            }),
        "if one has come");
  }

  /** The same length, another time. */
  private void change(String path) throws IOException {
    byte[] bytes = Files.readAllBytes(sample.resolve(path));
    bytes[bytes.length / 2] ^= 1;
    Files.write(sample.resolve(path), bytes);
  }

  void goneByThen() throws IOException {
    access.put(sample);
    boolean[] removed = new boolean[1];
    Ahead sink = copyAhead(() -> removed[0] = access.remove(PERSISTED_FILE));
    assume(removed[0], "this test cannot delete a file where its source reads");
    requireWhole(sink, "if one is gone");
  }

  void neverHeld() throws IOException {
    access.put(sample);
    Ahead sink = new Ahead();
    HeldCopy copy = source.copyAhead(sink, scratch());
    int calls = sink.calls;
    copy.close();
    requireSame(calls, sink.calls, "how often the sink was called, also by closing");
    requireWhole(copyAhead(() -> {}), "of a copy that is begun again");
  }

  void interrupted() throws IOException {
    access.put(sample);
    EntrySink sink =
        (entry, content) -> {
          content.readAllBytes();
          Thread.currentThread().interrupt();
        };
    Path scratch = scratch();
    Throwable thrown = thrownBy(() -> source.copyTo(sink, Quiet.STOP, scratch));
    boolean flag = Thread.interrupted();
    require(
        thrown == null
            || thrown instanceof InterruptedIOException
            || thrown instanceof ClosedByInterruptException,
        "it ended with " + thrown);
    require(flag, "the thread's flag is not set afterwards");
  }
}
