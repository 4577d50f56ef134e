package io.chromabackup;

import io.chromabackup.files.Interruption;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Writes an archive that stock tools read: an ordinary tar in ordinary gzip or Zstandard. The same
 * manifest and files give the same bytes.
 */
final class ArchiveWriter implements ContentWriter {
  private static final int OWN_MODE = 0600;

  private final ArchiveFormat format;
  private final Manifest manifest;
  private final EntrySource files;

  ArchiveWriter(ArchiveFormat format, Manifest manifest, EntrySource files) {
    this.format = format;
    this.manifest = manifest;
    this.files = files;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    byte[] json = ManifestJson.write(manifest);
    if (json.length > ArchiveLayout.MAX_MANIFEST_BYTES) {
      throw new IOException(
          "the manifest has %,d bytes, more than can be read back".formatted(json.length));
    }
    requireReadable(json);
    try (TarArchiveOutputStream tar = open(out)) {
      putText(tar, ArchiveLayout.MANIFEST, json);
      files.transferTo((entry, content) -> put(tar, entry, content));
      putText(tar, ArchiveLayout.CHECKSUMS, Checksums.of(manifest, json));
    }
  }

  private void requireReadable(byte[] json) throws IOException {
    try {
      ArchivedEntries.requireMemory(ArchiveLayout.MANIFEST, json.length);
    } catch (Unsupported e) {
      throw new ChromaBackupException.ArchiveUnsupported(
          "an archive of " + manifest.source(), String.valueOf(e.getMessage()));
    }
  }

  private TarArchiveOutputStream open(OutputStream out) throws IOException {
    OutputStream unclosed =
        new FilterOutputStream(out) {
          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
          }

          @Override
          public void close() throws IOException {
            flush(); // the store owns the stream
          }
        };
    // a tar is written by the record, of 512 bytes, each of which would be a call to the codec
    OutputStream buffered =
        new BufferedOutputStream(ArchiveCompression.compressing(format, unclosed), Digests.BUFFER);
    TarArchiveOutputStream tar =
        new TarArchiveOutputStream(buffered, StandardCharsets.UTF_8.name());
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
    return tar;
  }

  private static void put(TarArchiveOutputStream tar, Entry entry, InputStream content)
      throws IOException {
    TarArchiveEntry header = new TarArchiveEntry(ArchiveLayout.nameOf(entry));
    header.setSize(entry.size());
    header.setMode(entry.mode());
    header.setModTime(entry.modifiedAt().truncatedTo(ChronoUnit.SECONDS).toEpochMilli());
    Entry.Owner owner = entry.owner();
    if (owner != null) {
      header.setUserId(owner.uid());
      header.setGroupId(owner.gid());
    }
    tar.putArchiveEntry(header);
    byte[] buffer = new byte[Digests.BUFFER];
    for (int n; (n = content.read(buffer)) >= 0; ) {
      Interruption.check();
      tar.write(buffer, 0, n);
    }
    tar.closeArchiveEntry();
  }

  private void putText(TarArchiveOutputStream tar, String name, byte[] text) throws IOException {
    TarArchiveEntry header = new TarArchiveEntry(name);
    header.setSize(text.length);
    header.setMode(OWN_MODE);
    header.setModTime(manifest.createdAt().toEpochMilli());
    tar.putArchiveEntry(header);
    tar.write(text);
    tar.closeArchiveEntry();
  }
}
