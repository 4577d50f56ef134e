package io.chromabackup.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Channels of files that another copy of this library in the same process, in another class loader,
 * has locked. POSIX locks belong to the process, and closing any channel of a file drops them all:
 * so these stay open, and are used again. The caller sees to it that one thread at a time does so.
 */
final class KeptChannels {
  private static final int LINE = 512;
  private static final Map<Object, Kept> KEPT = new HashMap<>();

  private record Kept(Path file, FileChannel channel) {}

  private KeptChannels() {}

  /** Gives out what was kept of a file; null if nothing was. */
  static @Nullable FileChannel take(Path file) throws IOException {
    Object identity = identity(file);
    Kept kept = identity == null ? null : KEPT.remove(identity);
    return kept == null ? null : kept.channel();
  }

  /** Keeps one; where files have no identity locks are no such trouble, and it is closed. */
  static void keep(Path file, FileChannel channel) throws IOException {
    closeThoseOfNoFile();
    Object identity = identity(file);
    if (identity == null) {
      channel.close();
    } else {
      KEPT.put(identity, new Kept(file, channel));
    }
  }

  /** Who deletes a lock file has let go of it before. */
  private static void closeThoseOfNoFile() throws IOException {
    for (Map.Entry<Object, Kept> entry : List.copyOf(KEPT.entrySet())) {
      Kept kept = entry.getValue();
      if (!entry.getKey().equals(identity(kept.file()))) {
        KEPT.remove(entry.getKey());
        kept.channel().close();
      }
    }
  }

  /** What is in a file, also if a channel of it was kept. */
  static String text(Path file) throws IOException {
    Object identity = identity(file);
    Kept kept = identity == null ? null : KEPT.get(identity);
    if (kept == null) {
      return Files.readString(file);
    }
    ByteBuffer line = ByteBuffer.allocate(LINE);
    kept.channel().read(line, 0);
    return StandardCharsets.UTF_8.decode(line.flip()).toString();
  }

  private static @Nullable Object identity(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }
}
