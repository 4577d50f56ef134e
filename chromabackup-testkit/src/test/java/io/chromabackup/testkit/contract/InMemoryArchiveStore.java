package io.chromabackup.testkit.contract;

import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackupException.ArchiveExists;
import io.chromabackup.ChromaBackupException.ArchiveInUse;
import io.chromabackup.ChromaBackupException.ArchiveNotFound;
import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.ContentCheck;
import io.chromabackup.ContentWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps archives in memory. Instances on the same shelf are the same store. */
final class InMemoryArchiveStore implements ArchiveStore {
  /** Where the archives are: what a directory is to files, or a bucket to objects. */
  static final class Shelf {
    final Map<String, byte[]> archives = new HashMap<>();
    final Map<ArchiveName, Integer> readers = new HashMap<>();
    Taken taken;
  }

  /** Each lock is one of its own, so that closing it again finds that it has gone. */
  private static final class Taken {
    final String purpose;

    Taken(String purpose) {
      this.purpose = purpose;
    }
  }

  private final Shelf shelf;

  InMemoryArchiveStore(Shelf shelf) {
    this.shelf = shelf;
  }

  @Override
  public String describe() {
    return "memory";
  }

  @Override
  public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check)
      throws IOException {
    requireFree(name);
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    content.writeTo(written);
    byte[] bytes = written.toByteArray();
    check.readFrom(new ByteArrayInputStream(bytes));
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted");
    }
    synchronized (shelf) {
      requireFree(name); // another may have been faster
      shelf.archives.put(name.toString(), bytes);
    }
    return new ArchiveInfo(name, bytes.length);
  }

  private void requireFree(ArchiveName name) throws ArchiveExists {
    synchronized (shelf) {
      if (shelf.archives.containsKey(name.toString())) {
        throw new ArchiveExists(name, describe());
      }
    }
  }

  @Override
  public InputStream open(ArchiveName name) throws IOException {
    synchronized (shelf) {
      byte[] bytes = shelf.archives.get(name.toString());
      if (bytes == null) {
        throw new ArchiveNotFound(name, describe());
      }
      shelf.readers.merge(name, 1, Integer::sum);
      return new ByteArrayInputStream(bytes) {
        private boolean closed;

        @Override
        public void close() {
          synchronized (shelf) {
            if (!closed) {
              closed = true;
              shelf.readers.computeIfPresent(name, (n, count) -> count == 1 ? null : count - 1);
            }
          }
        }
      };
    }
  }

  @Override
  public List<ArchiveInfo> list() {
    synchronized (shelf) {
      List<ArchiveInfo> listed = new ArrayList<>();
      shelf.archives.forEach(
          (text, bytes) ->
              ArchiveName.parse(text)
                  .ifPresent(name -> listed.add(new ArchiveInfo(name, bytes.length))));
      listed.sort(Comparator.comparing(ArchiveInfo::name));
      return listed;
    }
  }

  @Override
  public boolean delete(ArchiveName name) throws IOException {
    synchronized (shelf) {
      if (shelf.readers.containsKey(name)) {
        throw new ArchiveInUse(name, describe());
      }
      return shelf.archives.remove(name.toString()) != null;
    }
  }

  @Override
  public Lock lock(String purpose) throws IOException {
    Taken mine = new Taken(purpose);
    synchronized (shelf) {
      if (shelf.taken != null) {
        throw new Locked(describe(), shelf.taken.purpose);
      }
      shelf.taken = mine;
    }
    return () -> {
      synchronized (shelf) {
        if (shelf.taken == mine) {
          shelf.taken = null;
        }
      }
    };
  }
}
