package io.chromabackup.testkit.contract;

import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ContentCheck;
import io.chromabackup.ContentWriter;
import io.chromabackup.testkit.contract.InMemoryArchiveStore.Shelf;
import io.chromabackup.trial.StoreAccess;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Stores on one shelf in memory, with everything that the rules can ask for. */
final class MemoryAccess implements StoreAccess {
  static final String SECRET = "hunter2";

  private final Shelf shelf = new Shelf();
  private final Function<Shelf, ArchiveStore> store;
  private final Function<Shelf, ArchiveStore> full;
  private final Function<Shelf, ArchiveStore> unfinishing;
  private final Function<Shelf, ArchiveStore> unreachable;
  private Duration patience = StoreAccess.super.patience();

  private MemoryAccess(
      Function<Shelf, ArchiveStore> store,
      Function<Shelf, ArchiveStore> full,
      Function<Shelf, ArchiveStore> unfinishing,
      Function<Shelf, ArchiveStore> unreachable) {
    this.store = store;
    this.full = full;
    this.unfinishing = unfinishing;
    this.unreachable = unreachable;
  }

  static MemoryAccess to(Function<Shelf, ArchiveStore> store) {
    return new MemoryAccess(store, Full::new, Unfinishing::new, Unreachable::new);
  }

  /** For a store that never comes to an end: in memory all else is over at once. */
  MemoryAccess impatient() {
    patience = Duration.ofSeconds(10);
    return this;
  }

  @Override
  public Duration patience() {
    return patience;
  }

  MemoryAccess whenFull(Function<Shelf, ArchiveStore> other) {
    return new MemoryAccess(store, other, unfinishing, unreachable);
  }

  MemoryAccess whenUnfinishing(Function<Shelf, ArchiveStore> other) {
    return new MemoryAccess(store, full, other, unreachable);
  }

  MemoryAccess whenUnreachable(Function<Shelf, ArchiveStore> other) {
    return new MemoryAccess(store, full, unfinishing, other);
  }

  @Override
  public ArchiveStore open() {
    return store.apply(shelf);
  }

  @Override
  public Optional<ArchiveStore> openIn(Trouble trouble) {
    return Optional.of(
        switch (trouble) {
          case WRITING -> full.apply(shelf);
          case FINISHING -> unfinishing.apply(shelf);
          case LISTING -> unreachable.apply(shelf);
        });
  }

  @Override
  public boolean putForeign(String fileName) {
    synchronized (shelf) {
      shelf.archives.put(fileName, new byte[1]);
    }
    return true;
  }

  @Override
  public Set<String> secrets() {
    return Set.of(SECRET);
  }

  private static final class Full extends ForwardingStore {
    Full(Shelf shelf) {
      super(shelf);
    }

    @Override
    public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check)
        throws IOException {
      return good.write(name, out -> content.writeTo(new NoBytes()), check);
    }
  }

  private static final class NoBytes extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      throw new IOException("no space left");
    }
  }

  private static final class Unfinishing extends ForwardingStore {
    Unfinishing(Shelf shelf) {
      super(shelf);
    }

    @Override
    public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check)
        throws IOException {
      return good.write(
          name,
          content,
          in -> {
            check.readFrom(in);
            throw new IOException("the connection is lost");
          });
    }
  }

  private static final class Unreachable extends ForwardingStore {
    Unreachable(Shelf shelf) {
      super(shelf);
    }

    @Override
    public List<ArchiveInfo> list() throws IOException {
      throw new IOException("the connection is lost");
    }
  }
}
