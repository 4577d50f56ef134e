package io.chromabackup;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/** A small archive whose every byte a test can turn. */
final class SampleArchive {
  static final Instant MADE = Instant.parse("2026-11-22T10:20:30Z");
  static final String SEGMENT = "0f8fad5b-d9cb-469f-a165-70867728950e";

  final Map<Entry, byte[]> files = new LinkedHashMap<>();
  final Manifest manifest;

  private SampleArchive(int indexBytes) {
    byte[] database = "SQLite format 3\0 and so on".repeat(20).getBytes();
    byte[] index = new byte[indexBytes];
    SplittableRandom random = new SplittableRandom(42);
    for (int i = 0; i < index.length; i++) {
      index[i] = (byte) random.nextInt();
    }
    add(Entry.directory(SEGMENT, MADE), new byte[0]);
    add(Entry.file(SEGMENT + "/data_level0.bin", index.length, MADE), index);
    add(
        new Entry(
            "chroma.sqlite3",
            Entry.Type.FILE,
            database.length,
            MADE.plusNanos(123456789),
            0640,
            new Entry.Owner(1000, 1001)),
        database);
    manifest = manifestOf(files, List.of());
  }

  static SampleArchive small() {
    return new SampleArchive(300);
  }

  static SampleArchive ofIndexBytes(int bytes) {
    return new SampleArchive(bytes);
  }

  private void add(Entry entry, byte[] content) {
    files.put(entry, content);
  }

  static Manifest manifestOf(Map<Entry, byte[]> files, List<String> faults) {
    List<Manifest.File> listed = new ArrayList<>();
    files.forEach(
        (entry, content) ->
            listed.add(new Manifest.File(entry, entry.isFile() ? Digests.of(content) : null)));
    return new Manifest(
        "1.2.3",
        MADE,
        "/srv/chroma",
        Quiet.OPTIMISTIC,
        Duration.ofMillis(17),
        Map.of("sysdb", 10, "metadb", 6),
        List.of(
            new CollectionSummary(
                "default_tenant",
                "default_database",
                "articles \"quoted\" ünï",
                "id-1",
                OptionalInt.of(384),
                "cosine",
                1090,
                230),
            new CollectionSummary("t", "d", "empty", "id-2", OptionalInt.empty(), "l2", 0, 0)),
        listed,
        Thoroughness.FAST,
        faults);
  }

  void transferTo(EntrySink sink) throws IOException {
    for (Map.Entry<Entry, byte[]> file : files.entrySet()) {
      sink.accept(file.getKey(), new ByteArrayInputStream(file.getValue()));
    }
  }

  byte[] bytes() throws IOException {
    return bytes(ArchiveFormat.TAR_GZ);
  }

  byte[] bytes(ArchiveFormat format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new ArchiveWriter(format, manifest, this::transferTo).writeTo(out);
    return out.toByteArray();
  }

  /** What an archive unpacks to: paths and contents, as one string that can be compared. */
  static Map<String, String> contentOf(byte[] archive) throws IOException {
    Map<String, String> content = new LinkedHashMap<>();
    new ArchiveReader("sample", new ByteArrayInputStream(archive))
        .transferTo(
            (entry, in) ->
                content.put(entry.path() + " " + entry.type(), Digests.of(in.readAllBytes())));
    return content;
  }
}
