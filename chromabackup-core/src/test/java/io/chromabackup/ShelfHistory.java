package io.chromabackup;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A shelf of archives, good and bad, and what is known of them because it made them so. */
final class ShelfHistory {
  /** What an archive is in truth. */
  enum Truth {
    WHOLE,
    WITHOUT_DOCUMENTS,
    SALVAGED,
    MISDATED,
    TRUNCATED,
    ROTTEN,
    ON_A_BAD_SECTOR,
    OF_ANOTHER_USER,
    ZERO_BYTES,
    OF_THE_SCRIPTS,
    SOMEBODYS_TAR,
    SOMEBODYS_TEXT;

    /** Whether it can be restored, and there is something in it then. */
    boolean isGood() {
      return this == WHOLE || this == OF_THE_SCRIPTS;
    }

    /** Whether nobody can say what it is, or of when. */
    boolean isUnknown() {
      return this == MISDATED || this == ON_A_BAD_SECTOR || this == OF_ANOTHER_USER;
    }
  }

  /** An archive. The source is empty if it does not tell, or cannot. */
  record Item(ArchiveName name, Truth truth, String source) {}

  private static final Truth[] ALL = Truth.values();
  private static final int CONTENT = 500;

  final Shelf shelf = new Shelf();
  final List<Item> items = new ArrayList<>();
  final Instant now;
  private final SplittableRandom random;
  private final int wholeInTen;
  private final int sources;

  private ShelfHistory(long seed) {
    this.random = new SplittableRandom(seed);
    this.now =
        Instant.parse("2026-03-29T02:30:00Z").plusSeconds(random.nextLong(400L * 24 * 60 * 60));
    this.wholeInTen = random.nextInt(11);
    this.sources = 1 + random.nextInt(3);
  }

  static ShelfHistory random(long seed) throws IOException {
    ShelfHistory history = new ShelfHistory(seed);
    for (Instant time : BackupTimes.random(history.random, history.now)) {
      ArchiveName name = ArchiveName.of(time, ArchiveFormat.TAR_GZ);
      while (history.shelf.has(name)) {
        name = name.next();
      }
      history.add(name);
    }
    history.addForeign();
    return history;
  }

  RetentionPolicy policy() {
    return switch (random.nextInt(4)) {
      case 0 -> RetentionPolicy.keepLast(1 + random.nextInt(3));
      case 1 -> RetentionPolicy.keepDaily(1 + random.nextInt(5));
      case 2 -> RetentionPolicy.keepWithin(Duration.ofMinutes(BackupTimes.window(random)));
      default -> RetentionPolicy.keepWithin(Duration.ofDays(3)).or(RetentionPolicy.keepMonthly(2));
    };
  }

  /** Stores another, as a backup does. */
  ArchiveName backUp() throws IOException {
    ArchiveName name = ArchiveName.of(now, ArchiveFormat.TAR_GZ);
    while (shelf.has(name)) {
      name = name.next();
    }
    add(name, random.nextInt(3) == 0 ? Truth.WITHOUT_DOCUMENTS : Truth.WHOLE);
    return name;
  }

  private void add(ArchiveName name) throws IOException {
    add(name, random.nextInt(10) < wholeInTen ? Truth.WHOLE : ALL[random.nextInt(ALL.length)]);
  }

  private void add(ArchiveName name, Truth truth) throws IOException {
    String source = "/srv/chroma-" + random.nextInt(sources);
    shelf.put(name.toString(), content(name, truth, source));
    if (truth == Truth.ON_A_BAD_SECTOR) {
      shelf.fail(name, new IOException("Input/output error"));
    } else if (truth == Truth.OF_ANOTHER_USER) {
      shelf.fail(name, new AccessDeniedException(name.toString()));
    }
    items.add(new Item(name, truth, source));
  }

  private byte[] content(ArchiveName name, Truth truth, String source) throws IOException {
    byte[] whole = archive(name.createdAt(), source, 7, List.of());
    return switch (truth) {
      case WHOLE, ON_A_BAD_SECTOR, OF_ANOTHER_USER -> whole;
      case WITHOUT_DOCUMENTS -> archive(name.createdAt(), source, 0, List.of());
      case SALVAGED -> archive(name.createdAt(), source, 7, List.of("it is damaged"));
      case MISDATED -> archive(name.createdAt().minusSeconds(3600), source, 7, List.of());
      case TRUNCATED -> Arrays.copyOf(whole, 1 + random.nextInt(whole.length - 1));
      case ROTTEN -> rotten(whole);
      case ZERO_BYTES -> new byte[0];
      case OF_THE_SCRIPTS -> tar("chroma/chroma.sqlite3");
      case SOMEBODYS_TAR -> tar("photos/cat.jpg");
      case SOMEBODYS_TEXT -> "to be deleted on Monday".getBytes();
    };
  }

  /** Where the files are, and not what the beginning tells. */
  private byte[] rotten(byte[] whole) {
    int where = whole.length - CONTENT / 2 - random.nextInt(CONTENT / 4);
    whole[where] ^= (byte) (1 << random.nextInt(8));
    return whole;
  }

  private byte[] archive(Instant made, String source, long documents, List<String> faults)
      throws IOException {
    byte[] content = new byte[CONTENT];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) random.nextInt();
    }
    Entry entry = Entry.file("chroma.sqlite3", content.length, made);
    Manifest manifest =
        new Manifest(
            "1.2.3",
            made,
            source,
            Quiet.OPTIMISTIC,
            Duration.ZERO,
            Map.of("sysdb", 10),
            List.of(
                new CollectionSummary("t", "d", "n", "id", OptionalInt.of(8), "l2", documents, 0)),
            List.of(new Manifest.File(entry, Digests.of(content))),
            Thoroughness.FAST,
            faults);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new ArchiveWriter(
            ArchiveFormat.TAR_GZ,
            manifest,
            sink -> sink.accept(entry, new ByteArrayInputStream(content)))
        .writeTo(out);
    return out.toByteArray();
  }

  private static byte[] tar(String file) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(out))) {
      TarArchiveEntry entry = new TarArchiveEntry(file);
      entry.setSize(file.length());
      tar.putArchiveEntry(entry);
      tar.write(file.getBytes());
      tar.closeArchiveEntry();
    }
    return out.toByteArray();
  }

  private void addForeign() {
    for (String name :
        List.of(
            "chromadb_backup_20260101_000000.tar.gz.part",
            "chromadb_backup_20260101_000000.tar.gz.sha256",
            "chromadb_backup_20261301_000000.tar.gz",
            "chromadb_backup_20260101.tar.gz",
            "CHROMADB_BACKUP_20260101_000000.tar.gz",
            "backup.log",
            "latest")) {
      shelf.put(name, name.getBytes());
    }
  }

  @Override
  public String toString() {
    return now + " " + items;
  }
}
