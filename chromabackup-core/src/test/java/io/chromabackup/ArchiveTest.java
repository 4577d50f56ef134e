package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveTest {
  private final SampleArchive sample = SampleArchive.small();

  @Test
  void whatWasWrittenIsRead() throws IOException {
    Map<Entry, byte[]> read = new java.util.LinkedHashMap<>();

    Optional<Manifest> manifest =
        new ArchiveReader("sample", new ByteArrayInputStream(sample.bytes()))
            .transferTo((entry, in) -> read.put(entry, in.readAllBytes()));

    assertThat(manifest).contains(sample.manifest);
    assertThat(read.keySet()).containsExactlyElementsOf(sample.files.keySet());
    assertThat(read)
        .allSatisfy((entry, bytes) -> assertThat(bytes).isEqualTo(sample.files.get(entry)));
  }

  @Test
  void itIsTheSameReadByteByByte() throws IOException {
    Progress progress = new Progress((phase, done, total) -> {});
    Map<Entry, byte[]> read = new java.util.LinkedHashMap<>();
    EntrySink slow =
        (entry, in) -> {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          for (int b = in.read(); b >= 0; b = in.read()) {
            out.write(b);
          }
          read.put(entry, out.toByteArray());
        };
    EntrySink watched = progress.counting(new SpaceReserve(slow, Path.of(".")));

    new ArchiveReader("sample", new ByteArrayInputStream(sample.bytes())).transferTo(watched);

    assertThat(read)
        .hasSameSizeAs(sample.files)
        .allSatisfy((entry, bytes) -> assertThat(bytes).isEqualTo(sample.files.get(entry)));
  }

  @Test
  void theManifestIsReadFromTheBeginningAlone() throws IOException {
    byte[] bytes = SampleArchive.ofIndexBytes(4 << 20).bytes();
    CountingStream in = new CountingStream(new ByteArrayInputStream(bytes));

    Optional<Manifest> manifest = new ArchiveReader("sample", in).manifest();

    assertThat(manifest).map(Manifest::documents).contains(1090L);
    assertThat(in.count).isLessThan(bytes.length / 10L);
  }

  @Test
  void theSameDataGivesTheSameBytes() throws IOException {
    assertThat(sample.bytes()).isEqualTo(SampleArchive.small().bytes());
  }

  @Test
  void stockToolsUnpackAndCheckIt(@TempDir Path directory) throws Exception {
    Path archive = Files.write(directory.resolve("a.tar.gz"), sample.bytes());

    run(directory, "gzip", "-t", archive.toString());
    run(directory, "tar", "xzf", archive.toString());
    String checked = run(directory, "sha256sum", "-c", "SHA256SUMS");

    assertThat(checked.lines())
        .containsExactly(
            "chromabackup.json: OK",
            "chroma/" + SampleArchive.SEGMENT + "/data_level0.bin: OK",
            "chroma/chroma.sqlite3: OK");
  }

  @Test
  void aStoresErrorPassesThroughAsItIs() {
    IOException broken = new IOException("the network is gone");
    InputStream in =
        new InputStream() {
          private final InputStream first = new ByteArrayInputStream(bytes());

          @Override
          public int read() throws IOException {
            int b = first.read();
            if (first.available() < 100) {
              throw broken;
            }
            return b;
          }
        };

    assertThatThrownBy(() -> new ArchiveReader("sample", in).transferTo((entry, content) -> {}))
        .isSameAs(broken);
  }

  /** Also where what is read is decoded by others, for whom this waits. */
  @Test
  void anInterruptIsNoDamage() throws IOException {
    byte[] content = new byte[2_000_000];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) random.nextInt(3); // takes long to decode
    }
    Map<Entry, byte[]> files = Map.of(Entry.file("x", content.length, SampleArchive.MADE), content);
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    new ArchiveWriter(
            ArchiveFormat.TAR_GZ,
            SampleArchive.manifestOf(files, List.of()),
            sink ->
                sink.accept(files.keySet().iterator().next(), new ByteArrayInputStream(content)))
        .writeTo(archive);
    try {
      assertThatThrownBy(
              () ->
                  read(
                      archive.toByteArray(),
                      (entry, in) -> {
                        Thread.currentThread().interrupt();
                        in.readAllBytes();
                      }))
          .isInstanceOf(InterruptedIOException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aSinksErrorPassesThroughAsItIs() {
    IOException full = new IOException("No space left on device");
    IllegalStateException bug = new IllegalStateException("a bug in the sink");

    assertThatThrownBy(
            () ->
                read(
                    bytes(),
                    (entry, content) -> {
                      throw full;
                    }))
        .isSameAs(full);
    assertThatThrownBy(
            () ->
                read(
                    bytes(),
                    (entry, content) -> {
                      throw bug;
                    }))
        .isSameAs(bug);
  }

  @Test
  void whatASinkDoesNotReadIsCheckedAllTheSame() throws IOException {
    byte[] random = SampleArchive.ofIndexBytes(100_000).bytes();
    SplittableRandom positions = new SplittableRandom(7);
    for (int i = 0; i < 20; i++) {
      byte[] damaged = random.clone();
      damaged[1000 + positions.nextInt(80_000)] ^= 1;
      assertThatThrownBy(() -> read(damaged, (entry, content) -> {}))
          .isInstanceOf(ChromaBackupException.ArchiveDamaged.class);
    }
  }

  @Test
  void aNewerFormatIsRefusedAndSaysWhatToDo() throws IOException {
    String json = new String(ManifestJson.write(sample.manifest)).replace(": 1,", ": 2,");

    assertThatThrownBy(() -> read(tar(new Named("chromabackup.json", json.getBytes()))))
        .isInstanceOf(ChromaBackupException.ArchiveUnsupported.class)
        .hasMessageContaining("format 2")
        .hasMessageContaining("Use a newer one");
  }

  @Test
  void anEntryThatTheManifestDoesNotListIsRefused() throws IOException {
    assertThatThrownBy(
            () ->
                read(
                    tar(
                        new Named("chromabackup.json", ManifestJson.write(sample.manifest)),
                        new Named("chroma/evil", new byte[0]))))
        .isInstanceOf(ChromaBackupException.ArchiveDamaged.class)
        .hasMessageContaining("chroma/evil");
  }

  @Test
  void somethingBehindTheEndIsRefused() throws IOException {
    byte[] bytes = Arrays.copyOf(sample.bytes(), sample.bytes().length + 1);

    assertThatThrownBy(() -> read(bytes)).isInstanceOf(ChromaBackupException.ArchiveDamaged.class);
  }

  // archives of the shell scripts

  @Test
  void anArchiveOfTheScriptsIsRead() throws IOException {
    byte[] bytes =
        tar(
            new Named("chroma/", null),
            new Named("chroma/chroma.sqlite3", "db".getBytes()),
            new Named("chroma/" + SampleArchive.SEGMENT + "/", null),
            new Named("chroma/" + SampleArchive.SEGMENT + "/header.bin", new byte[100]),
            new Named("chroma/notes.txt", "not Chroma's".getBytes()));

    assertThat(SampleArchive.contentOf(bytes).keySet())
        .containsExactly(
            "chroma.sqlite3 FILE",
            SampleArchive.SEGMENT + " DIRECTORY",
            SampleArchive.SEGMENT + "/header.bin FILE");
    assertThat(new ArchiveReader("old", new ByteArrayInputStream(bytes)).manifest()).isEmpty();
  }

  @Test
  void aTruncatedArchiveOfTheScriptsIsSeen() throws IOException {
    byte[] bytes = tar(new Named("chroma/chroma.sqlite3", new byte[5000]));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> read(cut))
          .as("cut to %d", length)
          .isInstanceOf(ChromaBackupException.ArchiveDamaged.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil",
        "/etc/passwd",
        "chroma/../../evil",
        "chroma/a/../../../evil",
        "chroma\\evil",
        "other/file"
      })
  void anEntryOutsideOfTheDataIsRefusedByName(String name) throws IOException {
    byte[] bytes = tar(new Named(name, new byte[1]));

    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(ChromaBackupException.ArchiveDamaged.class)
        .hasMessageContaining(name.substring(name.length() - 4));
  }

  @ParameterizedTest
  @ValueSource(
      bytes = {
        TarConstants.LF_SYMLINK,
        TarConstants.LF_LINK,
        TarConstants.LF_CHR,
        TarConstants.LF_BLK,
        TarConstants.LF_FIFO,
        TarConstants.LF_CONTIG
      })
  void whatIsNeitherFileNorDirectoryIsRefusedByName(byte kind) throws IOException {
    byte[] bytes = tar(new Named("chroma/link", null, kind));

    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(ChromaBackupException.ArchiveDamaged.class)
        .hasMessageContaining("chroma/link");
  }

  @Test
  void theSameFileTwiceIsRefusedAlsoInAnotherCase() throws IOException {
    byte[] bytes =
        tar(
            new Named("chroma/chroma.sqlite3", new byte[1]),
            new Named("chroma/CHROMA.sqlite3", new byte[1]));

    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(ChromaBackupException.ArchiveDamaged.class)
        .hasMessageContaining("twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "not gzip at all", "\u001f\u008b"})
  void garbageIsDamagedAndNothingElse(String garbage) {
    assertThatThrownBy(() -> read(garbage.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)))
        .isInstanceOf(ChromaBackupException.ArchiveDamaged.class);
  }

  private byte[] bytes() {
    try {
      return sample.bytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void read(byte[] bytes) throws IOException {
    read(bytes, (entry, content) -> content.readAllBytes());
  }

  private static void read(byte[] bytes, EntrySink sink) throws IOException {
    new ArchiveReader("sample", new ByteArrayInputStream(bytes)).transferTo(sink);
  }

  private record Named(String name, byte[] content, byte kind) {
    Named(String name, byte[] content) {
      this(name, content, content == null ? TarConstants.LF_DIR : TarConstants.LF_NORMAL);
    }
  }

  private static byte[] tar(Named... entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new GzipCompressorOutputStream(out))) {
      for (Named named : entries) {
        TarArchiveEntry entry = new TarArchiveEntry(named.name, named.kind, true);
        entry.setSize(named.content == null ? 0 : named.content.length);
        tar.putArchiveEntry(entry);
        if (named.content != null) {
          tar.write(named.content);
        }
        tar.closeArchiveEntry();
      }
    }
    return out.toByteArray();
  }

  private static String run(Path directory, String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }

  private static final class CountingStream extends java.io.FilterInputStream {
    private long count;

    CountingStream(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = super.read(buffer, offset, length);
      count += Math.max(n, 0);
      return n;
    }
  }
}
