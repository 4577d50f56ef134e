package io.chromabackup.localfs;

import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackupException.ArchiveInUse;
import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.ContentCheck;
import io.chromabackup.ContentWriter;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A store that writes down who does what. */
final class WatchedStore implements ArchiveStore {
  private final ArchiveStore store;
  private final StoreLog log;
  private final int kept;

  /**
   * Watches a store.
   *
   * @param kept how many archives must be newer than one that is deleted
   */
  WatchedStore(ArchiveStore store, StoreLog log, int kept) {
    this.store = store;
    this.log = log;
    this.kept = kept;
  }

  @Override
  public String describe() {
    return store.describe();
  }

  @Override
  public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check)
      throws IOException {
    ArchiveInfo info = store.write(name, content, check);
    log.add(StoreLog.STORED, name);
    return info;
  }

  @Override
  public InputStream open(ArchiveName name) throws IOException {
    InputStream in = store.open(name);
    log.add(StoreLog.OPENED, name);
    return new FilterInputStream(in) {
      private boolean closed;

      @Override
      public void close() throws IOException {
        if (!closed) {
          closed = true;
          log.add(StoreLog.CLOSING, name);
          super.close();
        }
      }
    };
  }

  @Override
  public List<ArchiveInfo> list() throws IOException {
    return store.list();
  }

  @Override
  public boolean delete(ArchiveName name) throws IOException {
    long newer = list().stream().filter(other -> other.name().compareTo(name) > 0).count();
    if (newer < kept) {
      log.add(StoreLog.WRONG, name + " is deleted, and only " + newer + " are newer");
    }
    log.add(StoreLog.DELETING, name);
    try {
      boolean deleted = store.delete(name);
      log.add(StoreLog.DELETED, name);
      return deleted;
    } catch (ArchiveInUse e) {
      log.add(StoreLog.IN_USE, name);
      throw e;
    }
  }

  @Override
  public Lock lock(String purpose) throws IOException {
    try {
      Lock lock = store.lock(purpose);
      log.add(StoreLog.ENTER, purpose);
      return () -> leave(lock);
    } catch (Locked e) {
      log.add(StoreLog.LOCKED_BY, e.getMessage());
      throw e;
    }
  }

  private void leave(Lock lock) {
    try (lock) {
      log.add(StoreLog.LEAVE, "");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Optional<Path> workspace() throws IOException {
    return store.workspace();
  }

  @Override
  public OptionalLong usableSpace() throws IOException {
    return store.usableSpace();
  }
}
