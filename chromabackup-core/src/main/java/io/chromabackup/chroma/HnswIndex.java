package io.chromabackup.chroma;

import io.chromabackup.files.Interruption;
import io.chromabackup.files.Present;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The four binary files of a vector index. Each is read once from front to back, and no size in
 * them is believed before it was compared with the size of the file. They are checked for what
 * makes a server crash or lose vectors; whether the vectors' values are right cannot be told.
 */
final class HnswIndex {
  /** Takes the label of each vector that is not marked as deleted. */
  interface LabelSink {
    void accept(long label) throws IOException, SQLException;
  }

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int BUFFER = 1 << 18;
  private static final int DELETED = 1 << 16;
  private static final int LINK_COUNT = 0xffff;
  private static final int CHECK_EVERY = 4096;

  private final Path directory;
  private final Findings findings;

  HnswIndex(Path directory, Findings findings) {
    this.directory = directory;
    this.findings = findings;
  }

  /** Reads and checks the header; null, and a fault, if it is not plausible. */
  @Nullable HnswHeader header() throws IOException {
    Path file = present(ChromaLayout.HEADER);
    if (file == null) {
      return null;
    }
    if (Files.size(file) != HnswHeader.BYTES) {
      fault(file, "has %,d bytes, not %d".formatted(Files.size(file), HnswHeader.BYTES));
      return null;
    }
    HnswHeader header = HnswHeader.parse(Files.readAllBytes(file));
    String problem = header.problem();
    if (problem != null) {
      fault(file, "is torn or damaged: " + problem);
      return null;
    }
    return header;
  }

  /** Checks the other three files against the header; true if all labels were handed on. */
  boolean check(HnswHeader header, LabelSink labels) throws IOException, SQLException {
    Path vectors = present(ChromaLayout.VECTORS);
    boolean complete =
        vectors != null
            && holds(vectors, header.count(), header.elementSize())
            && checkVectors(vectors, header, labels);
    Path lengths = present(ChromaLayout.LENGTHS);
    if (lengths != null) {
      holds(lengths, header.count(), Float.BYTES);
    }
    Path links = present(ChromaLayout.LINKS);
    if (links != null) {
      checkLinks(links, header);
    }
    return complete;
  }

  private @Nullable Path present(String name) throws IOException {
    Path file = directory.resolve(name);
    if (!Present.fileBehind(file)) {
      fault(file, "is missing");
      return null;
    }
    return file;
  }

  private boolean holds(Path file, long count, long size) throws IOException {
    boolean enough = Files.size(file) / size >= count;
    if (!enough) {
      fault(
          file,
          "was cut short: %,d bytes are too few for the %,d vectors that %s counts"
              .formatted(Files.size(file), count, ChromaLayout.HEADER));
    }
    return enough;
  }

  private boolean checkVectors(Path file, HnswHeader header, LabelSink labels)
      throws IOException, SQLException {
    byte[] links = new byte[(int) header.links0Size()];
    ByteBuffer label = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (InputStream in = open(file)) {
      for (long element = 0; element < header.count(); element++) {
        checkInterruption(element);
        readFully(in, links);
        in.skipNBytes(header.labelOffset() - header.vectorOffset());
        readFully(in, label.array());
        if (!areLinksSound(links, header)) {
          fault(file, "vector %,d links to one that is not there".formatted(element));
          return false;
        }
        if ((intAt(links, 0) & DELETED) == 0) {
          labels.accept(label.getLong(0));
        }
      }
    }
    return true;
  }

  private void checkLinks(Path file, HnswHeader header) throws IOException {
    long left = Files.size(file);
    byte[] size = new byte[Integer.BYTES];
    byte[] links = new byte[(int) header.linksSize()];
    try (InputStream in = open(file)) {
      for (long element = 0; element < header.count(); element++) {
        checkInterruption(element);
        left -= readFully(in, size);
        long bytes = Integer.toUnsignedLong(intAt(size, 0));
        if (bytes % links.length != 0 || bytes / links.length > header.topLevel() || bytes > left) {
          fault(
              file,
              "vector %,d has links of %,d bytes, which is impossible".formatted(element, bytes));
          return;
        }
        if (element == header.entryPoint() && bytes / links.length != header.topLevel()) {
          fault(
              directory.resolve(ChromaLayout.HEADER),
              "a search starts at vector %,d on level %d, but its links end at level %d"
                  .formatted(element, header.topLevel(), bytes / links.length));
        }
        if (!areLevelsSound(in, bytes / links.length, links, header)) {
          fault(file, "vector %,d links to one that is not there".formatted(element));
          return;
        }
        left -= bytes;
      }
    } catch (EOFException e) {
      fault(
          file, "was cut short: it ends before the last of %,d vectors".formatted(header.count()));
      return;
    }
    if (left > 0) {
      fault(file, "has %,d bytes after the last of %,d vectors".formatted(left, header.count()));
    }
  }

  private static boolean areLevelsSound(
      InputStream in, long levels, byte[] links, HnswHeader header) throws IOException {
    boolean sound = true;
    for (long level = 0; level < levels; level++) {
      readFully(in, links);
      sound &= areLinksSound(links, header);
    }
    return sound;
  }

  /** A link to an element that is not there makes a server read memory that is not its own. */
  private static boolean areLinksSound(byte[] links, HnswHeader header) {
    int count = intAt(links, 0) & LINK_COUNT;
    if (count >= links.length / Integer.BYTES) {
      return false;
    }
    for (int i = 1; i <= count; i++) {
      if (Integer.toUnsignedLong(intAt(links, i)) >= header.count()) {
        return false;
      }
    }
    return true;
  }

  private static int intAt(byte[] bytes, int index) {
    return (int) INTS.get(bytes, index * Integer.BYTES);
  }

  private static InputStream open(Path file) throws IOException {
    return new BufferedInputStream(Files.newInputStream(file), BUFFER);
  }

  private static int readFully(InputStream in, byte[] target) throws IOException {
    if (in.readNBytes(target, 0, target.length) < target.length) {
      throw new EOFException();
    }
    return target.length;
  }

  private static void checkInterruption(long element) throws IOException {
    if (element % CHECK_EVERY == 0) {
      Interruption.check();
    }
  }

  private void fault(Path file, String problem) {
    findings.add(file, problem);
  }
}
