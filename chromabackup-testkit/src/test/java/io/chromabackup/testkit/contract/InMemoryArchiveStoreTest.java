package io.chromabackup.testkit.contract;

import io.chromabackup.ArchiveStore;

class InMemoryArchiveStoreTest implements ArchiveStoreContract {
  private final InMemoryArchiveStore.Shelf shelf = new InMemoryArchiveStore.Shelf();

  @Override
  public ArchiveStore open() {
    return new InMemoryArchiveStore(shelf);
  }
}
