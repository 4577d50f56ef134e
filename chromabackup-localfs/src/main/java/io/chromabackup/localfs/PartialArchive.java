package io.chromabackup.localfs;

import io.chromabackup.ContentCheck;
import io.chromabackup.ContentWriter;
import io.chromabackup.files.FileTree;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.PathLock;
import io.chromabackup.files.Present;
import io.chromabackup.files.Space;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An archive on its way into the store: written, read back, and then published or gone. */
final class PartialArchive implements Closeable {
  static final String PREFIX = "partial-";

  private static final Logger log = LoggerFactory.getLogger(PartialArchive.class);
  private static final int BUFFER = 1 << 16;
  private static final long RETRY_MILLIS = 10;

  private final Path directory;
  private final Path ours;
  private final Claim claim;
  private final StoreFailure failure;
  private boolean moved;
  private boolean published;

  private PartialArchive(Path directory, Path ours, Claim claim, StoreFailure failure) {
    this.directory = directory;
    this.ours = ours;
    this.claim = claim;
    this.failure = failure;
  }

  static PartialArchive in(Path directory, Path ours, StoreFailure failure) throws IOException {
    try {
      return new PartialArchive(directory, ours, Claim.onNew(ours, PREFIX), failure);
    } catch (IOException e) {
      throw failure.of(e);
    }
  }

  /**
   * Writes the content, durably, and has it read as the file system gives it back: meanwhile, on
   * the default file system. Returns its length.
   */
  long fill(ContentWriter content, ContentCheck check) throws IOException {
    return FileTree.isNative(claim.path())
        ? writeAndReadBehind(content, check)
        : writeAndReadBack(content, check);
  }

  private long writeAndReadBehind(ContentWriter content, ContentCheck check) throws IOException {
    try (FileChannel channel = create();
        ReadingBehind reading = new ReadingBehind(claim.path(), check)) {
      long size = write(content, channel, reading::lasts);
      channel.close();
      reading.lasts(size);
      reading.finish();
      return size;
    }
  }

  private long writeAndReadBack(ContentWriter content, ContentCheck check) throws IOException {
    long size;
    try (FileChannel channel = create()) {
      size = write(content, channel, bytes -> {});
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(claim.path()), BUFFER)) {
      check.readFrom(in);
    }
    return size;
  }

  private long write(ContentWriter content, FileChannel channel, LongConsumer lasting)
      throws IOException {
    try (SyncAhead ahead = new SyncAhead(claim.path(), lasting)) {
      FileOutput file = new FileOutput(channel, ahead, failure::of);
      OutputStream buffered = new BufferedOutputStream(file, BUFFER);
      try {
        content.writeTo(buffered);
        buffered.flush();
      } catch (IOException e) {
        throw file.failureOr(e);
      }
      return file.finish();
    }
  }

  private FileChannel create() throws IOException {
    try {
      return FileChannel.open(
          claim.path(),
          Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
          FileTree.ownerOnly(claim.path(), "rw-------"));
    } catch (IOException e) {
      throw failure.of(e);
    }
  }

  /**
   * Gives the archive its name, durably, if nothing has it yet.
   *
   * @throws FileAlreadyExistsException if something has it; that is left alone
   */
  void publish(Path archive) throws IOException {
    try {
      appear(archive);
      FileTree.syncDirectory(directory);
      published = true;
    } catch (IOException | RuntimeException | Error e) {
      Interruption.shieldedAfter(e, () -> takeBack(archive));
      throw e;
    }
  }

  private void appear(Path archive) throws IOException {
    try {
      // unlike a move, a link replaces nothing, whoever else is at it
      Files.createLink(archive, claim.path());
    } catch (UnsupportedOperationException e) {
      move(archive);
    } catch (FileSystemException e) {
      if (isLinked(archive)) {
        log.debug(
            "{} has its name although that was said to have failed: {}", archive, e.toString());
      } else if (mayMeanNoLinks(e)) {
        log.debug("no hard links in {}: {}", directory, e.toString());
        move(archive);
      } else {
        throw e;
      }
    }
  }

  /** There is no exception type for it, only a reason. */
  private static boolean mayMeanNoLinks(FileSystemException e) {
    return e.getClass() == FileSystemException.class
        && !Space.isExhausted(e)
        && !StoreFailure.isReadOnly(e);
  }

  private boolean isLinked(Path archive) throws IOException {
    return Present.at(claim.path())
        && Present.at(archive)
        && Files.isSameFile(claim.path(), archive);
  }

  private void move(Path archive) throws IOException {
    try (PathLock lock = awaitTurn()) {
      if (Present.at(archive)) {
        throw new FileAlreadyExistsException(archive.toString());
      }
      moved = true; // or not, if that fails: then it is still where it was
      Files.move(claim.path(), archive, StandardCopyOption.ATOMIC_MOVE);
      FileTree.syncDirectory(ours); // or else the way back could be what lasts
    }
  }

  /** Nobody holds this lock for longer than it takes to move a file. */
  private PathLock awaitTurn() throws IOException {
    Path turn = ours.resolve("publishing");
    Optional<PathLock> lock = PathLock.exclusive(turn, "");
    while (lock.isEmpty()) {
      Interruption.sleep(RETRY_MILLIS);
      lock = PathLock.exclusive(turn, "");
    }
    return lock.get();
  }

  /** Unpublishes the archive, if that is what has the name. */
  private void takeBack(Path archive) throws IOException {
    if ((moved && !Present.at(claim.path())) || isLinked(archive)) {
      Files.deleteIfExists(archive);
      FileTree.syncDirectory(directory);
    }
  }

  /** Deletes what has not become an archive. */
  @Override
  public void close() throws IOException {
    try {
      Interruption.shielded(claim::close);
    } catch (IOException | RuntimeException e) {
      if (!published) {
        throw e;
      }
      log.warn("{} is left over, the next backup will delete it: {}", claim.path(), e.toString());
    }
  }
}
