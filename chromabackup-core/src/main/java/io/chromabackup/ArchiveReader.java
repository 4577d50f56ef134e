package io.chromabackup;

import io.chromabackup.files.PortionedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.jspecify.annotations.Nullable;

/**
 * Reads one archive from its first byte to its last, and holds all of it against its manifest.
 *
 * <p>Errors are told apart by the side that raised them: what the store throws passes through, and
 * so does what the sink throws; all else means that the archive is damaged.
 *
 * <p>An archive may come from anywhere, so what it can make this take is limited: a manifest and
 * checksums to {@link ArchiveLayout#MAX_MANIFEST_BYTES} and to a part of the memory, everything
 * before the content of an entry to {@link BoundedHeaders#MAX_HEADER_BYTES}, entries without a
 * manifest to {@link #MAX_LEGACY_ENTRIES}, a path to {@link ArchivedPaths#MAX_LENGTH} characters
 * and all paths to {@link ArchivedPaths#MAX_TOTAL}. How much content there is, is limited by the
 * manifest, or by the space that there is ({@link SpaceReserve}).
 */
final class ArchiveReader {
  /** What Chroma has is some six per collection; with a manifest its size is the limit. */
  static final int MAX_LEGACY_ENTRIES = 100_000;

  private static final EntrySink UNREAD = (entry, content) -> {};

