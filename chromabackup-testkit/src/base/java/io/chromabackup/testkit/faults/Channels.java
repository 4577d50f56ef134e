package io.chromabackup.testkit.faults;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** What is open, to be closed when the power is back: nothing survives that. */
final class Channels {
  private final Set<Closeable> open = Collections.newSetFromMap(new IdentityHashMap<>());

  synchronized void opened(Closeable channel) {
    open.add(channel);
  }

  synchronized void closed(Closeable channel) {
    open.remove(channel);
  }

  void closeAll() throws IOException {
    List<Closeable> left;
    synchronized (this) {
      left = new ArrayList<>(open);
      open.clear();
    }
    for (Closeable channel : left) {
      channel.close();
    }
  }
}
