package io.chromabackup.testkit.faults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts what is done, and has the chosen step fail. Safe for use by several threads. */
final class Steps {
  /** What a step does. */
  enum Kind {
    LOOK,
    READ,
    /** Changes something, and takes space. */
    FILL,
    /** Changes something. */
    CHANGE
  }

  /** Something that is done to a file system. */
  interface Step<T> {
    T take() throws IOException;
  }

  /** Writes what a buffer has left; it may be less than there is to write. */
  interface Write {
    int of(ByteBuffer bytes) throws IOException;
  }

  /** What somebody else does. */
  interface Event {
    void happen() throws IOException;
  }

  private final List<String> taken = new ArrayList<>();
  private final Map<String, Event> events = new ConcurrentHashMap<>();
  private int chosen;
  private boolean lasting;
  private Fault fault = Fault.IO_ERROR;
  private boolean cutsPower;
  private boolean dark;

  synchronized void plan(int step, Fault how, boolean forGood) {
    reset();
    chosen = step;
    fault = how;
    lasting = forGood;
  }

  synchronized void planPowerCut(int step) {
    reset();
    chosen = step;
    cutsPower = true;
  }

  /** Once, after the next step of that name. */
  void after(String step, Event event) {
    events.put(step, event);
  }

  /** Forgets plan and steps. */
  synchronized void reset() {
    taken.clear();
    chosen = 0;
    lasting = false;
    cutsPower = false;
    dark = false;
  }

  synchronized List<String> taken() {
    return List.copyOf(taken);
  }

  synchronized int count() {
    return taken.size();
  }

  /** Takes a step, or fails. */
  <T> T take(Kind kind, String what, Path path, Step<T> step) throws IOException {
    boolean fails = count(kind, what, path);
    if (!fails) {
      T result = step.take();
      happenAfter(what + " " + path);
      happenAfter(what + " *");
      return result;
    }
    if (fault == Fault.IO_ERROR_AFTER) {
      step.take();
    }
    throw failure(kind, what, path);
  }

  private void happenAfter(String step) throws IOException {
    Event event = events.remove(step);
    if (event != null) {
      event.happen();
    }
  }

  /** Writes; a part of it may be all that is written. */
  int write(String what, Path path, ByteBuffer bytes, Write write) throws IOException {
    boolean fails = count(Kind.FILL, what, path);
    if (!fails) {
      return write.of(bytes);
    }
    if (fault == Fault.IO_ERROR_AFTER) {
      write.of(bytes);
    }
    if (fault != Fault.SHORT_WRITE) {
      throw failure(Kind.FILL, what, path);
    }
    int limit = bytes.limit();
    bytes.limit(bytes.position() + (bytes.remaining() + 1) / 2);
    try {
      return write.of(bytes);
    } finally {
      bytes.limit(limit);
    }
  }

  /** Returns whether this step is one that fails; throws if the power is off. */
  private synchronized boolean count(Kind kind, String what, Path path) throws PowerLost {
    if (dark) {
      throw new PowerLost(what + " " + path + ", later");
    }
    taken.add(what + " " + path);
    if (cutsPower && taken.size() == chosen) {
      dark = true;
      throw new PowerLost("step " + chosen + ": " + what + " " + path);
    }
    if (cutsPower || chosen == 0) {
      return false;
    }
    return taken.size() == chosen || (lasting && taken.size() > chosen && meets(kind));
  }

  /** Whether a trouble that lasts is met by such a step. */
  private boolean meets(Kind kind) {
    return kind == Kind.FILL || (fault != Fault.NO_SPACE && fault != Fault.SHORT_WRITE);
  }

  private IOException failure(Kind kind, String what, Path path) {
    String at = "injected at step " + chosen + ": " + what;
    return switch (fault) {
      case NO_SPACE ->
          kind == Kind.FILL
              ? new FileSystemException(path.toString(), null, "No space left on device")
              : new IOException(at + " " + path);
      case ACCESS_DENIED -> new AccessDeniedException(path.toString(), null, at);
      case RUNTIME_EXCEPTION -> throw new IllegalStateException(at + " " + path);
      case ERROR -> throw new InternalError(at + " " + path);
      default -> new IOException(at + " " + path);
    };
  }
}