  private final String name;
  private final WatchedStream stored;

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
          try (ArchivedEntries tar = ArchivedEntries.firstOf(stored)) {
            TarArchiveEntry first = tar.next();
            return first != null && first.getName().equals(ArchiveLayout.MANIFEST)
                ? Optional.of(ManifestJson.read(tar.text(first)))
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
          try (HashingThread hashing = new HashingThread();
              ArchivedEntries tar = ArchivedEntries.allOf(stored)) {
            Optional<Manifest> manifest = readAll(tar, hashing, sink);
            tar.drain();
            return manifest;
          }
        });
  }

  /** Reads everything, and compares it with its digests alone. */
  Optional<Manifest> readThrough() throws IOException {
    return transferTo(UNREAD);
  }

  private Optional<Manifest> readAll(ArchivedEntries tar, HashingThread hashing, EntrySink sink)
      throws IOException {
    TarArchiveEntry first = tar.next();
    if (first != null && first.getName().equals(ArchiveLayout.MANIFEST)) {
      return Optional.of(readOwn(tar, hashing, first, sink));
    }
    readLegacy(tar, hashing, first, sink);
    return Optional.empty();
  }

  /** Everything must be there, as the manifest says, in its order, and nothing else. */
  private Manifest readOwn(
      ArchivedEntries tar, HashingThread hashing, TarArchiveEntry first, EntrySink sink)
      throws IOException {
    byte[] json = tar.text(first);
    Manifest manifest = ManifestJson.read(json);
    for (Manifest.File file : manifest.files()) {
      TarArchiveEntry header = tar.next();
      requireSame(file.entry(), header);
      String sha256 = deliver(tar, hashing, file.entry(), sink);
      if (file.sha256() != null && !file.sha256().equals(sha256)) {
        throw new IOException(file.entry().path() + " does not have the content it was made with");
      }
    }
    TarArchiveEntry last = tar.next();
    if (last == null) {
      throw new IOException("it is cut short: " + ArchiveLayout.CHECKSUMS + " is missing");
    }
    if (!last.getName().equals(ArchiveLayout.CHECKSUMS)) {
      throw new IOException(
          "it has " + ArchivedEntries.shown(last) + ", which its manifest does not list");
    }
    if (!Arrays.equals(tar.text(last), Checksums.of(manifest, json))) {
      throw new IOException(ArchiveLayout.CHECKSUMS + " does not agree with its content");
    }
    TarArchiveEntry extra = tar.next();
    if (extra != null) {
      throw new IOException(ArchivedEntries.shown(extra) + " does not belong in it");
    }
    return manifest;
  }

  /** What kind it is its name tells: that of a directory ends in a slash, and no file's does. */
  private static void requireSame(Entry expected, @Nullable TarArchiveEntry header)
      throws IOException {
    String expectedName = ArchiveLayout.nameOf(expected);
    if (header == null) {
      throw new IOException("it is cut short: " + expectedName + " is missing");
    }
    if (!header.getName().equals(expectedName) || header.getSize() != expected.size()) {
      throw new IOException(
          "it has %s (%d bytes) where its manifest has %s (%d bytes)"
              .formatted(
                  ArchivedEntries.shown(header), header.getSize(), expectedName, expected.size()));
    }
  }

  /** An archive of the shell scripts: {@code chroma/} and what was in it, with no manifest. */
  private void readLegacy(
      ArchivedEntries tar, HashingThread hashing, @Nullable TarArchiveEntry first, EntrySink sink)
      throws IOException {
    ArchivedPaths paths = new ArchivedPaths(MAX_LEGACY_ENTRIES);
    boolean any = false;
    for (TarArchiveEntry header = first; header != null; header = tar.next()) {
      String entryName = header.getName().replaceFirst("^(\\./)+", "");
      if (entryName.isEmpty()) {
        continue;
      }
      if (!entryName.startsWith(ArchiveLayout.DATA)) {
        throw new IOException(
            "it has " + ArchivedEntries.shown(header) + ", which no Chroma archive has");
      }
      any = true;
      if (entryName.equals(ArchiveLayout.DATA)) {
        continue;
      }
      Entry entry = entry(entryName, header);
      paths.add(entry);
      boolean chromas = ArchiveLayout.isChromas(entry.path());
      deliver(tar, hashing, entry, chromas ? sink : UNREAD);
    }
    if (!any) {
      throw new IOException("there is nothing in it");
    }
  }

  private static Entry entry(String entryName, TarArchiveEntry header) throws IOException {
    boolean file = ArchivedEntries.isFile(header);
    try {
      return new Entry(
          ArchiveLayout.pathOf(entryName),
          file ? Entry.Type.FILE : Entry.Type.DIRECTORY,
          file ? header.getSize() : 0,
          header.getLastModifiedTime().toInstant(),
          header.getMode(),
          new Entry.Owner(header.getLongUserId(), header.getLongGroupId()));
    } catch (IllegalArgumentException e) {
      throw new IOException("it has " + ArchivedEntries.shown(header) + ": " + e.getMessage(), e);
    }
  }

  /** Returns the SHA-256 of what was delivered. */
  private String deliver(ArchivedEntries tar, HashingThread hashing, Entry entry, EntrySink sink)
      throws IOException {
    EntryContent content = new EntryContent(tar.content(), entry.size(), hashing.new Digest());
    try {
      sink.accept(entry, content);
      return content.finish();
    } catch (InterruptedIOException e) {
      throw e; // whoever noticed it: it says nothing of the archive
    } catch (IOException | RuntimeException e) {
      if (content.failed()) {
        throw new IOException(entry.path() + " cannot be read to its end: " + problem(e), e);
      }
      throw new SinkFailure(e);
    }
  }

  private <T> T guarded(Reading<T> reading) throws IOException {
    try {
      return reading.run();
    } catch (SinkFailure e) {
      throw e.rethrow();
    } catch (InterruptedIOException | ChromaBackupException.CompressionUnavailable e) {
      throw e;
    } catch (Unsupported e) {
      throw new ChromaBackupException.ArchiveUnsupported(name, problem(e));
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
  private static final class WatchedStream extends PortionedInputStream {
    private final InputStream in;
    private @Nullable IOException failure;

    WatchedStream(InputStream in) {
      this.in = in;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return in.read(buffer, offset, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      } catch (RuntimeException e) { // of a client that knows no other
        failure = new IOException("the store cannot be read: " + e, e);
        throw failure;
      }
    }
  }
}
