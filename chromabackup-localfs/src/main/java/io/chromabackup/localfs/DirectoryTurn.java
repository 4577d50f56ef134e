package io.chromabackup.localfs;

import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One at a time, within this process, at one directory; who comes later waits. */
final class DirectoryTurn implements AutoCloseable {
  /**
   * Of those that are taken or waited for: a directory in memory would otherwise never be freed.
   */
  private static final Map<Path, Queue> QUEUES = new ConcurrentHashMap<>();

  private static final class Queue {
    private final ReentrantLock lock = new ReentrantLock();
    private int length;
  }

  private final Path directory;
  private final Queue queue;

  private DirectoryTurn(Path directory, Queue queue) {
    this.directory = directory;
    this.queue = queue;
  }

  /** Waits for a turn at a directory, of which the same path must always be given. */
  static DirectoryTurn at(Path directory) throws InterruptedIOException {
    Queue queue = QUEUES.compute(directory, (key, there) -> lengthened(there));
    try {
      queue.lock.lockInterruptibly();
    } catch (InterruptedException e) {
      leave(directory);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    return new DirectoryTurn(directory, queue);
  }

  private static Queue lengthened(@Nullable Queue there) {
    Queue queue = there == null ? new Queue() : there;
    queue.length++;
    return queue;
  }

  private static void leave(Path directory) {
    QUEUES.computeIfPresent(directory, (key, queue) -> --queue.length == 0 ? null : queue);
  }

  @Override
  public void close() {
    queue.lock.unlock();
    leave(directory);
  }
}
