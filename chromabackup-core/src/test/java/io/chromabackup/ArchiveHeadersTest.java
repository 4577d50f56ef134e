package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;

/** What stock tools are told of each file, and what the manifest must agree with. */
class ArchiveHeadersTest {
  private final SampleArchive sample = SampleArchive.small();

  @Test
  void aFileKeepsItsRightsOwnerAndTime() throws IOException {
    TarArchiveEntry database = headers(sample.bytes()).get("chroma/chroma.sqlite3");

    assertThat(database.getMode() & 0777).isEqualTo(0640);
    assertThat(database.getLongUserId()).isEqualTo(1000);
    assertThat(database.getLongGroupId()).isEqualTo(1001);
    assertThat(database.getLastModifiedTime().toInstant()).isEqualTo(SampleArchive.MADE);
  }

  @Test
  void whatTheArchiveAddsIsItsOwnersAloneAndAsOldAsTheArchive() throws IOException {
    Map<String, TarArchiveEntry> headers = headers(sample.bytes());

    for (String added : List.of(ArchiveLayout.MANIFEST, ArchiveLayout.CHECKSUMS)) {
      assertThat(headers.get(added).getMode() & 0777).as(added).isEqualTo(0600);
      assertThat(headers.get(added).getLastModifiedTime().toInstant())
          .as(added)
          .isEqualTo(SampleArchive.MADE.truncatedTo(ChronoUnit.SECONDS));
    }
  }

  @Test
  void pathsLongerThanATarNameAndInOtherScriptsComeBack() throws IOException {
    Map<Entry, byte[]> files = new LinkedHashMap<>();
    files.put(Entry.file("long-".repeat(40) + "name", 0, SampleArchive.MADE), new byte[0]);
    files.put(Entry.file("文書", 0, SampleArchive.MADE), new byte[0]);
    Manifest manifest = SampleArchive.manifestOf(files, List.of());

    Map<String, String> content =
        SampleArchive.contentOf(archive(manifest, sink -> transfer(files, sink)));

    assertThat(content).containsOnlyKeys("long-".repeat(40) + "name FILE", "文書 FILE");
  }

  @Test
  void aFileWithAnotherContentOfTheSameSizeIsRefusedByName() throws IOException {
    Map<Entry, byte[]> others = new LinkedHashMap<>(sample.files);
    others.replaceAll((entry, content) -> new byte[content.length]);
    byte[] bytes = archive(sample.manifest, sink -> transfer(others, sink));

    assertThatThrownBy(() -> SampleArchive.contentOf(bytes))
        .isInstanceOf(ChromaBackupException.ArchiveDamaged.class)
        .hasMessageContaining("data_level0.bin does not have the content it was made with");
  }

  @Test
  void aFileThatTheManifestListsButIsNotThereIsRefusedByName() throws IOException {
    Map<Entry, byte[]> fewer = new LinkedHashMap<>(sample.files);
    fewer.keySet().removeIf(entry -> entry.path().equals("chroma.sqlite3"));
    byte[] bytes = archive(sample.manifest, sink -> transfer(fewer, sink));

    assertThatThrownBy(() -> SampleArchive.contentOf(bytes))
        .isInstanceOf(ChromaBackupException.ArchiveDamaged.class)
        .hasMessageContaining("where its manifest has chroma/chroma.sqlite3");
  }

  @Test
  void aFileThatHasAnotherSizeThanTheManifestSaysIsRefusedByName() throws IOException {
    Map<Entry, byte[]> shorter = new LinkedHashMap<>();
    Manifest manifest = SampleArchive.manifestOf(Map.of(file("x", 5), new byte[5]), List.of());
    shorter.put(file("x", 4), new byte[4]);
    byte[] bytes = archive(manifest, sink -> transfer(shorter, sink));

    assertThatThrownBy(() -> SampleArchive.contentOf(bytes))
        .hasMessageContaining(
            "it has chroma/x (4 bytes) where its manifest has chroma/x (5 bytes)");
  }

