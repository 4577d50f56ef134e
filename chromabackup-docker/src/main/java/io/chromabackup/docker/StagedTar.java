package io.chromabackup.docker;

import io.chromabackup.Entry;
import io.chromabackup.StagedFiles;
import io.chromabackup.chroma.ChromaLayout;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Staged files as a tar stream that is made while it is read, so that nothing is held in memory.
 */
final class StagedTar {
  private static final int RECORD = 512;

  /** Without what lets a program run as its owner, who may be root. */
  private static final int PERMISSIONS = 0777;

  private final Path directory;
  private final List<Entry> entries;
  private final List<String> foreign = new ArrayList<>();
  private final Function<Entry, Optional<Entry.Owner>> owners;

  /**
   * What belongs to Chroma of the staged files.
   *
   * @param owners who shall own each; the one that is asked for if it says nothing
   */
  StagedTar(StagedFiles files, Function<Entry, Optional<Entry.Owner>> owners) throws IOException {
    this.directory = files.directory();
    this.owners = owners;
    List<Entry> kept = new ArrayList<>();
    files.transferTo(
        (entry, content) -> {
          String top = entry.path().split("/", 2)[0];
          if (ChromaLayout.belongsToChroma(top)) {
            kept.add(entry);
          } else if (!foreign.contains(top)) {
            foreign.add(top);
          }
        });
    this.entries = List.copyOf(kept);
  }

  /** What was left out, since it is not Chroma's. */
  List<String> foreign() {
    return List.copyOf(foreign);
  }

  /** How many files there are. */
  long files() {
    return entries.stream().filter(Entry::isFile).count();
  }

  /** How many bytes they have. */
  long bytes() {
    return entries.stream().mapToLong(Entry::size).sum();
  }

  /** The stream. */
  @SuppressWarnings("JdkObsolete") // it is what a SequenceInputStream takes
  InputStream stream() {
    Iterator<Entry> each = entries.iterator();
    Enumeration<InputStream> parts =
        new Enumeration<>() {
          private boolean ended;

          @Override
          public boolean hasMoreElements() {
            return !ended;
          }

          @Override
          public InputStream nextElement() {
            if (each.hasNext()) {
              return part(each.next());
            }
            ended = true;
            return new ByteArrayInputStream(new byte[2 * RECORD]);
          }
        };
    return new SequenceInputStream(parts);
  }

  private InputStream part(Entry entry) {
    try {
      InputStream header = new ByteArrayInputStream(header(entry));
      if (!entry.isFile()) {
        return header;
      }
      int padding = (int) (-entry.size() & (RECORD - 1));
      return new SequenceInputStream(
          Collections.enumeration(
              List.of(
                  header,
                  Files.newInputStream(directory.resolve(entry.path())),
                  new ByteArrayInputStream(new byte[padding]))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] header(Entry entry) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, RECORD, "UTF-8");
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    TarArchiveEntry header =
        new TarArchiveEntry(entry.isFile() ? entry.path() : entry.path() + "/");
    header.setSize(entry.size());
    header.setMode(entry.mode() & PERMISSIONS);
    header.setModTime(FileTime.from(entry.modifiedAt()));
    Optional<Entry.Owner> owner = owners.apply(entry).or(() -> Optional.ofNullable(entry.owner()));
    header.setUserId(owner.map(Entry.Owner::uid).orElse(0L));
    header.setGroupId(owner.map(Entry.Owner::gid).orElse(0L));
    tar.putArchiveEntry(header);
    tar.flush();
    return bytes.toByteArray();
  }
}
