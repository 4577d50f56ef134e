package io.chromabackup.testkit.contract;

import static io.chromabackup.trial.StoreRule.*;

import io.chromabackup.ArchiveFormat;
import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackupException.ArchiveExists;
import io.chromabackup.ChromaBackupException.ArchiveInUse;
import io.chromabackup.ChromaBackupException.ArchiveNotFound;
import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.ContentCheck;
import io.chromabackup.ContentWriter;
import io.chromabackup.testkit.contract.InMemoryArchiveStore.Shelf;
import io.chromabackup.trial.StoreAccess;
import io.chromabackup.trial.StoreRule;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Stores that do one thing wrong each. */
final class FlawedStores {
  private static final List<Mutant<StoreRule, StoreAccess>> ALL = new ArrayList<>();

  private FlawedStores() {}

  static List<Mutant<StoreRule, StoreAccess>> all() {
    return List.copyOf(ALL);
  }

  private static void flaw(
      String what, StoreRule rule, Function<Shelf, ArchiveStore> store, StoreRule... also) {
    ALL.add(new Mutant<>(what, rule, Set.of(also), () -> MemoryAccess.to(store)));
  }

  private static void troubled(
      String what, StoreRule rule, UnaryOperator<MemoryAccess> access, StoreRule... also) {
    ALL.add(
        new Mutant<>(
            what,
            rule,
            Set.of(also),
            () -> access.apply(MemoryAccess.to(InMemoryArchiveStore::new))));
  }

  /** One that waits for what never comes; a fresh one each time, for what its instances share. */
  private static void endless(
      String what, StoreRule rule, Supplier<Function<Shelf, ArchiveStore>> store) {
    ALL.add(new Mutant<>(what, rule, Set.of(), () -> MemoryAccess.to(store.get()).impatient()));
  }

  /** Writes in a way of its own. */
  private interface Writing {
    ArchiveInfo write(
        ForwardingStore store, ArchiveName name, ContentWriter content, ContentCheck check)
        throws IOException;
  }

