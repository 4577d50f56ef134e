package io.chromabackup.localfs;

import java.util.List;

/** The threads of a name, which nobody hands out. */
record Threads(String name) {
  List<Thread> atWork() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .toList();
  }

  void awaitEnd() throws InterruptedException {
    while (!atWork().isEmpty()) {
      Thread.sleep(10);
    }
  }

  /** Until one of them waits for what others do. */
  void awaitWaiting() throws InterruptedException {
    while (atWork().stream().noneMatch(thread -> thread.getState() == Thread.State.WAITING)) {
      Thread.sleep(10);
    }
  }
}
