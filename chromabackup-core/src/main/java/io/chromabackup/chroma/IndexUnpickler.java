package io.chromabackup.chroma;

import io.chromabackup.files.Interruption;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;
import org.jspecify.annotations.Nullable;

/**
 * Reads the one kind of pickle that Chroma writes, as plain data. Only opcodes that it needs are
 * obeyed; nothing is ever constructed or called, and no length in the file is believed before it
 * was compared with what is left of it.
 */
final class IndexUnpickler extends Unpickler {
  /** Both writers close a batch after 1000 pairs. */
  private static final int DEEPEST_STACK = 10_000;

  private static final int LONGEST_TEXT = 1 << 23;
  private static final int LONGEST_BATCH = 1 << 24;
  private static final int LONGEST_NAME = 256;
  private static final String MODULE = "chromadb.segment.impl.vector.local_persistent_hnsw";

  /** What the library does itself: numbers, marks and references. */
  private static final Set<Short> PLAIN =
      Set.of(
          Opcodes.PROTO,
          Opcodes.FRAME,
          Opcodes.STOP,
          Opcodes.MARK,
          Opcodes.NONE,
          Opcodes.NEWTRUE,
          Opcodes.NEWFALSE,
          Opcodes.BININT,
          Opcodes.BININT1,
          Opcodes.BININT2,
          Opcodes.LONG1,
          Opcodes.EMPTY_TUPLE,
          Opcodes.MEMOIZE,
          Opcodes.BINPUT,
          Opcodes.LONG_BINPUT,
          Opcodes.BINGET,
          Opcodes.LONG_BINGET);

  private static final Set<Short> REFERENCES = Set.of(Opcodes.BINGET, Opcodes.LONG_BINGET);

  /** Stands for Python's class, and for its object until that has got its fields. */
  private enum PersistentData {
    CLASS,
    OBJECT
  }

  private final IndexIds.Sink sink;
  private final IndexIds.CountingInput in;
  private long pendingBytes;
  private int opcodes;

  IndexUnpickler(IndexIds.Sink sink, Map<Integer, Object> memo, IndexIds.CountingInput in) {
    this.sink = sink;
    this.memo = memo;
    this.in = in;
  }

  @Override
  protected Object dispatch(short opcode) throws IOException {
    if (++opcodes % 4096 == 0) {
      Interruption.check();
    }
    if (stack.size() > DEEPEST_STACK) {
      throw new PickleException("it is nested too deeply");
    }
    switch (opcode) {
      case Opcodes.SHORT_BINUNICODE -> text(PickleUtils.readbyte(in));
      case Opcodes.BINUNICODE -> text(PickleUtils.bytes_to_uint(PickleUtils.readbytes(in, 4), 0));
      case Opcodes.BINUNICODE8 -> text(PickleUtils.bytes_to_long(PickleUtils.readbytes(in, 8), 0));
      case Opcodes.EMPTY_DICT -> stack.add(dict(stack.size() == 0 ? null : stack.peek()));
      case Opcodes.SETITEM -> setItem();
      case Opcodes.SETITEMS -> setItems();
      case Opcodes.GLOBAL -> global(name(), name());
      case Opcodes.STACK_GLOBAL -> stackGlobal();
      case Opcodes.NEWOBJ -> newObject();
      case Opcodes.BUILD -> build();
      default -> {
        return plain(opcode);
      }
    }
    return NO_RETURN_VALUE;
  }

  private Object plain(short opcode) throws IOException {
    if (!PLAIN.contains(opcode)) {
      throw new PickleException(
          "opcode 0x%02x at byte %,d has no place in it".formatted(opcode, in.position() - 1));
    }
    Object value = super.dispatch(opcode);
    if (REFERENCES.contains(opcode) && stack.peek() instanceof String text) {
      takePending(text.length());
    }
    return value;
  }

  private void text(long length) throws IOException {
    if (length < 0 || length > in.remaining()) {
      throw new EOFException("it ends inside a string");
    }
    takePending(length);
    stack.add(new String(PickleUtils.readbytes(in, (int) length), StandardCharsets.UTF_8));
  }

  /** What is on the stack is in memory, each reference to a string as one of its own. */
  private void takePending(long length) {
    pendingBytes += length;
    if (length > LONGEST_TEXT || pendingBytes > LONGEST_BATCH) {
      throw new PickleException("a string of %,d bytes is no id".formatted(length));
    }
  }

  /** A dict's role is known when it is opened: its key is what was pushed before it. */
  private PickledDict dict(@Nullable Object before) {
    return before instanceof String field
        ? PickledDict.ofField(field, sink)
        : new PickledDict.Fields();
  }

  private void setItem() {
    Object value = stack.pop();
    Object key = stack.pop();
    ((PickledDict) stack.peek()).put(key, value);
    pendingBytes = 0;
  }

  private void setItems() {
    List<Object> items = stack.pop_all_since_marker();
    PickledDict dict = (PickledDict) stack.peek();
    for (int i = 0; i < items.size(); i += 2) {
      dict.put(items.get(i), items.get(i + 1));
    }
    pendingBytes = 0;
  }

  private String name() throws IOException {
    StringBuilder name = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0 || name.length() == LONGEST_NAME) {
        throw new PickleException("it ends inside a name");
      }
      name.append((char) next);
    }
    return name.toString();
  }

  private void stackGlobal() {
    String name = (String) stack.pop();
    global((String) stack.pop(), name);
  }

  private void global(String module, String name) {
    if (!module.equals(MODULE) || !name.equals("PersistentData")) {
      throw new PickleException("it wants the class %s.%s, refused".formatted(module, name));
    }
    stack.add(PersistentData.CLASS);
  }

  private void newObject() {
    Object[] arguments = (Object[]) stack.pop();
    if (arguments.length > 0 || stack.pop() != PersistentData.CLASS) {
      throw new PickleException("it constructs an object, refused");
    }
    stack.add(PersistentData.OBJECT);
  }

  private void build() {
    PickledDict.Fields fields = (PickledDict.Fields) stack.pop();
    if (stack.pop() != PersistentData.OBJECT) {
      throw new PickleException("it sets the fields of something unknown");
    }
    stack.add(fields);
  }
}
