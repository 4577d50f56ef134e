package io.chromabackup.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A lock on a file, held by one process (exclusive) or several (shared). The operating system
 * releases it when the process ends, in whatever way; a file that is left over locks nobody out.
 *
 * <p>Within one process the system's locks do not tell threads apart, and in-memory file systems
 * have none, so the locks of this process are also kept in a table.
 */
public final class PathLock implements AutoCloseable {
  private static final Map<Path, Held> HELD = new HashMap<>();

  /** What this process holds of one file: {@code readers} is -1 for an exclusive lock. */
  private static final class Held {
    int readers;
    String holder = "";
    @Nullable FileChannel channel;
    @Nullable FileLock lock;
  }

  private final Path key;
  private boolean closed;

  private PathLock(Path key) {
    this.key = key;
  }

  /**
   * Takes a lock for this holder alone.
   *
   * @param file the lock file; made if missing, left there afterwards
   * @param holder who has it, for others to read
   * @return the lock; empty if somebody else has it
   * @throws IOException if the file cannot be made
   */
  public static Optional<PathLock> exclusive(Path file, String holder) throws IOException {
    return acquire(file, holder, false);
  }

  /**
   * Takes a lock that others may share.
   *
   * @param file the lock file; made if missing, left there afterwards
   * @return the lock; empty if somebody has it exclusively
   * @throws IOException if the file cannot be made
   */
  public static Optional<PathLock> shared(Path file) throws IOException {
    return acquire(file, "", true);
  }

  /**
   * Who wrote into a lock file last.
   *
   * @param file the lock file
   * @return in words; "another operation" if it does not say
   */
  public static String holder(Path file) {
    try {
      Path key = key(file);
      synchronized (HELD) {
        Held held = HELD.get(key);
        // what this process holds is not opened: closing it would drop the lock on it
        String text = held == null ? firstLine(KeptChannels.text(file)) : held.holder;
        return text.isEmpty() ? "another operation" : text;
      }
    } catch (IOException | RuntimeException e) {
      return "another operation";
    }
  }

  private static Optional<PathLock> acquire(Path file, String holder, boolean share)
      throws IOException {
    Path key = key(file);
    synchronized (HELD) {
      Held held = HELD.get(key);
      if (held != null) {
        if (!share || held.readers < 0) {
          return Optional.empty();
        }
        held.readers++;
        return Optional.of(new PathLock(key));
      }
      Held taken = new Held();
      if (!lockFile(file, holder, share, taken)) {
        return Optional.empty();
      }
      taken.readers = share ? 1 : -1;
      taken.holder = holder;
      HELD.put(key, taken);
      return Optional.of(new PathLock(key));
    }
  }

  private static boolean lockFile(Path file, String holder, boolean share, Held held)
      throws IOException {
    FileChannel channel = open(file);
    try {
      FileLock lock = channel.tryLock(0, Long.MAX_VALUE, share);
      if (lock == null) {
        channel.close();
        return false;
      }
      if (!share) {
        sign(channel, holder);
      }
      held.channel = channel;
      held.lock = lock;
      return true;
    } catch (OverlappingFileLockException e) {
      // another copy of this class, in another class loader, has it
      KeptChannels.keep(file, channel);
      return false;
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  private static FileChannel open(Path file) throws IOException {
    FileChannel kept = KeptChannels.take(file);
    return kept != null
        ? kept
        : FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            FileTree.ownerOnly(file, "rw-------"));
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("").strip();
  }

  /**
   * For others to read, at any moment: so over what is there, whose rest is cut off afterwards. A
   * disk that is full, and wants pruning, can be locked without.
   */
  private static void sign(FileChannel channel, String holder) throws IOException {
    try {
      byte[] line =
          holder.isEmpty() ? new byte[0] : (holder + "\n").getBytes(StandardCharsets.UTF_8);
      channel.write(ByteBuffer.wrap(line), 0);
      channel.truncate(line.length);
    } catch (IOException e) {
      if (!channel.isOpen()) {
        throw e; // interrupted, and the lock went with the channel
      }
      // the lock is taken, and only its holder's name is missing
    }
  }

  /** The same file has the same key, however it is spelled. */
  private static Path key(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null || file.getFileName() == null) {
      throw new NoSuchFileException(file.toString());
    }
    return parent.toRealPath().resolve(file.getFileName());
  }

  @Override
  public void close() {
    synchronized (HELD) {
      if (closed) {
        return;
      }
      closed = true;
      Held held = HELD.get(key);
      if (held == null || --held.readers > 0) {
        return;
      }
      HELD.remove(key);
      release(held);
    }
  }

  private static void release(Held held) {
    try {
      if (held.lock != null) {
        held.lock.release();
      }
    } catch (IOException e) {
      // closing the channel gives it up as well
    }
    try {
      if (held.channel != null) {
        held.channel.close();
      }
    } catch (IOException e) {
      // the file is closed all the same
    }
  }
}
