package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.testkit.Effort;
import io.chromabackup.testkit.Figures;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bits that turn and ends that break off, as disks do it: seen, or shown to change nothing. */
@Tag("slow")
class RotTest {
  /** Of its header, gzip reads no further than the flags: time, level and system say nothing. */
  private static final Integer[] SILENT_HEADER = {4, 5, 6, 7, 8, 9};

  /** What an archive turned out to hold: the manifest, and each entry with its content's digest. */
  private record Content(Optional<Manifest> manifest, Map<String, String> entries) {
    static Content of(byte[] archive) throws IOException {
      Map<String, String> entries = new TreeMap<>();
      Optional<Manifest> manifest =
          new ArchiveReader("sample", new ByteArrayInputStream(archive))
              .transferTo(
                  (entry, in) -> entries.put(entry.toString(), Digests.of(in.readAllBytes())));
      return new Content(manifest, entries);
    }
  }

  /** An archive as the shell scripts made it, with nothing that tells what is in it. */
  private static byte[] legacy() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(gzip)) {
      for (Map.Entry<Entry, byte[]> file : SampleArchive.small().files.entrySet()) {
        TarArchiveEntry header =
            new TarArchiveEntry(ArchiveLayout.nameOf(file.getKey()), file.getKey().isFile());
        header.setSize(file.getValue().length);
        tar.putArchiveEntry(header);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void everySingleBitIsSeenOrChangesNothing() throws IOException {
    byte[] archive = SampleArchive.small().bytes();
    int silent = flipEveryBit(archive);

    Figures.record(
        "rot-bits",
        "%,d bits of an archive, each turned: %,d seen, %d change nothing"
            .formatted(archive.length * 8, archive.length * 8 - silent, silent));
    assertThat(archive.length * 8).isGreaterThan(10_000);
  }

  @Test
  void everySingleBitOfAnArchiveWithoutManifestIsSeenOrChangesNothing() throws IOException {
    flipEveryBit(legacy());
  }

  @Test
  void everySingleBitAndEveryTruncationOfZstandardIsSeenOrChangesNothing() throws IOException {
    byte[] archive = SampleArchive.small().bytes(ArchiveFormat.TAR_ZST);
    Content content = Content.of(archive);
    byte[] rotten = archive.clone();
    int silent = 0;
    for (int bit = 0; bit < archive.length * 8; bit++) {
      rotten[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        assertThat(Content.of(rotten)).as("bit %d", bit).isEqualTo(content);
        silent++;
      } catch (ChromaBackupException.ArchiveDamaged e) {
        assertThat(e).hasMessageContaining("sample");
      } catch (ChromaBackupException.ArchiveUnsupported e) { // one of the format's own number
        assertThat(e).hasMessageContaining("it has format");
      }
      rotten[bit / 8] = archive[bit / 8];
    }
    for (int length = 0; length < archive.length; length++) {
      byte[] cut = Arrays.copyOf(archive, length);
      assertThatThrownBy(() -> Content.of(cut))
          .as("cut to %d", length)
          .isInstanceOf(ChromaBackupException.ArchiveDamaged.class);
    }
    Figures.record(
        "rot-zstandard",
        "%,d bits of a .tar.zst, each turned: %,d seen, %d change nothing; %,d truncation points, all seen"
            .formatted(archive.length * 8, archive.length * 8 - silent, silent, archive.length));
    assertThat(silent).isLessThan(64);
  }

  /** Returns how many bits changed nothing. */
  private static int flipEveryBit(byte[] archive) throws IOException {
    Content content = Content.of(archive);
    byte[] rotten = archive.clone();
    byte[] tar = gunzip(archive);
    TreeSet<Integer> silent = new TreeSet<>();
    int bits = 0;
    for (int bit = 0; bit < archive.length * 8; bit++) {
      rotten[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        assertThat(Content.of(rotten)).as("bit %d", bit).isEqualTo(content);
        // in the header, or another way to say the same bytes
        assertThat(gunzip(rotten)).as("bit %d", bit).isEqualTo(tar);
        silent.add(bit / 8);
        bits++;
      } catch (ChromaBackupException.ArchiveDamaged e) {
        assertThat(e).hasMessageContaining("sample");
      } catch (ChromaBackupException.ArchiveUnsupported e) { // one of the format's own number
        assertThat(e).hasMessageContaining("it has format");
      }
      rotten[bit / 8] = archive[bit / 8];
    }
    assertThat(silent).contains(SILENT_HEADER);
    return bits;
  }

  private static byte[] gunzip(byte[] bytes) throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes();
  }

  @Test
  void everyTruncationIsSeen() throws IOException {
    byte[] archive = SampleArchive.small().bytes();
    for (byte[] whole : List.of(archive, legacy())) {
      for (int length = 0; length < whole.length; length++) {
        byte[] cut = Arrays.copyOf(whole, length);
        assertThatThrownBy(() -> Content.of(cut))
            .as("cut to %d of %d bytes", length, whole.length)
            .isInstanceOf(ChromaBackupException.ArchiveDamaged.class)
            .hasMessageContaining("sample");
      }
    }
    Figures.record("rot-truncations", "%,d truncation points, all seen".formatted(archive.length));
    assertThat(archive.length).isGreaterThan(1_300);
  }

  @Test
  void randomRotInALargeArchiveIsSeen() throws IOException {
    byte[] archive = SampleArchive.ofIndexBytes(6 << 20).bytes();
    Content content = Content.of(archive);
    byte[] tar = gunzip(archive);
    SplittableRandom random = new SplittableRandom(4);
    int runs = Effort.of(80, 100_000);
    int seen = 0;
    for (int run = 0; run < runs; run++) {
      if (run % 4 == 3) {
        byte[] cut = Arrays.copyOf(archive, random.nextInt(archive.length));
        assertThatThrownBy(() -> Content.of(cut))
            .isInstanceOf(ChromaBackupException.ArchiveDamaged.class);
        seen++;
        continue;
      }
      int place = random.nextInt(archive.length);
      byte before = archive[place];
      archive[place] ^= (byte) (1 << random.nextInt(8));
      try {
        assertThat(Content.of(archive)).isEqualTo(content);
        // in the header, or what fills up a byte before a stored block
        assertThat(gunzip(archive)).as("byte %d", place).isEqualTo(tar);
      } catch (ChromaBackupException.ArchiveDamaged e) {
        seen++;
      }
      archive[place] = before;
    }
    Figures.record(
        "rot-large",
        "%,d random bits and truncations in %d MB: %,d seen, %d change nothing"
            .formatted(runs, archive.length >> 20, seen, runs - seen));
    assertThat(seen).isGreaterThanOrEqualTo(runs - 1 - runs / 10_000);
  }

  @Test
  void aRottenArchiveIsListedAndSaysSo() throws IOException {
    byte[] archive = SampleArchive.small().bytes();
    SplittableRandom random = new SplittableRandom(5);
    int unreadable = 0;
    for (int run = 0; run < 2000; run++) {
      byte[] rotten = archive.clone();
      rotten[random.nextInt(rotten.length / 2)] ^= (byte) (1 << random.nextInt(8));
      Shelf shelf = new Shelf();
      shelf.put("chromadb_backup_20261122_102030.tar.gz", rotten);

      List<ArchiveListing> listed = ChromaBackup.using(shelf).list();

      assertThat(listed).hasSize(1);
      unreadable += listed.get(0).problem().isPresent() ? 1 : 0;
    }
    assertThat(unreadable).isGreaterThan(200);
  }

  @Test
  void whatIsNoArchiveAtAllIsToldSo() {
    for (String text : List.of("", "not an archive", "\u001f\u008b", "{}")) {
      assertThatThrownBy(() -> Content.of(text.getBytes(StandardCharsets.ISO_8859_1)))
          .isInstanceOf(ChromaBackupException.ArchiveDamaged.class)
          .hasMessageContaining("sample");
    }
  }
}
