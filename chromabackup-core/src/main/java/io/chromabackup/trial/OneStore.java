package io.chromabackup.trial;

import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ContentCheck;
import io.chromabackup.ContentWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A store of which there is one instance, which belongs to somebody else and stays open. */
record OneStore(ArchiveStore store) implements StoreAccess {
  @Override
  public ArchiveStore open() {
    return new Borrowed(store);
  }

  private record Borrowed(ArchiveStore store) implements ArchiveStore {
    @Override
    public String describe() {
      return store.describe();
    }

    @Override
    public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check)
        throws IOException {
      return store.write(name, content, check);
    }

    @Override
    public InputStream open(ArchiveName name) throws IOException {
      return store.open(name);
    }

    @Override
    public List<ArchiveInfo> list() throws IOException {
      return store.list();
    }

    @Override
    public boolean delete(ArchiveName name) throws IOException {
      return store.delete(name);
    }

    @Override
    public Lock lock(String purpose) throws IOException {
      return store.lock(purpose);
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
}
