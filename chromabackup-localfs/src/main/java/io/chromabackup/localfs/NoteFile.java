package io.chromabackup.localfs;

import io.chromabackup.files.FileTree;
import io.chromabackup.files.Present;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A note that is never written over: the new one is written beside, and takes the place of the old
 * at one stroke, as soon as that says nothing any more that counts. So at each moment there is the
 * old or the new, or the new beside the old.
 *
 * <p>Written by whoever has the claim on {@link #path()}, read by anybody.
 */
final class NoteFile {
  private static final Logger log = LoggerFactory.getLogger(NoteFile.class);

  private final Path path;
  private final Path beside;
  private @Nullable FileChannel channel;

  NoteFile(Path path) {
    this.path = path;
    this.beside = path.resolveSibling(path.getFileName() + ".new");
  }

  Path path() {
    return path;
  }

  /** What to delete if nothing of it is to count any more, in words. */
  String files() throws IOException {
    return Present.at(beside) ? path + " and " + beside : path.toString();
  }

  /** What it says now, and then what it said before, if that may count yet. */
  List<LeftHold> all() throws IOException {
    return Stream.of(beside(), before()).flatMap(Optional::stream).toList();
  }

  /** What it says now. */
  Optional<LeftHold> latest() throws IOException {
    return all().stream().findFirst();
  }

  /** What was written beside, and has not taken the place of what was there before. */
  Optional<LeftHold> beside() throws IOException {
    return LeftHold.read(beside);
  }

  /** What is there, or was there before. */
  Optional<LeftHold> before() throws IOException {
    return LeftHold.read(path);
  }

  /** Writes it anew, durably, beside what is there. */
  void writeBeside(String text) throws IOException {
    Files.deleteIfExists(beside);
    FileChannel created =
        FileChannel.open(
            beside,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            FileTree.ownerOnly(beside, "rw-------"));
    channel = created;
    write(created, text);
    created.force(true);
    FileTree.syncDirectory(directory());
  }

  /** More can be added to what somebody else wrote beside; his last line may be half written. */
  void goOnBeside() throws IOException {
    FileChannel opened = FileChannel.open(beside, StandardOpenOption.APPEND);
    channel = opened;
    write(opened, "\n");
  }

  /** What was written beside takes the place of what was there before. */
  void replace() throws IOException {
    Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE);
    FileTree.syncDirectory(directory());
  }

  private Path directory() {
    return Objects.requireNonNull(path.getParent());
  }

  /** Adds to what was written last. Not synced. */
  void add(String text) throws IOException {
    if (channel != null) {
      write(channel, text);
    }
  }

  private static void write(FileChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** What was written beside is not true, or not any more. */
  void discardBeside() throws IOException {
    close();
    Files.deleteIfExists(beside);
  }

  /** Nothing more will be written. */
  void close() {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      log.debug("{} was not closed: {}", path, e.toString());
    }
    channel = null;
  }
}
