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

  private static void transfer(Map<Entry, byte[]> files, EntrySink sink) throws IOException {
    for (Map.Entry<Entry, byte[]> file : files.entrySet()) {
      sink.accept(file.getKey(), new ByteArrayInputStream(file.getValue()));
    }
  }

  private static byte[] archive(Manifest manifest, EntrySource files) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new ArchiveWriter(manifest, files).writeTo(out);
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