  private static Function<Shelf, ArchiveStore> writing(Writing writing) {
    return shelf ->
        new ForwardingStore(shelf) {
          @Override
          public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check)
              throws IOException {
            return writing.write(this, name, content, check);
          }
        };
  }

  /** Opens in a way of its own. */
  private interface Opening {
    InputStream open(ForwardingStore store, ArchiveName name) throws IOException;
  }

  private static Function<Shelf, ArchiveStore> opening(Opening opening) {
    return shelf ->
        new ForwardingStore(shelf) {
          @Override
          public InputStream open(ArchiveName name) throws IOException {
            return opening.open(this, name);
          }
        };
  }

  /** Lists something else. */
  private static Function<Shelf, ArchiveStore> listing(UnaryOperator<List<ArchiveInfo>> listing) {
    return shelf ->
        new ForwardingStore(shelf) {
          @Override
          public List<ArchiveInfo> list() throws IOException {
            return listing.apply(good.list());
          }
        };
  }

  /** Deletes in a way of its own. */
  private interface Deletion {
    boolean delete(ForwardingStore store, ArchiveName name) throws IOException;
  }

  private static Function<Shelf, ArchiveStore> deleting(Deletion deletion) {
    return shelf ->
        new ForwardingStore(shelf) {
          @Override
          public boolean delete(ArchiveName name) throws IOException {
            return deletion.delete(this, name);
          }
        };
  }

  /** Locks in a way of its own. */
  private interface Locking {
    ArchiveStore.Lock lock(ForwardingStore store, String purpose) throws IOException;
  }

  private static Function<Shelf, ArchiveStore> locking(Locking locking) {
    return shelf ->
        new ForwardingStore(shelf) {
          @Override
          public Lock lock(String purpose) throws IOException {
            return locking.lock(this, purpose);
          }
        };
  }

  private static byte[] bytesOf(ContentWriter content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    content.writeTo(bytes);
    return bytes.toByteArray();
  }

  private static void put(ForwardingStore store, ArchiveName name, byte[] bytes) {
    synchronized (store.shelf) {
      store.shelf.archives.put(name.toString(), bytes);
    }
  }

  private static void remove(ForwardingStore store, ArchiveName name) {
    synchronized (store.shelf) {
      store.shelf.archives.remove(name.toString());
    }
  }

  private static void requireFree(ForwardingStore store, ArchiveName name) throws IOException {
    synchronized (store.shelf) {
      if (store.shelf.archives.containsKey(name.toString())) {
        throw new ArchiveExists(name, "memory");
      }
    }
  }

  static {
    names();
    content();
    visibility();
    failures();
    exclusion();
    waits();
    durability();
    reading();
    listings();
    deletions();
    locks();
  }

  private static void names() {
    flaw(
        "a name that changes with every call",
        STORE_01,
        shelf ->
            new ForwardingStore(shelf) {
              private int calls;

              @Override
              public String describe() {
                return "memory, asked " + ++calls + " times";
              }
            });
    flaw(
        "every instance has a name of its own",
        STORE_01,
        shelf ->
            new ForwardingStore(shelf) {
              @Override
              public String describe() {
                return super.toString();
              }
            });
    flaw(
        "a name with a password in it",
        STORE_02,
        shelf ->
            new ForwardingStore(shelf) {
              @Override
              public String describe() {
                return "s3://backup:correcthorse@storage.example/archives";
              }
            });
    flaw(
        "an error that tells the key",
        STORE_02,
        opening(
            (store, name) -> {
              if (!store.shelf.archives.containsKey(name.toString())) {
                throw new ArchiveNotFound(name, "memory as " + MemoryAccess.SECRET);
              }
              return store.good.open(name);
            }));
    flaw(
        "space below zero",
        STORE_29,
        shelf ->
            new ForwardingStore(shelf) {
              @Override
              public OptionalLong usableSpace() {
                return OptionalLong.of(-1);
              }
            });
    flaw(
        "a workspace somewhere relative",
        STORE_29,
        shelf ->
            new ForwardingStore(shelf) {
              @Override
              public Optional<Path> workspace() {
                return Optional.of(Path.of("target", "work"));
              }
            });
    flaw(
        "closing an instance empties the store",
        STORE_30,
        shelf ->
            new ForwardingStore(shelf) {
              @Override
              public void close() {
                synchronized (shelf) {
                  shelf.archives.clear();
                }
              }
            });
    flaw(
        "closing twice fails",
        STORE_30,
        shelf ->
            new ForwardingStore(shelf) {
              private boolean closed;

              @Override
              public void close() throws IOException {
                if (closed) {
                  throw new IOException("closed already");
                }
                closed = true;
              }
            });
  }

  private static void content() {
    flaw(
        "the last byte is lost",
        STORE_03,
        opening(
            (store, name) -> {
              byte[] bytes = stored(store, name);
              return counted(store, name, Arrays.copyOf(bytes, Math.max(0, bytes.length - 1)));
            }));
    flaw(
        "one byte too many",
        STORE_03,
        opening(
            (store, name) -> {
              byte[] bytes = stored(store, name);
              return counted(store, name, Arrays.copyOf(bytes, bytes.length + 1));
            }));
    flaw(
        "archives are cut off at ten megabytes",
        STORE_03,
        opening(
            (store, name) -> {
              byte[] bytes = stored(store, name);
              return counted(store, name, Arrays.copyOf(bytes, Math.min(bytes.length, 10_000_000)));
            }));
    flaw(
        "bytes that are written singly are lost",
        STORE_03,
        writing(
            (store, name, content, check) ->
                store.good.write(name, out -> content.writeTo(new NoSingleBytes(out)), check)),
        STORE_04,
        STORE_06);
    flaw(
        "arrays are kept instead of copied",
        STORE_03,
        writing(
            (store, name, content, check) ->
                store.good.write(name, out -> KeptArrays.write(content, out), check)),
        STORE_06);
    flaw(
        "the length is told before the last buffer is out",
        STORE_04,
        writing(
            (store, name, content, check) -> {
              long size = store.good.write(name, content, check).size();
              return new ArchiveInfo(name, size / 8192 * 8192);
            }));
    flaw(
        "every archive is listed with length zero",
        STORE_04,
        listing(all -> all.stream().map(a -> new ArchiveInfo(a.name(), 0)).toList()));
    flaw(
        "write returns the name of another second",
        STORE_04,
        writing(
            (store, name, content, check) ->
                new ArchiveInfo(name.next(), store.good.write(name, content, check).size())));
    flaw(
        "the content is asked for twice, once for its length",
        STORE_05,
        writing(
            (store, name, content, check) -> {
              requireFree(store, name);
              bytesOf(content);
              return store.good.write(name, content, check);
            }));
    flaw(
        "the check is not called",
        STORE_06,
        writing((store, name, content, check) -> store.good.write(name, content, in -> {})),
        STORE_09);
    flaw(
        "the check is called before the content",
        STORE_06,
        writing(
            (store, name, content, check) -> {
              requireFree(store, name);
              check.readFrom(InputStream.nullInputStream());
              return store.good.write(name, content, in -> {});
            }));
    flaw(
        "the check is given nothing",
        STORE_06,
        writing(
            (store, name, content, check) ->
                store.good.write(
                    name, content, in -> check.readFrom(InputStream.nullInputStream()))));
    flaw(
        "the check is called twice",
        STORE_06,
        writing(
            (store, name, content, check) ->
                store.good.write(
                    name,
                    content,
                    in -> {
                      byte[] bytes = in.readAllBytes();
                      check.readFrom(new ByteArrayInputStream(bytes));
                      check.readFrom(new ByteArrayInputStream(bytes));
                    })));
    flaw(
        "the check is given the stored bytes but for the first",
        STORE_06,
        writing(
            (store, name, content, check) ->
                store.good.write(
                    name,
                    content,
                    in -> {
                      in.read();
                      check.readFrom(in);
                    })));
  }

  private static byte[] stored(ForwardingStore store, ArchiveName name) throws IOException {
    try (InputStream in = store.good.open(name)) {
      return in.readAllBytes();
    }
  }

  /** A stream that counts as a reader like any other. */
  private static InputStream counted(ForwardingStore store, ArchiveName name, byte[] bytes)
      throws IOException {
    InputStream reader = store.good.open(name);
    return new ByteArrayInputStream(bytes) {
      @Override
      public void close() throws IOException {
        reader.close();
      }
    };
  }

  private static final class NoSingleBytes extends FilterOutputStream {
    NoSingleBytes(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) {}

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }
  }

  private static final class KeptArrays extends OutputStream {
    private record Piece(byte[] bytes, int offset, int length) {}

    private final List<Piece> pieces = new ArrayList<>();

    static void write(ContentWriter content, OutputStream out) throws IOException {
      KeptArrays kept = new KeptArrays();
      content.writeTo(kept);
      for (Piece piece : kept.pieces) {
        out.write(piece.bytes, piece.offset, piece.length);
      }
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      pieces.add(new Piece(bytes, offset, length));
    }
  }

  private static void visibility() {
    flaw(
        "an archive is listed as soon as it is begun",
        STORE_07,
        writing(
            (store, name, content, check) -> {
              requireFree(store, name);
              put(store, name, new byte[0]);
              try {
                byte[] bytes = bytesOf(content);
                check.readFrom(new ByteArrayInputStream(bytes));
                if (Thread.currentThread().isInterrupted()) {
                  throw new InterruptedIOException();
                }
                put(store, name, bytes);
                return new ArchiveInfo(name, bytes.length);
              } catch (IOException | RuntimeException | Error e) {
                remove(store, name);
                throw e;
              }
            }));
    flaw(
        "an archive is visible before it is checked",
        STORE_07,
        writing(
            (store, name, content, check) -> {
              ArchiveInfo info = store.good.write(name, content, in -> {});
              try (InputStream in = store.good.open(name)) {
                check.readFrom(in);
              } catch (IOException | RuntimeException | Error e) {
                remove(store, name);
                throw e;
              }
              return info;
            }));
    flaw(
        "what is being written can be opened although it is not listed",
        STORE_07,
        shelf ->
            new ForwardingStore(shelf) {
              private final Map<ArchiveName, byte[]> half = new HashMap<>();

              @Override
              public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check)
                  throws IOException {
                try {
                  return good.write(
                      name,
                      content,
                      in -> {
                        half.put(name, in.readAllBytes());
                        check.readFrom(new ByteArrayInputStream(half.get(name)));
                      });
                } finally {
                  half.remove(name);
                }
              }

              @Override
              public InputStream open(ArchiveName name) throws IOException {
                byte[] bytes = half.get(name);
                return bytes == null ? good.open(name) : new ByteArrayInputStream(bytes);
              }
            });
  }

  private static void failures() {
    flaw(
        "what was written before the content failed is stored",
        STORE_08,
        writing(
            (store, name, content, check) -> {
              ByteArrayOutputStream bytes = new ByteArrayOutputStream();
              try {
                return store.good.write(
                    name,
                    out -> {
                      content.writeTo(bytes);
                      out.write(bytes.toByteArray());
                    },
                    in -> check.readFrom(in));
              } catch (IOException | RuntimeException | Error e) {
                if (bytes.size() > 0
                    && String.valueOf(e.getMessage()).contains("failure")
                    && bytes.toString().startsWith("failed")) {
                  put(store, name, bytes.toByteArray());
                }
                throw e;
              }
            }));
    flaw(
        "what the content throws is wrapped",
        STORE_08,
        writing(
            (store, name, content, check) ->
                store.good.write(
                    name,
                    out -> {
                      try {
                        content.writeTo(out);
                      } catch (IOException e) {
                        throw new IOException("upload failed", e);
                      }
                    },
                    check)));
    flaw(
        "what the content throws is swallowed",
        STORE_08,
        writing(
            (store, name, content, check) ->
                store.good.write(
                    name,
                    out -> {
                      try {
                        content.writeTo(out);
                      } catch (IOException e) {
                        // logged
                      }
                    },
                    check)),
        STORE_16);
    flaw(
        "what the check throws is wrapped",
        STORE_09,
        writing(
            (store, name, content, check) ->
                store.good.write(
                    name,
                    content,
                    in -> {
                      try {
                        check.readFrom(in);
                      } catch (RuntimeException e) {
                        throw new IOException("the check failed", e);
                      }
                    })));
    flaw(
        "what the check throws is swallowed",
        STORE_09,
        writing(
            (store, name, content, check) ->
                store.good.write(
                    name,
                    content,
                    in -> {
                      try {
                        check.readFrom(in);
                      } catch (IOException e) {
                        // logged
                      }
                    })));
    flaw(
        "an archive that the check refused stays",
        STORE_09,
        writing(
            (store, name, content, check) -> {
              requireFree(store, name);
              byte[] bytes = bytesOf(content);
              try {
                return store.good.write(name, out -> out.write(bytes), check);
              } catch (AssertionError e) {
                put(store, name, bytes);
                throw e;
              }
            }));
    flaw(
        "an interrupt is forgotten",
        STORE_12,
        writing(
            (store, name, content, check) -> {
              try {
                return store.good.write(name, content, check);
              } finally {
                Thread.interrupted();
              }
            }));
    flaw(
        "an interrupted write fails and leaves the archive",
        STORE_12,
        writing(
            (store, name, content, check) -> {
              requireFree(store, name);
              byte[] bytes = bytesOf(content);
              try {
                return store.good.write(name, out -> out.write(bytes), check);
              } catch (InterruptedIOException e) {
                put(store, name, bytes);
                throw e;
              }
            }));
    flaw(
        "an interrupted write fails with what nobody knows for an interrupt",
        STORE_12,
        writing(
            (store, name, content, check) -> {
              try {
                return store.good.write(name, content, check);
              } catch (InterruptedIOException e) {
                throw new IOException("upload failed", e);
              }
            }));
    troubled(
        "an error of a write is swallowed",
        STORE_13,
        access ->
            access.whenFull(
                writing(
                    (store, name, content, check) ->
                        store.good.write(
                            name,
                            out -> content.writeTo(OutputStream.nullOutputStream()),
                            in -> {}))));
    troubled(
        "an archive that could not be written is listed, empty",
        STORE_13,
        access ->
            access.whenFull(
                writing(
                    (store, name, content, check) -> {
                      put(store, name, new byte[0]);
                      throw new IOException("no space left");
                    })));
    troubled(
        "an error of the close is swallowed",
        STORE_14,
        access ->
            access.whenUnfinishing(
                writing(
                    (store, name, content, check) ->
                        new ArchiveInfo(name, bytesOf(content).length))));
    troubled(
        "an archive that was not finished stays",
        STORE_14,
        access ->
            access.whenUnfinishing(
                writing(
                    (store, name, content, check) -> {
                      store.good.write(name, content, check);
                      throw new IOException("the connection is lost");
                    })));
  }

  private static void exclusion() {
    flaw(
        "what is stored is overwritten",
        STORE_10,
        writing(
            (store, name, content, check) -> {
              byte[] bytes = bytesOf(content);
              check.readFrom(new ByteArrayInputStream(bytes));
              if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException();
              }
              put(store, name, bytes);
              return new ArchiveInfo(name, bytes.length);
            }),
        STORE_11);
    flaw(
        "a name that is stored is passed over in silence",
        STORE_10,
        writing(
            (store, name, content, check) -> {
              for (ArchiveInfo info : store.good.list()) {
                if (info.name().equals(name)) {
                  return info;
                }
              }
              return store.good.write(name, content, check);
            }));
    flaw(
        "a name that is stored is refused with the exception of another library",
        STORE_10,
        writing(
            (store, name, content, check) -> {
              try {
                return store.good.write(name, content, check);
              } catch (ArchiveExists e) {
                throw new FileAlreadyExistsException(name.toString());
              }
            }),
        STORE_11);
    flaw(
        "a name that is stored is refused, and the archive deleted as if it were a half one",
        STORE_10,
        writing(
            (store, name, content, check) -> {
              try {
                return store.good.write(name, content, check);
              } catch (ArchiveExists e) {
                remove(store, name);
                throw e;
              }
            }),
        STORE_11);
    flaw(
        "both of two writers store their archive",
        STORE_11,
        writing(
            (store, name, content, check) -> {
              requireFree(store, name);
              byte[] bytes = bytesOf(content);
              check.readFrom(new ByteArrayInputStream(bytes));
              if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException();
              }
              put(store, name, bytes);
              return new ArchiveInfo(name, bytes.length);
            }));
    flaw(
        "of two writers the slower gets an exception of another library",
        STORE_11,
        writing(
            (store, name, content, check) -> {
              requireFree(store, name);
              try {
                return store.good.write(name, content, check);
              } catch (ArchiveExists e) {
                throw new FileAlreadyExistsException(name.toString());
              }
            }));
  }

  private static void waits() {
    endless(
        "a list waits for the end of what is being written",
        STORE_07,
        () ->
            shelf ->
                new ForwardingStore(shelf) {
                  private boolean writing;

                  @Override
                  public ArchiveInfo write(
                      ArchiveName name, ContentWriter content, ContentCheck check)
                      throws IOException {
                    writing = true;
                    try {
                      return good.write(name, content, check);
                    } finally {
                      writing = false;
                    }
                  }

                  @Override
                  public List<ArchiveInfo> list() throws IOException {
                    if (writing) {
                      waitForEver();
                    }
                    return good.list();
                  }
                });
    endless(
        "of two writers the slower waits for ever",
        STORE_11,
        () -> {
          Set<ArchiveName> names = ConcurrentHashMap.newKeySet();
          return writing(
              (store, name, content, check) -> {
                if (!names.add(name)) {
                  waitForEver();
                }
                try {
                  return store.good.write(name, content, check);
                } finally {
                  names.remove(name);
                }
              });
        });
    endless(
        "an interrupted write waits for ever",
        STORE_12,
        () ->
            writing(
                (store, name, content, check) ->
                    store.good.write(
                        name,
                        out -> {
                          content.writeTo(out);
                          if (Thread.interrupted()) {
                            waitForEver();
                          }
                        },
                        check)));
  }

  private static void waitForEver() throws IOException {
    Kept.sleep(Long.MAX_VALUE);
  }

  private static void durability() {
    flaw(
        "an archive is stored only when the instance is closed",
        STORE_15,
        shelf ->
            new ForwardingStore(shelf) {
              private final Shelf own = new Shelf();
              private final ArchiveStore buffer = new InMemoryArchiveStore(own);

              @Override
              public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check)
                  throws IOException {
                requireFree(this, name);
                ArchiveInfo info = buffer.write(name, content, check);
                if (shelf.archives.containsKey(name.toString())) {
                  own.archives.remove(name.toString());
                  throw new ArchiveExists(name, "memory");
                }
                return info;
              }

              @Override
              public InputStream open(ArchiveName name) throws IOException {
                return own.archives.containsKey(name.toString())
                    ? buffer.open(name)
                    : good.open(name);
              }

              @Override
              public List<ArchiveInfo> list() throws IOException {
                List<ArchiveInfo> all = new ArrayList<>(good.list());
                all.addAll(buffer.list());
                all.sort(Comparator.comparing(ArchiveInfo::name));
                return all;
              }

              @Override
              public boolean delete(ArchiveName name) throws IOException {
                return buffer.delete(name) || good.delete(name);
              }

              @Override
              public void close() {
                synchronized (shelf) {
                  shelf.archives.putAll(own.archives);
                }
              }
            },
        STORE_11,
        STORE_20,
        STORE_36);
    flaw(
        "a name that failed once stays refused",
        STORE_16,
        shelf ->
            new ForwardingStore(shelf) {
              private final Set<ArchiveName> begun = new HashSet<>();

              @Override
              public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check)
                  throws IOException {
                if (begun.contains(name)) {
                  throw new ArchiveExists(name, describe());
                }
                try {
                  return good.write(name, content, check);
                } catch (IOException | RuntimeException | Error e) {
                  begun.add(name);
                  throw e;
                }
              }
            });
    flaw(
        "a name that was deleted stays refused",
        STORE_16,
        shelf ->
            new ForwardingStore(shelf) {
              private final Set<ArchiveName> deleted = new HashSet<>();

              @Override
              public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check)
                  throws IOException {
                if (deleted.contains(name)) {
                  throw new ArchiveExists(name, describe());
                }
                return good.write(name, content, check);
              }

              @Override
              public boolean delete(ArchiveName name) throws IOException {
                return good.delete(name) && deleted.add(name);
              }
            },
        STORE_20);
    flaw(
        "a list is kept, and others' changes not seen",
        STORE_20,
        shelf ->
            new ForwardingStore(shelf) {
              private List<ArchiveInfo> kept;

              @Override
              public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check)
                  throws IOException {
                kept = null;
                ArchiveInfo info = good.write(name, content, check);
                kept = null;
                return info;
              }

              @Override
              public List<ArchiveInfo> list() throws IOException {
                if (kept == null) {
                  kept = good.list();
                }
                return kept;
              }

              @Override
              public boolean delete(ArchiveName name) throws IOException {
                kept = null;
                return good.delete(name);
              }
            });
    flaw(
        "an archive that was read once is read from a cache ever after",
        STORE_20,
        shelf ->
            new ForwardingStore(shelf) {
              private final Map<ArchiveName, byte[]> cache = new HashMap<>();

              @Override
              public InputStream open(ArchiveName name) throws IOException {
                byte[] bytes = cache.get(name);
                if (bytes == null) {
                  try (InputStream in = good.open(name)) {
                    cache.put(name, in.readAllBytes());
                  }
                  return good.open(name);
                }
                return shelf.archives.containsKey(name.toString())
                    ? counted(this, name, bytes)
                    : new ByteArrayInputStream(bytes);
              }

              @Override
              public boolean delete(ArchiveName name) throws IOException {
                cache.remove(name);
                return good.delete(name);
              }
            });
  }

  private static void reading() {
    flaw(
        "what is not there is opened as an empty archive",
        STORE_17,
        opening(
            (store, name) ->
                store.shelf.archives.containsKey(name.toString())
                    ? store.good.open(name)
                    : InputStream.nullInputStream()));
    flaw(
        "what is not there is refused with the exception of another library",
        STORE_17,
        opening(
            (store, name) -> {
              try {
                return store.good.open(name);
              } catch (ArchiveNotFound e) {
                throw new NoSuchFileException(name.toString());
              }
            }));
    flaw(
        "what is not there is opened as null",
        STORE_17,
        opening(
            (store, name) ->
                store.shelf.archives.containsKey(name.toString()) ? store.good.open(name) : null));
    flaw(
        "all readers of an archive share one stream",
        STORE_18,
        shelf ->
            new ForwardingStore(shelf) {
              private final Map<ArchiveName, InputStream> streams = new HashMap<>();

              @Override
              public InputStream open(ArchiveName name) throws IOException {
                InputStream shared = streams.get(name);
                if (shared != null) {
                  return shared;
                }
                InputStream in =
                    new FilterInputStream(good.open(name)) {
                      @Override
                      public void close() throws IOException {
                        streams.remove(name);
                        in.close();
                      }
                    };
                streams.put(name, in);
                return in;
              }
            },
        STORE_28);
    flaw(
        "closing a reader twice fails",
        STORE_18,
        opening(
            (store, name) ->
                new FilterInputStream(store.good.open(name)) {
                  private boolean closed;

                  @Override
                  public void close() throws IOException {
                    if (closed) {
                      throw new IOException("closed already");
                    }
                    closed = true;
                    in.close();
                  }
                }),
        STORE_28);
    flaw(
        "a reader is cut off when another instance deletes the archive",
        STORE_19,
        shelf ->
            new ForwardingStore(shelf) {
              private final Map<ArchiveName, Integer> own = new HashMap<>();

              @Override
              public InputStream open(ArchiveName name) throws IOException {
                InputStream all = good.open(name);
                all.close(); // unknown to others
                own.merge(name, 1, Integer::sum);
                return new FilterInputStream(all) {
                  private boolean closed;

                  @Override
                  public int read() throws IOException {
                    return isThere() ? in.read() : -1;
                  }

                  @Override
                  public int read(byte[] bytes, int offset, int length) throws IOException {
                    return isThere() ? in.read(bytes, offset, length) : -1;
                  }

                  private boolean isThere() {
                    return shelf.archives.containsKey(name.toString());
                  }

                  @Override
                  public void close() {
                    if (!closed) {
                      closed = true;
                      own.computeIfPresent(name, (n, count) -> count == 1 ? null : count - 1);
                    }
                  }
                };
              }

              @Override
              public boolean delete(ArchiveName name) throws IOException {
                if (own.containsKey(name)) {
                  throw new ArchiveInUse(name, describe());
                }
                return good.delete(name);
              }
            });
  }

  private static void listings() {
    flaw(
        "of two archives of one second only one is listed",
        STORE_21,
        listing(
            all -> {
              Map<Instant, ArchiveInfo> bySecond = new TreeMap<>();
              all.forEach(archive -> bySecond.put(archive.name().createdAt(), archive));
              return List.copyOf(bySecond.values());
            }));
    flaw(
        "archives are listed twice",
        STORE_21,
        listing(
            all -> all.stream().flatMap(archive -> List.of(archive, archive).stream()).toList()));
    flaw(
        "all are listed as one format",
        STORE_21,
        listing(
            all ->
                all.stream()
                    .map(
                        archive ->
                            new ArchiveInfo(
                                ArchiveName.of(archive.name().createdAt(), ArchiveFormat.TAR_GZ),
                                archive.size()))
                    .toList()));
    flaw(
        "the suffix is no part of the key",
        STORE_21,
        shelf ->
            new ForwardingStore(shelf) {
              private ArchiveName key(ArchiveName name) {
                return ArchiveName.of(name.createdAt(), ArchiveFormat.TAR_GZ);
              }

              @Override
              public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check)
                  throws IOException {
                return good.write(key(name), content, check);
              }

              @Override
              public boolean delete(ArchiveName name) throws IOException {
                return good.delete(key(name));
              }
            },
        STORE_22,
        STORE_27);
    flaw(
        "only the first two archives are listed",
        STORE_21,
        listing(all -> all.subList(0, Math.min(2, all.size()))));
    flaw(
        "the newest is listed first",
        STORE_22,
        listing(
            all -> {
              List<ArchiveInfo> reversed = new ArrayList<>(all);
              Collections.reverse(reversed);
              return reversed;
            }));
    flaw(
        "archives are listed as they were stored",
        STORE_22,
        shelf ->
            new ForwardingStore(shelf) {
              private final List<ArchiveName> order = new ArrayList<>();

              @Override
              public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check)
                  throws IOException {
                ArchiveInfo info = good.write(name, content, check);
                order.remove(name);
                order.add(name);
                return info;
              }

              @Override
              public List<ArchiveInfo> list() throws IOException {
                List<ArchiveInfo> all = new ArrayList<>(good.list());
                all.sort(Comparator.comparing(a -> order.indexOf(a.name())));
                return all;
              }
            });
    flaw(
        "half archives and other strangers are listed",
        STORE_23,
        shelf ->
            new ForwardingStore(shelf) {
              @Override
              public List<ArchiveInfo> list() throws IOException {
                List<ArchiveInfo> all = new ArrayList<>(good.list());
                for (String text : shelf.archives.keySet()) {
                  if (text.endsWith(".part")) {
                    ArchiveName.parse(text.replace(".part", ""))
                        .ifPresent(name -> all.add(new ArchiveInfo(name, 1)));
                  }
                }
                return all;
              }
            });
    flaw(
        "names are listed whatever their case",
        STORE_23,
        shelf ->
            new ForwardingStore(shelf) {
              @Override
              public List<ArchiveInfo> list() throws IOException {
                List<ArchiveInfo> all = new ArrayList<>();
                shelf.archives.forEach(
                    (text, bytes) ->
                        ArchiveName.parse(text.toLowerCase(Locale.ROOT))
                            .ifPresent(name -> all.add(new ArchiveInfo(name, bytes.length))));
                all.sort(Comparator.comparing(ArchiveInfo::name));
                return all;
              }
            });
    troubled(
        "what cannot be listed is empty",
        STORE_24,
        access -> access.whenUnreachable(listing(all -> List.of())));
    troubled(
        "what cannot be listed is what was listed last",
        STORE_24,
        access -> access.whenUnreachable(InMemoryArchiveStore::new));
  }

  private static void deletions() {
    flaw(
        "delete does nothing and says true",
        STORE_25,
        deleting(
            (store, name) -> {
              if (store.shelf.readers.containsKey(name)) {
                throw new ArchiveInUse(name, "memory");
              }
              return store.shelf.archives.containsKey(name.toString());
            }),
        STORE_16,
        STORE_20);
    flaw(
        "delete says false although it deletes",
        STORE_25,
        deleting((store, name) -> store.good.delete(name) && false),
        STORE_28);
    flaw(
        "a deleted archive is no more listed, but still there",
        STORE_25,
        shelf ->
            new ForwardingStore(shelf) {
              private final Map<ArchiveName, byte[]> trash = new HashMap<>();

              @Override
              public boolean delete(ArchiveName name) throws IOException {
                byte[] bytes = shelf.archives.get(name.toString());
                boolean deleted = good.delete(name);
                if (deleted) {
                  trash.put(name, bytes);
                }
                return deleted;
              }

              @Override
              public InputStream open(ArchiveName name) throws IOException {
                return trash.containsKey(name) && !shelf.archives.containsKey(name.toString())
                    ? new ByteArrayInputStream(trash.get(name))
                    : good.open(name);
              }
            });
    flaw(
        "deleting what is not there says true",
        STORE_26,
        deleting((store, name) -> store.good.delete(name) || true),
        STORE_07);
    flaw(
        "deleting what is not there fails",
        STORE_26,
        deleting(
            (store, name) -> {
              if (!store.good.delete(name)) {
                throw new ArchiveNotFound(name, "memory");
              }
              return true;
            }),
        STORE_07);
    flaw(
        "all archives of the second are deleted",
        STORE_27,
        deleting(
            (store, name) -> {
              boolean deleted = store.good.delete(name);
              for (ArchiveFormat format : ArchiveFormat.values()) {
                store.good.delete(ArchiveName.of(name.createdAt(), format));
              }
              return deleted;
            }));
    flaw(
        "older archives are deleted too",
        STORE_27,
        deleting(
            (store, name) -> {
              boolean deleted = store.good.delete(name);
              for (ArchiveInfo other : store.good.list()) {
                if (deleted && other.name().compareTo(name) < 0) {
                  store.good.delete(other.name());
                }
              }
              return deleted;
            }));
    flaw(
        "an archive is deleted while it is read",
        STORE_28,
        deleting(
            (store, name) -> {
              store.shelf.readers.remove(name);
              return store.good.delete(name);
            }));
    flaw(
        "the first reader that closes lets the archive be deleted",
        STORE_28,
        opening(
            (store, name) ->
                new FilterInputStream(store.good.open(name)) {
                  @Override
                  public void close() throws IOException {
                    in.close();
                    store.shelf.readers.remove(name);
                  }
                }));
    flaw(
        "a reader that closes twice counts for two",
        STORE_28,
        opening(
            (store, name) ->
                new FilterInputStream(store.good.open(name)) {
                  @Override
                  public void close() {
                    store.shelf.readers.computeIfPresent(
                        name, (n, count) -> count == 1 ? null : count - 1);
                  }
                }));
    flaw(
        "an archive that is being read is refused, and gone all the same",
        STORE_28,
        deleting(
            (store, name) -> {
              try {
                return store.good.delete(name);
              } catch (ArchiveInUse e) {
                remove(store, name);
                throw e;
              }
            }));
  }

  private static void locks() {
    flaw("a lock that does not lock", STORE_31, locking((store, purpose) -> () -> {}), STORE_32);
    flaw(
        "what is taken is refused with the exception of another library",
        STORE_31,
        locking(
            (store, purpose) -> {
              try {
                return store.good.lock(purpose);
              } catch (Locked e) {
                throw new IOException(e.getMessage());
              }
            }),
        STORE_32,
        STORE_35);
    flaw(
        "a lock for the own instance only",
        STORE_32,
        shelf ->
            new ForwardingStore(shelf) {
              private final ArchiveStore own = new InMemoryArchiveStore(new Shelf());

              @Override
              public Lock lock(String purpose) throws IOException {
                return own.lock(purpose);
              }
            });
    flaw(
        "a lock that does not say what for",
        STORE_33,
        locking(
            (store, purpose) -> {
              try {
                return store.good.lock(purpose);
              } catch (Locked e) {
                throw new Locked("memory", "somebody");
              }
            }));
    flaw(
        "a lock that nobody releases",
        STORE_34,
        locking(
            (store, purpose) -> {
              store.good.lock(purpose);
              return () -> {};
            }),
        STORE_35);
    flaw(
        "a lock that releases another's when it is closed again",
        STORE_35,
        locking(
            (store, purpose) -> {
              store.good.lock(purpose);
              return () -> {
                synchronized (store.shelf) {
                  store.shelf.taken = null;
                }
              };
            }));
    flaw(
        "a lock that keeps readers out",
        STORE_36,
        shelf ->
            new ForwardingStore(shelf) {
              private boolean mine;

              @Override
              public Lock lock(String purpose) throws IOException {
                Lock lock = good.lock(purpose);
                mine = true;
                return () -> {
                  mine = false;
                  lock.close();
                };
              }

              @Override
              public InputStream open(ArchiveName name) throws IOException {
                if (shelf.taken != null && !mine && shelf.archives.containsKey(name.toString())) {
                  throw new Locked(describe(), "a backup");
                }
                return good.open(name);
              }
            },
        // all rules are tried while the store is taken
        StoreRule.values());
  }
}
