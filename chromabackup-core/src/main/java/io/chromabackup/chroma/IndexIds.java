package io.chromabackup.chroma;

import io.chromabackup.files.Interruption;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import net.razorvine.pickle.PickleException;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code index_metadata.pickle}, which says which id each vector belongs to. The pairs are
 * handed on as they come, so that a pickle may be larger than the heap.
 *
 * <p>Rust (Chroma 1.x) writes a dict, Python (up to 0.6) an object of class {@code PersistentData}
 * with the same fields. Source: {@code rust/segment/src/local_hnsw.rs}, {@code
 * chromadb/segment/impl/vector/local_persistent_hnsw.py}.
 *
 * @param dimension the length of the vectors, if the pickle says so; Rust often does not
 * @param watermark the last queue row that the index has taken in, as Chroma before 0.5.6 kept it
 *     here; newer versions keep it in the database
 */
record IndexIds(OptionalInt dimension, OptionalLong watermark) {
  /** Takes the pairs of both directions, in the order of the file. */
  interface Sink {
    void idToLabel(String id, long label);

    void labelToId(long label, String id);
  }

  /**
   * Reads the file to its end.
   *
   * @param memo where a Python pickle's strings are kept while it is read
   * @throws PickleDamageException if the content is not what Chroma writes
   */
  static IndexIds read(Path file, Sink sink, Map<Integer, Object> memo)
      throws IOException, PickleDamageException {
    try (CountingInput in = new CountingInput(Files.newInputStream(file), Files.size(file))) {
      IndexIds ids = parse(in, sink, memo);
      if (in.remaining() > 0) {
        throw new PickleDamageException(
            "%,d bytes follow its end: two versions of it are mixed".formatted(in.remaining()));
      }
      return ids;
    }
  }

  private static IndexIds parse(CountingInput in, Sink sink, Map<Integer, Object> memo)
      throws IOException, PickleDamageException {
    try {
      return of(new IndexUnpickler(sink, memo, in).load(in));
    } catch (InterruptedIOException e) {
      throw e;
    } catch (UncheckedIOException e) {
      throw Objects.requireNonNull(e.getCause());
    } catch (IOException | PickleException | IllegalArgumentException | ArithmeticException e) {
      throw new PickleDamageException("torn or damaged: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw new PickleDamageException("torn or damaged: its operations do not fit together", e);
    }
  }

  private static IndexIds of(@Nullable Object root) throws PickleDamageException {
    if (!(root instanceof PickledDict.Fields fields) || !fields.hasIds()) {
      throw new PickleDamageException("it is not the id map of a Chroma index");
    }
    OptionalLong dimension = number(fields.get("dimensionality"));
    OptionalLong watermark = number(fields.get("max_seq_id"));
    return new IndexIds(
        dimension.isPresent()
            ? OptionalInt.of(Math.toIntExact(dimension.getAsLong()))
            : OptionalInt.empty(),
        watermark);
  }

  private static OptionalLong number(@Nullable Object value) {
    return value == null ? OptionalLong.empty() : OptionalLong.of(integer(value));
  }

  /** An int of Python as a long. */
  static long integer(@Nullable Object value) {
    if (value instanceof BigInteger big) {
      return big.longValueExact();
    }
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    throw new IllegalArgumentException("a number was expected");
  }

  /**
   * Knows how much is left, and tells a broken disk from a pickle that ends too early: the library
   * says both with an IOException.
   */
  static final class CountingInput extends FilterInputStream {
    private final long size;
    private long remaining;

    CountingInput(InputStream in, long size) {
      super(new BufferedInputStream(in, 1 << 16));
      this.size = size;
      this.remaining = size;
    }

    long position() {
      return size - remaining;
    }

    long remaining() {
      return remaining;
    }

    @Override
    public int read() {
      try {
        int next = super.read();
        remaining -= next < 0 ? remaining : 1;
        return next;
      } catch (IOException e) {
        throw new UncheckedIOException(Interruption.normalise(e));
      }
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      try {
        int count = super.read(target, offset, length);
        remaining -= count < 0 ? remaining : count;
        return count;
      } catch (IOException e) {
        throw new UncheckedIOException(Interruption.normalise(e));
      }
    }
  }
}
