package io.chromabackup;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads one archive from its first byte to its last, and holds all of it against its manifest.
 *
 * <p>Errors are told apart by the side that raised them: what the store throws passes through, and
 * so does what the sink throws; all else means that the archive is damaged.
 *
 * <p>An archive may come from anywhere, so what it can make this take is limited: a manifest and
 * checksums to {@link ArchiveLayout#MAX_MANIFEST_BYTES}, everything before the content of an entry
 * to {@link BoundedHeaders#MAX_HEADER_BYTES}, entries without a manifest to {@link
 * #MAX_LEGACY_ENTRIES}, a path to {@link ArchivedPaths#MAX_LENGTH} characters and all paths to
 * {@link ArchivedPaths#MAX_TOTAL}. How much content there is, is limited by the manifest, or by the
 * space that there is ({@link SpaceReserve}).
 */
final class ArchiveReader {
  /** What Chroma has is some six per collection; with a manifest its size is the limit. */
  static final int MAX_LEGACY_ENTRIES = 100_000;

  private static final int MAX_SHOWN = 200;
  private static final EntrySink UNREAD = (entry, content) -> {};

  private final String name;
  private final WatchedStream stored;
  private @Nullable BoundedHeaders decoded;
  private String previous = "the beginning";

  /**
   * Reads an archive.
   *
   * @param name names the archive in errors
   * @param in its bytes; not closed here
   */
  ArchiveReader(String name, InputStream in) {
    this.name = name;
    this.stored = new WatchedStream(in);
  }

  /** Reads no more than the manifest; empty if it has none, as the archives of the scripts. */
  Optional<Manifest> manifest() throws IOException {
    return guarded(
        () -> {
          try (TarArchiveInputStream tar = open()) {
            TarArchiveEntry first = next(tar);
            return first != null && first.getName().equals(ArchiveLayout.MANIFEST)
                ? Optional.of(ManifestJson.read(text(tar, first)))
                : Optional.<Manifest>empty();
          }
        });
  }

  /**
   * Reads everything, and hands the data directory to {@code sink}.
   *
   * @return the manifest; empty if the archive has none
   */
  Optional<Manifest> transferTo(EntrySink sink) throws IOException {
    return guarded(
        () -> {
          try (TarArchiveInputStream tar = open()) {
            Optional<Manifest> manifest = readAll(tar, sink);
            drain(tar);
            return manifest;
          }
        });
  }

  private Optional<Manifest> readAll(TarArchiveInputStream tar, EntrySink sink) throws IOException {
    TarArchiveEntry first = next(tar);
    if (first != null && first.getName().equals(ArchiveLayout.MANIFEST)) {
      return Optional.of(readOwn(tar, first, sink));
    }
    readLegacy(tar, first, sink);
    return Optional.empty();
  }

  /** Closing it frees the decoder and leaves the stored bytes open. */
  private TarArchiveInputStream open() throws IOException {
    GzipCompressorInputStream gzip =
        GzipCompressorInputStream.builder()
            .setInputStream(new BufferedInputStream(stored, Digests.BUFFER))
            .setDecompressConcatenated(true)
            .get();
    BoundedHeaders bounded = new BoundedHeaders(gzip);
    decoded = bounded;
    return new TarArchiveInputStream(bounded, StandardCharsets.UTF_8.name());
  }

  /** Everything must be there, as the manifest says, in its order, and nothing else. */
  private Manifest readOwn(TarArchiveInputStream tar, TarArchiveEntry first, EntrySink sink)
      throws IOException {
    byte[] json = text(tar, first);
    Manifest manifest = ManifestJson.read(json);
    for (Manifest.File file : manifest.files()) {
      TarArchiveEntry header = next(tar);
      requireSame(file.entry(), header);
      String sha256 = deliver(tar, file.entry(), sink);
      if (file.sha256() != null && !file.sha256().equals(sha256)) {
        throw new IOException(file.entry().path() + " does not have the content it was made with");
      }
    }
    TarArchiveEntry last = next(tar);
    if (last == null) {
      throw new IOException("it is cut short: " + ArchiveLayout.CHECKSUMS + " is missing");
    }
    if (!last.getName().equals(ArchiveLayout.CHECKSUMS)) {
      throw new IOException("it has " + shown(last) + ", which its manifest does not list");
    }
    if (!Arrays.equals(text(tar, last), Checksums.of(manifest, json))) {
      throw new IOException(ArchiveLayout.CHECKSUMS + " does not agree with its content");
    }
    TarArchiveEntry extra = next(tar);
    if (extra != null) {
      throw new IOException(shown(extra) + " does not belong in it");
    }
    return manifest;
  }

  private static void requireSame(Entry expected, @Nullable TarArchiveEntry header)
      throws IOException {
    String expectedName = ArchiveLayout.nameOf(expected);
    if (header == null) {
      throw new IOException("it is cut short: " + expectedName + " is missing");
    }
    if (!header.getName().equals(expectedName)
        || header.getSize() != expected.size()
        || isFile(header) != expected.isFile()) {
      throw new IOException(
          "it has %s (%d bytes) where its manifest has %s (%d bytes)"
              .formatted(shown(header), header.getSize(), expectedName, expected.size()));
    }
  }

  /** An archive of the shell scripts: {@code chroma/} and what was in it, with no manifest. */
  private void readLegacy(
      TarArchiveInputStream tar, @Nullable TarArchiveEntry first, EntrySink sink)
      throws IOException {
    ArchivedPaths paths = new ArchivedPaths(MAX_LEGACY_ENTRIES);
    boolean any = false;
    for (TarArchiveEntry header = first; header != null; header = next(tar)) {
      requireName(header);
      String entryName = header.getName().replaceFirst("^(\\./)+", "");
      if (entryName.isEmpty()) {
        continue;
      }
      if (!entryName.startsWith(ArchiveLayout.DATA)) {
        throw new IOException("it has " + shown(header) + ", which no Chroma archive has");
      }
      any = true;
      if (entryName.equals(ArchiveLayout.DATA)) {
        continue;
      }
      Entry entry = entry(entryName, header);
      paths.add(entry);
      boolean chromas = ArchiveLayout.isChromas(entry.path());
      deliver(tar, entry, chromas ? sink : UNREAD);
    }
    if (!any) {
      throw new IOException("there is nothing in it");
    }
  }

  private static Entry entry(String entryName, TarArchiveEntry header) throws IOException {
    boolean file = isFile(header);
    try {
      return new Entry(
          ArchiveLayout.pathOf(entryName),
          file ? Entry.Type.FILE : Entry.Type.DIRECTORY,
          file ? header.getSize() : 0,
          header.getLastModifiedTime().toInstant(),
          header.getMode(),
          new Entry.Owner(header.getLongUserId(), header.getLongGroupId()));
    } catch (IllegalArgumentException e) {
      throw new IOException("it has " + shown(header) + ": " + e.getMessage(), e);
    }
  }

  private static void requireName(TarArchiveEntry header) throws IOException {
    if (header.getName().isEmpty()) {
      throw new IOException("it has an entry with no name");
    }
  }

  /** A name as a terminal and a log may see it. */
  private static String shown(TarArchiveEntry header) {
    String entryName = header.getName().replaceAll("\\p{Cntrl}", "?");
    return entryName.length() > MAX_SHOWN ? entryName.substring(0, MAX_SHOWN) + "…" : entryName;
  }

  private @Nullable TarArchiveEntry next(TarArchiveInputStream tar) throws IOException {
    TarArchiveEntry header = nextHeader(tar);
    if (header == null) {
      return null;
    }
    if (!header.isCheckSumOK()) {
      throw new IOException("the header of " + shown(header) + " is damaged");
    }
    if (!isFile(header) && !header.isDirectory()) {
      throw new IOException(
          shown(header) + " is neither a file nor a directory, and is not unpacked");
    }
    return header;
  }

  /** The content before it has been read: what is read here is header. */
  private @Nullable TarArchiveEntry nextHeader(TarArchiveInputStream tar) throws IOException {
    BoundedHeaders in = Objects.requireNonNull(decoded);
    in.beginHeader();
    try {
      TarArchiveEntry header = tar.getNextEntry();
      previous = header == null ? "all entries" : shown(header);
      return header;
    } catch (EOFException | InterruptedIOException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new IOException("what follows " + previous + " is no entry: " + e.getMessage(), e);
    } finally {
      in.endHeader();
    }
  }

  /** Of the kinds of tar entries, only the plain one: no links, devices, fifos, sparse files. */
  private static boolean isFile(TarArchiveEntry header) {
    byte kind = header.getLinkFlag();
    return (kind == TarConstants.LF_NORMAL || kind == TarConstants.LF_OLDNORM)
        && !header.isDirectory()
        && !header.isSparse();
  }

  /** Returns the SHA-256 of what was delivered. */
  private String deliver(TarArchiveInputStream tar, Entry entry, EntrySink sink)
      throws IOException {
    EntryContent content = new EntryContent(tar, entry.size());
    try {
      sink.accept(entry, content);
      return content.finish();
    } catch (IOException | RuntimeException e) {
      if (content.failed()) {
        throw new IOException(
            entry.path() + " cannot be read to its end: it is cut short or damaged", e);
      }
      throw new SinkFailure(e);
    }
  }

  private static byte[] text(TarArchiveInputStream tar, TarArchiveEntry header) throws IOException {
    if (header.getSize() > ArchiveLayout.MAX_MANIFEST_BYTES || !isFile(header)) {
      throw new IOException(
          "%s has %d bytes, which cannot be".formatted(shown(header), header.getSize()));
    }
    byte[] text = tar.readNBytes((int) header.getSize());
    if (text.length < header.getSize()) {
      throw new IOException("it is cut short in " + shown(header));
    }
    return text;
  }

  /** Only at its end does gzip compare its checksum. After a tar's end there is only padding. */
  private void drain(TarArchiveInputStream tar) throws IOException {
    InputStream rest = decoded == null ? tar : decoded;
    byte[] buffer = new byte[Digests.BUFFER];
    for (int n; (n = rest.read(buffer)) >= 0; ) {
      for (int i = 0; i < n; i++) {
        if (buffer[i] != 0) {
          throw new IOException("there is something behind its end");
        }
      }
    }
  }

  private <T> T guarded(Reading<T> reading) throws IOException {
    try {
      return reading.run();
    } catch (SinkFailure e) {
      throw e.rethrow();
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      if (stored.failure != null) {
        throw stored.failure;
      }
      throw new ChromaBackupException.ArchiveDamaged(name, problem(e), e);
    }
  }

  private static String problem(Exception e) {
    if (e instanceof EOFException) {
      return "it is cut short";
    }
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
  }

  @FunctionalInterface
  private interface Reading<T> {
    T run() throws IOException;
  }

  /** What the sink threw, on its way past the decoder. */
  private static final class SinkFailure extends IOException {
    private final Exception failure;

    SinkFailure(Exception failure) {
      super(failure);
      this.failure = failure;
    }

    IOException rethrow() {
      if (failure instanceof RuntimeException e) {
        throw e;
      }
      return (IOException) failure;
    }
  }

  /** Remembers whether it was this stream that failed. */
  private static final class WatchedStream extends InputStream {
    private final InputStream in;
    private @Nullable IOException failure;

    WatchedStream(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      int n = read(one, 0, 1);
      return n < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return in.read(buffer, offset, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
  }
}