  private static Entry file(String path, long size) {
    return Entry.file(path, size, SampleArchive.MADE);
  }

  @Test
  void aManifestOfMoreThanCanBeReadBackIsNotWritten() {
    Manifest manifest =
        SampleArchive.manifestOf(
            sample.files, List.of("x".repeat((int) ArchiveLayout.MAX_MANIFEST_BYTES)));

    assertThatThrownBy(() -> archive(manifest, sink -> transfer(sample.files, sink)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than can be read back");
  }

  @Test
  void largeNumbersComeBack() throws IOException {
    Entry.Owner owner = new Entry.Owner(3_000_000_000L, 4_000_000_000L);
    Map<Entry, byte[]> files = new LinkedHashMap<>();
    files.put(new Entry("x", Entry.Type.FILE, 0, SampleArchive.MADE, 0600, owner), new byte[0]);
    Manifest manifest = SampleArchive.manifestOf(files, List.of());

    TarArchiveEntry header =
        headers(archive(manifest, sink -> transfer(files, sink))).get("chroma/x");

    assertThat(header.getLongUserId()).isEqualTo(owner.uid());
    assertThat(header.getLongGroupId()).isEqualTo(owner.gid());
  }

  @Test
  void anInterruptEndsTheWriting() throws IOException {
    Map<Entry, byte[]> files = Map.of(file("x", 1), new byte[1]);
    Manifest manifest = SampleArchive.manifestOf(files, List.of());
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> archive(manifest, sink -> transfer(files, sink)))
          .isInstanceOf(java.io.InterruptedIOException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aNameIsShownUpToAPoint() {
    for (int length : new int[] {200, 201}) {
      String name = "chroma/../" + "x".repeat(length - 10);
      byte[] archive = new RawTar().file("chroma/a", new byte[0]).gnu(name).gz();

      assertThatThrownBy(() -> SampleArchive.contentOf(archive))
          .hasMessageContaining(name.substring(0, 200) + (length > 200 ? "…: " : ": "));
    }
  }

  @Test
  void anOldKindOfFileAndTheDirectoryItselfAreReadFromTheScriptsArchives() throws IOException {
    byte[] archive =
        new RawTar()
            .directory("./")
            .directory("./chroma/")
            .entry(new RawTar.Header("./chroma/chroma.sqlite3", '\0').size(4), "data".getBytes())
            .gz();

    assertThat(SampleArchive.contentOf(archive)).containsOnlyKeys("chroma.sqlite3 FILE");
  }

  @Test
  void anArchiveThatEndsInItsFirstBytesIsCutShort() {
    for (int length : new int[] {2, 5, 9}) {
      assertThatThrownBy(
              () -> SampleArchive.contentOf(java.util.Arrays.copyOf(sample.bytes(), length)))
          .as("%d bytes", length)
          .hasMessageContaining("is damaged: it is cut short.");
    }
  }

  @Test
  void whatIsNoArchiveAtAllIsToldInOneSentence() {
    assertThatThrownBy(() -> SampleArchive.contentOf("nonsense".getBytes()))
        .hasMessageContaining("is damaged: it is neither gzip nor Zstandard. Nothing was restored");
  }

  private static void transfer(Map<Entry, byte[]> files, EntrySink sink) throws IOException {
    for (Map.Entry<Entry, byte[]> file : files.entrySet()) {
      sink.accept(file.getKey(), new ByteArrayInputStream(file.getValue()));
    }
  }

  private static byte[] archive(Manifest manifest, EntrySource files) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new ArchiveWriter(ArchiveFormat.TAR_GZ, manifest, files).writeTo(out);
    return out.toByteArray();
  }

  private static Map<String, TarArchiveEntry> headers(byte[] archive) throws IOException {
    Map<String, TarArchiveEntry> headers = new LinkedHashMap<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new GZIPInputStream(new ByteArrayInputStream(archive)))) {
      for (TarArchiveEntry header; (header = tar.getNextEntry()) != null; ) {
        headers.put(header.getName(), header);
      }
    }
    return headers;
  }
}
