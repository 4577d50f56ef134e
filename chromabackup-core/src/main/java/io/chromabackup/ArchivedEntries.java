package io.chromabackup;

import io.chromabackup.chroma.Printable;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/**
 * The entries of an archive, one after the other, none of which is believed: only plain files and
 * directories, with headers of a bounded size. Closing it has the decoder freed and leaves the
 * stored bytes open.
 */
final class ArchivedEntries implements Closeable {
  private static final int MAX_SHOWN = 200;

  /** What a byte of a manifest may become at worst, and half as much for the others. */
  private static final int MEMORY_PER_BYTE = 16;

  private final BoundedHeaders decoded;
  private final TarArchiveInputStream tar;
  private String previous = "the beginning";

  private ArchivedEntries(InputStream decompressed) throws IOException {
    decoded = new BoundedHeaders(decompressed);
    tar = new TarArchiveInputStream(decoded, StandardCharsets.UTF_8.name());
  }

  /** For who looks at the first ones. */
  static ArchivedEntries firstOf(InputStream stored) throws IOException {
    return new ArchivedEntries(ArchiveCompression.decompressing(stored));
  }

  /** For who reads all of them. */
  static ArchivedEntries allOf(InputStream stored) throws IOException {
    return new ArchivedEntries(ArchiveCompression.decompressingAhead(stored));
  }

  /** The next one; null at the end. */
  @Nullable TarArchiveEntry next() throws IOException {
    TarArchiveEntry header = nextHeader();
    if (header == null) {
      return null;
    }
    if (!header.isCheckSumOK()) {
      throw new IOException("the header of " + shown(header) + " is damaged");
    }
    if (header.getName().isEmpty()) {
      throw new IOException("it has an entry with no name");
    }
    if (!isFile(header) && !header.isDirectory()) {
      throw new IOException(
          shown(header) + " is neither a file nor a directory, and is not unpacked");
    }
    return header;
  }

  /** The content before it has been read: what is read here is header. */
  private @Nullable TarArchiveEntry nextHeader() throws IOException {
    decoded.beginHeader();
    try {
      TarArchiveEntry header = tar.getNextEntry();
      previous = header == null ? "all entries" : shown(header);
      return header;
    } catch (EOFException | InterruptedIOException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new IOException("what follows " + previous + " is no entry: " + e.getMessage(), e);
    } finally {
      decoded.endHeader();
    }
  }

  /** Of the kinds of tar entries, only the plain one: no links, devices, fifos, sparse files. */
  static boolean isFile(TarArchiveEntry header) {
    byte kind = header.getLinkFlag();
    return (kind == TarConstants.LF_NORMAL || kind == TarConstants.LF_OLDNORM)
        && !header.isDirectory()
        && !header.isSparse();
  }

  /** A name as a terminal and a log may see it. */
  static String shown(TarArchiveEntry header) {
    String name = Printable.of(header.getName());
    return name.length() > MAX_SHOWN ? name.substring(0, MAX_SHOWN) + "…" : name;
  }

  /** What the entry that was read last holds; ends with it. */
  InputStream content() {
    return tar;
  }

  /** All of the entry that was read last, which is a text that this library wrote. */
  byte[] text(TarArchiveEntry header) throws IOException {
    if (header.getSize() > ArchiveLayout.MAX_MANIFEST_BYTES) {
      throw new IOException(
          "%s has %d bytes, which cannot be".formatted(shown(header), header.getSize()));
    }
    requireMemory(shown(header), header.getSize());
    return tar.readNBytes((int) header.getSize());
  }

  /**
   * Refuses a text that this process could not read.
   *
   * @throws Unsupported if it is so long
   */
  static void requireMemory(String name, long bytes) throws Unsupported {
    long memory = Runtime.getRuntime().maxMemory();
    if (bytes > memory / MEMORY_PER_BYTE) {
      throw new Unsupported(
          "%s has %,d bytes, which is too much for a process with %,d bytes of memory. Give it more (-Xmx)"
              .formatted(name, bytes, memory));
    }
  }

  /**
   * Only at its end does a decoder compare its checksum. After a tar's end there is only padding.
   */
  void drain() throws IOException {
    byte[] buffer = new byte[Digests.BUFFER];
    for (int n; (n = decoded.read(buffer)) >= 0; ) {
      for (int i = 0; i < n; i++) {
        if (buffer[i] != 0) {
          throw new IOException("there is something behind its end");
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }
}
