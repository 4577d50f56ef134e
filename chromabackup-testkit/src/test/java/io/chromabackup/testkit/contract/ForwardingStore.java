package io.chromabackup.testkit.contract;

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

/** A store that does what another does. */
class ForwardingStore implements ArchiveStore {
  final InMemoryArchiveStore.Shelf shelf;
  final ArchiveStore good;

  ForwardingStore(InMemoryArchiveStore.Shelf shelf) {
    this.shelf = shelf;
    this.good = new InMemoryArchiveStore(shelf);
  }

  @Override
  public String describe() {
    return good.describe();
  }

  @Override
  public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check)
      throws IOException {
    return good.write(name, content, check);
  }

  @Override
  public InputStream open(ArchiveName name) throws IOException {
    return good.open(name);
  }

  @Override
  public List<ArchiveInfo> list() throws IOException {
    return good.list();
  }

  @Override
  public boolean delete(ArchiveName name) throws IOException {
    return good.delete(name);
  }

  @Override
  public Lock lock(String purpose) throws IOException {
    return good.lock(purpose);
  }

  @Override
  public Optional<Path> workspace() throws IOException {
    return good.workspace();
  }

  @Override
  public OptionalLong usableSpace() throws IOException {
    return good.usableSpace();
  }

  @Override
  public void close() throws IOException {
    good.close();
  }
}
