package io.chromabackup.examples.ops;

import io.chromabackup.ArchiveFormat;
import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackupException.ArchiveNotFound;
import io.chromabackup.ChromaBackupException.StoreUnusable;
import io.chromabackup.ContentCheck;
import io.chromabackup.ContentWriter;
import io.chromabackup.localfs.LocalArchiveStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A single archive somewhere, under whatever name, as a store that can only be read. Nothing is
 * written beside it.
 */
final class ArchiveFile implements ArchiveStore {
  private final Path file;
  private final ArchiveName name;
  private final LocalArchiveStore store;

  private ArchiveFile(Path file, ArchiveName name, LocalArchiveStore store) {
    this.file = file;
    this.name = name;
    this.store = store;
  }

  /** {@code store} lends its work directory, if it has one. */
  static ArchiveFile of(Path file, LocalArchiveStore store) throws IOException {
    Optional<ArchiveName> named = ArchiveName.parse(file.getFileName().toString());
    ArchiveName name =
        named.isPresent()
            ? named.get()
            : ArchiveName.of(Files.getLastModifiedTime(file).toInstant(), ArchiveFormat.TAR_GZ);
    return new ArchiveFile(file, name, store);
  }

  ArchiveName name() {
    return name;
  }

  @Override
  public String describe() {
    return file.toString();
  }

  @Override
  public InputStream open(ArchiveName wanted) throws IOException {
    if (!wanted.equals(name)) {
      throw new ArchiveNotFound(wanted, describe());
    }
    try {
      return Files.newInputStream(file);
    } catch (NoSuchFileException e) {
      throw new ArchiveNotFound(wanted, describe());
    }
  }

  @Override
  public List<ArchiveInfo> list() throws IOException {
    return List.of(new ArchiveInfo(name, Files.size(file)));
  }

  /** Not beside the file: that may be a stick, or somebody's home. */
  @Override
  public Optional<Path> workspace() throws IOException {
    return Files.isDirectory(Path.of(store.describe())) ? store.workspace() : Optional.empty();
  }

  @Override
  public ArchiveInfo write(ArchiveName other, ContentWriter content, ContentCheck check)
      throws IOException {
    throw readOnly();
  }

  @Override
  public boolean delete(ArchiveName other) throws IOException {
    throw readOnly();
  }

  @Override
  public Lock lock(String purpose) throws IOException {
    throw readOnly();
  }

  private StoreUnusable readOnly() {
    return new StoreUnusable(describe(), "it is a single file, which is only read", null);
  }
}
