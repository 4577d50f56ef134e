package io.chromabackup.testkit.contract;

import static io.chromabackup.testkit.contract.SourceRule.*;

import io.chromabackup.BackupSource;
import io.chromabackup.DataContents;
import io.chromabackup.Entry;
import io.chromabackup.EntrySink;
import io.chromabackup.HeldCopy;
import io.chromabackup.Quiet;
import io.chromabackup.SourceProbe;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Sources that do one thing wrong each. */
final class FlawedSources {
  private static final List<Mutant<SourceRule, SourceAccess>> ALL = new ArrayList<>();

  private FlawedSources() {}

  static List<Mutant<SourceRule, SourceAccess>> all() {
    return List.copyOf(ALL);
  }

  /** Sources of the same files in memory. */
  record Access(Map<String, byte[]> files, Function<Map<String, byte[]>, BackupSource> source)
      implements SourceAccess {
    @Override
    public BackupSource open() {
      return source.apply(files);
    }

    @Override
    public void put(Path directory) throws IOException {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path path : all.filter(Files::isRegularFile).toList()) {
          files.put(directory.relativize(path).toString(), Files.readAllBytes(path));
        }
      }
    }

    @Override
    public boolean remove(String path) {
      return files.remove(path) != null;
    }
  }

  private static void flaw(
      String what,
      SourceRule rule,
      Function<Map<String, byte[]>, BackupSource> source,
      SourceRule... also) {
    ALL.add(new Mutant<>(what, rule, Set.of(also), () -> new Access(new TreeMap<>(), source)));
  }

  /** Hands on in a way of its own. */
  private interface Handing {
    void hand(Entry entry, InputStream content, EntrySink sink) throws IOException;
  }

  private static Function<Map<String, byte[]>, BackupSource> handing(Handing handing) {
    return files ->
        new InMemorySource(files) {
          @Override
          void hand(Entry entry, InputStream content, EntrySink sink) throws IOException {
            handing.hand(entry, content, sink);
          }
        };
  }

  private static Function<Map<String, byte[]>, BackupSource> probing(
      UnaryOperator<SourceProbe> probing) {
    return files ->
        new InMemorySource(files) {
          @Override
          public SourceProbe probe() throws IOException {
            return probing.apply(super.probe());
          }
        };
  }

  static {
    looks();
    copies();
    ends();
    copiesAhead();
  }

  private static void looks() {
    flaw(
        "every instance has a name of its own",
        SOURCE_01,
        files ->
            new InMemorySource(files) {
              @Override
              public String describe() {
                return super.toString();
              }
            });
    flaw(
        "a look says that a copy takes nothing",
        SOURCE_02,
        probing(probe -> new SourceProbe(0, probe.quiets(), probe.warnings())));
    flaw(
        "a look counts bits",
        SOURCE_02,
        probing(probe -> new SourceProbe(probe.bytes() * 8, probe.quiets(), probe.warnings())));
    flaw(
        "a source offers what is the controller's",
        SOURCE_03,
        probing(
            probe ->
                new SourceProbe(
                    probe.bytes(), Set.of(Quiet.OPTIMISTIC, Quiet.STOP), probe.warnings())));
    flaw(
        "nothing at all is Chroma data of no bytes",
        SOURCE_04,
        files ->
            new InMemorySource(files) {
              @Override
              public SourceProbe probe() throws IOException {
                return files.isEmpty() ? new SourceProbe(0, Set.of(), List.of()) : super.probe();
              }
            });
    flaw(
        "a missing database is told in the words of another library",
        SOURCE_04,
        files ->
            new InMemorySource(files) {
              @Override
              public SourceProbe probe() throws IOException {
                if (!files.containsKey("chroma.sqlite3")) {
                  throw new NoSuchFileException("chroma.sqlite3");
                }
                return super.probe();
              }
            });
    flaw(
        "what is not there holds unknown documents",
        SOURCE_04,
        files ->
            new InMemorySource(files) {
              @Override
              public DataContents contents(Path scratch) throws IOException {
                return files.isEmpty() ? DataContents.unknown() : super.contents(scratch);
              }
            });
    flaw(
        "the documents are never known",
        SOURCE_05,
        files ->
            new InMemorySource(files) {
              @Override
              public DataContents contents(Path scratch) throws IOException {
                super.contents(scratch);
                return DataContents.unknown();
              }
            });
    flaw(
        "a database that cannot be read is an error",
        SOURCE_06,
        files ->
            new InMemorySource(files) {
              @Override
              public DataContents contents(Path scratch) throws IOException {
                DataContents contents = super.contents(scratch);
                if (contents.documents().isEmpty()) {
                  throw new IOException("file is not a database");
                }
                return contents;
              }
            });
  }

  private static void copies() {
    flaw(
        "a file is skipped",
        SOURCE_07,
        handing(
            (entry, content, sink) -> {
              if (!entry.path().endsWith("index_metadata.pickle")) {
                sink.accept(entry, content);
              }
            }),
        SOURCE_14);
    flaw(
        "empty files are skipped",
        SOURCE_07,
        handing(
            (entry, content, sink) -> {
              if (!entry.isFile() || entry.size() > 0) {
                sink.accept(entry, content);
              }
            }),
        SOURCE_14);
    flaw(
        "a file is handed on twice",
        SOURCE_07,
        handing(
            (entry, content, sink) -> {
              byte[] bytes = content.readAllBytes();
              sink.accept(entry, new ByteArrayInputStream(bytes));
              if (entry.path().equals("chroma.sqlite3")) {
                sink.accept(entry, new ByteArrayInputStream(bytes));
              }
            }));
    flaw(
        "paths begin above the data directory",
        SOURCE_07,
        handing(
            (entry, content, sink) ->
                sink.accept(
                    new Entry(
                        "chroma/" + entry.path(),
                        entry.type(),
                        entry.size(),
                        entry.modifiedAt(),
                        entry.mode(),
                        entry.owner()),
                    content)),
        SOURCE_09,
        SOURCE_14);
    flaw(
        "a byte is another",
        SOURCE_08,
        handing(
            (entry, content, sink) -> {
              byte[] bytes = content.readAllBytes();
              if (bytes.length > 200_000) {
                bytes[200_000] ^= 1;
              }
              sink.accept(entry, new ByteArrayInputStream(bytes));
            }));
    flaw(
        "directories come after what is in them",
        SOURCE_09,
        files ->
            new InMemorySource(files) {
              private final List<Entry> directories = new ArrayList<>();

              @Override
              void hand(Entry entry, InputStream content, EntrySink sink) throws IOException {
                if (entry.isFile()) {
                  sink.accept(entry, content);
                } else {
                  directories.add(entry);
                }
              }

              @Override
              public void copyTo(EntrySink sink, Quiet quiet, Path scratch) throws IOException {
                directories.clear();
                super.copyTo(sink, quiet, scratch);
                for (Entry directory : directories) {
                  sink.accept(directory, InputStream.nullInputStream());
                }
              }
            });
    flaw(
        "directories are not handed on",
        SOURCE_09,
        handing(
            (entry, content, sink) -> {
              if (entry.isFile()) {
                sink.accept(entry, content);
              }
            }));
    flaw(
        "sizes are those on the disk, in blocks",
        SOURCE_10,
        handing(
            (entry, content, sink) ->
                sink.accept(
                    entry.isFile() ? entry.withSize((entry.size() + 4095) / 4096 * 4096) : entry,
                    content)));
    flaw(
        "the end of a large file is not handed on",
        SOURCE_10,
        handing(
            (entry, content, sink) -> {
              byte[] bytes = content.readAllBytes();
              sink.accept(
                  entry,
                  new ByteArrayInputStream(Arrays.copyOf(bytes, Math.min(bytes.length, 100_000))));
            }),
        SOURCE_08,
        SOURCE_14);
  }

  private static void ends() {
    flaw(
        "what the sink throws is swallowed",
        SOURCE_11,
        handing(
            (entry, content, sink) -> {
              try {
                sink.accept(entry, content);
              } catch (IOException e) {
                // logged
              }
            }));
    flaw(
        "what the sink throws is wrapped",
        SOURCE_11,
        handing(
            (entry, content, sink) -> {
              try {
                sink.accept(entry, content);
              } catch (RuntimeException e) {
                throw new IOException(e);
              }
            }));
    flaw(
        "what the sink throws is taken for the source's own",
        SOURCE_11,
        handing(
            (entry, content, sink) -> {
              try {
                sink.accept(entry, content);
              } catch (NoSuchFileException e) {
                throw new io.chromabackup.ChromaBackupException.SourceChanged("memory", "gone");
              }
            }));
    flaw(
        "files are handed on by a thread of its own",
        SOURCE_12,
        handing(
            (entry, content, sink) -> {
              List<Throwable> failures = new ArrayList<>();
              Thread thread =
                  new Thread(
                      () -> {
                        Throwable thrown = Kept.thrownBy(() -> sink.accept(entry, content));
                        if (thrown != null) {
                          failures.add(thrown);
                        }
                      });
              thread.start();
              while (thread.isAlive()) {
                Thread.onSpinWait();
              }
              for (Throwable failure : failures) {
                if (failure instanceof IOException e) {
                  throw e;
                }
                throw (RuntimeException) failure;
              }
            }),
        SOURCE_15);
    flaw(
        "a copy can be taken once",
        SOURCE_13,
        files ->
            new InMemorySource(files) {
              private boolean taken;

              @Override
              public void copyTo(EntrySink sink, Quiet quiet, Path scratch) throws IOException {
                if (!taken) {
                  taken = quiet == Quiet.STOP;
                  try {
                    super.copyTo(sink, quiet, scratch);
                  } catch (IOException | RuntimeException e) {
                    taken = false;
                    throw e;
                  }
                }
              }
            },
        SOURCE_16,
        SOURCE_17,
        SOURCE_18);
    flaw(
        "a copy leaves something in the data directory",
        SOURCE_13,
        files ->
            new InMemorySource(files) {
              @Override
              public void copyTo(EntrySink sink, Quiet quiet, Path scratch) throws IOException {
                super.copyTo(sink, quiet, scratch);
                files.put("chroma.sqlite3-wal", new byte[32]);
              }
            },
        SOURCE_16,
        SOURCE_17,
        SOURCE_18);
    flaw(
        "a quiet is offered that gives nothing",
        SOURCE_14,
        files ->
            new InMemorySource(files) {
              @Override
              public void copyTo(EntrySink sink, Quiet quiet, Path scratch) throws IOException {
                if (quiet == Quiet.STOP) {
                  super.copyTo(sink, quiet, scratch);
                }
              }
            });
    flaw(
        "a quiet is offered that fails",
        SOURCE_14,
        files ->
            new InMemorySource(files) {
              @Override
              public void copyTo(EntrySink sink, Quiet quiet, Path scratch) throws IOException {
                if (quiet != Quiet.STOP) {
                  throw new UnsupportedOperationException(quiet.name());
                }
                super.copyTo(sink, quiet, scratch);
              }
            });
    flaw(
        "an interrupt is forgotten",
        SOURCE_15,
        files ->
            new InMemorySource(files) {
              @Override
              public void copyTo(EntrySink sink, Quiet quiet, Path scratch) throws IOException {
                super.copyTo(sink, quiet, scratch);
                Thread.interrupted();
              }
            });
    flaw(
        "an interrupt ends a copy with what nobody knows for an interrupt",
        SOURCE_15,
        handing(
            (entry, content, sink) -> {
              if (Thread.currentThread().isInterrupted()) {
                throw new IOException("cancelled");
              }
              sink.accept(entry, content);
            }));
  }

  private static void copiesAhead() {
    flaw(
        "what was copied ahead is kept if it has the same size",
        SOURCE_16,
        ahead(
            (files, sink, copied) ->
                quiet -> {
                  for (Map.Entry<String, byte[]> file : files.entrySet()) {
                    Entry before = copied.get(file.getKey());
                    Entry now = entry(file.getKey(), file.getValue());
                    if (before == null || before.size() != now.size() || !sink.keep(now)) {
                      sink.accept(now, new ByteArrayInputStream(file.getValue()));
                    }
                  }
                }));
    flaw(
        "what was copied ahead is not named again",
        SOURCE_16,
        ahead(
            (files, sink, copied) ->
                quiet -> {
                  for (Map.Entry<String, byte[]> file : files.entrySet()) {
                    if (!copied.containsKey(file.getKey())) {
                      sink.accept(
                          entry(file.getKey(), file.getValue()),
                          new ByteArrayInputStream(file.getValue()));
                    }
                  }
                }),
        SOURCE_17,
        SOURCE_18);
    flaw(
        "what was copied ahead is kept although it is gone",
        SOURCE_17,
        ahead(
            (files, sink, copied) ->
                quiet -> {
                  for (Entry before : copied.values()) {
                    if (!files.containsKey(before.path())) {
                      sink.keep(before);
                    }
                  }
                  for (Map.Entry<String, byte[]> file : files.entrySet()) {
                    sink.accept(
                        entry(file.getKey(), file.getValue()),
                        new ByteArrayInputStream(file.getValue()));
                  }
                }));
    flaw(
        "a copy ahead that is closed is completed, whether anything was held or not",
        SOURCE_18,
        files ->
            new InMemorySource(files) {
              @Override
              public HeldCopy copyAhead(EntrySink sink, Path scratch) {
                return new HeldCopy() {
                  private boolean complete;

                  @Override
                  public void whileHeld(Quiet quiet) throws IOException {
                    copyTo(sink, quiet, scratch);
                    complete = true;
                  }

                  @Override
                  public void close() {
                    if (!complete && Kept.thrownBy(() -> whileHeld(Quiet.STOP)) != null) {
                      throw new IllegalStateException("it could not be completed");
                    }
                  }
                };
              }
            });
  }

  /** What is left to do when all was copied ahead. */
  private interface Completing {
    HeldCopy of(Map<String, byte[]> files, EntrySink sink, Map<String, Entry> copied);
  }

  private static Function<Map<String, byte[]>, BackupSource> ahead(Completing completing) {
    return files ->
        new InMemorySource(files) {
          @Override
          public HeldCopy copyAhead(EntrySink sink, Path scratch) throws IOException {
            Map<String, Entry> copied = new TreeMap<>();
            copyTo(
                (entry, content) -> {
                  sink.accept(entry, content);
                  copied.put(entry.path(), entry);
                },
                Quiet.STOP,
                scratch);
            return completing.of(files, sink, copied);
          }
        };
  }

  private static Entry entry(String path, byte[] bytes) {
    return Entry.file(path, bytes.length, Instant.EPOCH);
  }
}
