package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException.NoSpace;
import io.chromabackup.Entry;
import io.chromabackup.StagedFiles;
import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.files.FileTree;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.PosixMetadata;
import io.chromabackup.files.Space;
import io.chromabackup.files.SparseFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the new files where they can be swapped in from, with their modes and owners, durably. */
final class StagedTree {
  private static final Logger log = LoggerFactory.getLogger(StagedTree.class);

  private final Path root;
  private final FutureOwner owner;
  private final List<Entry> entries = new ArrayList<>();
  private int notGivenAway;
  private String due = "";

  private StagedTree(Path root, FutureOwner owner) {
    this.root = root;
    this.owner = owner;
  }

  /**
   * Makes the tree.
   *
   * @param root where; nothing is there yet
   * @param files what is in it; moved there if it can be, else copied
   * @param owner to whom it is given
   * @return what is in it
   */
  static List<Entry> put(Path root, StagedFiles files, FutureOwner owner) throws IOException {
    StagedTree tree = new StagedTree(root, owner);
    if (!tree.takeOver(files)) {
      tree.entries.clear();
      FileTree.createPrivate(root);
      files.transferTo(tree::copy);
    }
    tree.applyAttributes();
    FileTree.syncDirectory(root);
    return tree.entries;
  }

  private boolean takeOver(StagedFiles files) throws IOException {
    Path from = files.directory();
    if (!Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    files.transferTo(
        (entry, content) -> {
          entries.add(entry);
          content.skipNBytes(entry.size());
        });
    Interruption.check();
    try {
      Files.move(from, root, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (AtomicMoveNotSupportedException | AccessDeniedException e) {
      log.debug("{} is copied, since it cannot be moved: {}", from, e.toString());
      return false;
    }
  }

  private void copy(Entry entry, InputStream content) throws IOException {
    Interruption.check();
    entries.add(entry);
    Path path = root.resolve(entry.path());
    if (!entry.isFile()) {
      FileTree.createPrivate(path);
      return;
    }
    FileTree.createPrivate(Objects.requireNonNull(path.getParent()));
    try (FileChannel channel =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            FileTree.ownerOnly(path, "rw-------"))) {
      copy(entry, content, channel);
    }
  }

  private void copy(Entry entry, InputStream content, FileChannel file) throws IOException {
    try {
      SparseFile.write(file, content);
    } catch (IOException e) {
      throw meaning(e);
    }
    if (file.position() != entry.size()) {
      throw new IOException(
          "%s has %d bytes instead of %d".formatted(entry.path(), file.position(), entry.size()));
    }
  }

  private IOException meaning(IOException e) {
    return Space.isExhausted(e) ? new NoSpace(root.toString(), e) : Interruption.normalise(e);
  }

  /** From the leaves up: a directory may be one that cannot be written to. */
  private void applyAttributes() throws IOException {
    for (int i = entries.size() - 1; i >= 0; i--) {
      Entry entry = entries.get(i);
      Path path = root.resolve(entry.path());
      Interruption.check();
      if (entry.isFile()) {
        // opened before its mode may forbid it
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
          setTime(path, entry);
          apply(path, entry);
          channel.force(true);
        }
      } else {
        apply(path, entry);
        FileTree.syncDirectory(path);
      }
    }
    if (notGivenAway > 0) {
      log.warn(
          "{} restored files belong to the user of this process and not to {}, whose they should"
              + " be, since it may not give them away",
          notGivenAway,
          due);
    }
  }

  /**
   * By the database's time it is told whether a server has worked on it since it was swapped in.
   * One from a machine whose clock was ahead stays what it is by the clock here: of now.
   */
  private static void setTime(Path path, Entry entry) throws IOException {
    FileTime time = FileTime.from(entry.modifiedAt());
    if (!ChromaLayout.isDatabaseFile(entry.path())
        || time.compareTo(Files.getLastModifiedTime(path)) < 0) {
      Files.setLastModifiedTime(path, time);
    }
  }

  private void apply(Path path, Entry entry) throws IOException {
    Optional<PosixMetadata.Ids> ids = owner.of(entry);
    if (ids.isPresent()
        && path.getFileSystem().supportedFileAttributeViews().contains("unix")
        && !PosixMetadata.setOwner(path, ids.get())) {
      notGivenAway++;
      due = "user " + ids.get().uid() + " of group " + ids.get().gid();
    }
    PosixMetadata.setMode(path, entry.mode());
  }
}
