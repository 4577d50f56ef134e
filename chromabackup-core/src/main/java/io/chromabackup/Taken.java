package io.chromabackup;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that was taken, and is given back in the end. If that fails, what was done meanwhile
 * has not: it is logged.
 *
 * @param <T> its type; closing it throws nothing checked
 * @param it what was taken
 * @param name names it in the log
 */
record Taken<T extends AutoCloseable>(T it, String name) implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Taken.class);

  static Taken<ArchiveStore.Lock> lock(ArchiveStore store, String purpose)
      throws java.io.IOException {
    String name = "the lock of " + store.describe(); // before it is taken: this may fail
    return new Taken<>(store.lock(purpose), name);
  }

  @Override
  public void close() {
    try {
      it.close();
    } catch (Exception | Error e) {
      log.warn("{} could not be given back", name, e);
    }
  }
}
