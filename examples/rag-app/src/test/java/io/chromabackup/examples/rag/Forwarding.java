package io.chromabackup.examples.rag;

import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ContentCheck;
import io.chromabackup.ContentWriter;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Another store, in which a test changes something. */
class Forwarding implements ArchiveStore {
  private final ArchiveStore store;

  Forwarding(ArchiveStore store) {
    this.store = store;
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
  public String describe() {
    return store.describe();
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
