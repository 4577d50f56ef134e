package io.chromabackup.testkit.contract;

import io.chromabackup.BackupSource;
import io.chromabackup.ChromaBackupException.NotChroma;
import io.chromabackup.DataContents;
import io.chromabackup.Entry;
import io.chromabackup.EntrySink;
import io.chromabackup.Quiet;
import io.chromabackup.SourceProbe;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Reads files that are in memory. Of databases it knows one. */
class InMemorySource implements BackupSource {
  private static final Instant THEN = Instant.parse("2026-01-02T03:04:05Z");

  final Map<String, byte[]> files;

  InMemorySource(Map<String, byte[]> files) {
    this.files = files;
  }

  @Override
  public String describe() {
    return "memory";
  }

  @Override
  public SourceProbe probe() throws IOException {
    requireChroma();
    long bytes = files.values().stream().mapToLong(file -> file.length).sum();
    return new SourceProbe(bytes, Set.of(Quiet.OPTIMISTIC), List.of());
  }

  private void requireChroma() throws NotChroma {
    if (!files.containsKey("chroma.sqlite3")) {
      throw new NotChroma(describe(), "there is no chroma.sqlite3");
    }
  }

  @Override
  public DataContents contents(Path scratch) throws IOException {
    requireChroma();
    byte[] database = files.get("chroma.sqlite3");
    return new String(database, StandardCharsets.ISO_8859_1).startsWith("SQLite format 3")
        ? new DataContents(
            OptionalLong.of(SampleChroma.DOCUMENTS),
            Map.of("sysdb", 10, "metadb", 5, "embeddings_queue", 2))
        : DataContents.unknown();
  }

  @Override
  public void copyTo(EntrySink sink, Quiet quiet, Path scratch) throws IOException {
    requireChroma();
    Set<String> directories = new HashSet<>();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      int end = file.getKey().lastIndexOf('/');
      if (end >= 0 && directories.add(file.getKey().substring(0, end))) {
        hand(
            Entry.directory(file.getKey().substring(0, end), THEN),
            InputStream.nullInputStream(),
            sink);
      }
      hand(
          Entry.file(file.getKey(), file.getValue().length, THEN),
          new ByteArrayInputStream(file.getValue()),
          sink);
    }
  }

  void hand(Entry entry, InputStream content, EntrySink sink) throws IOException {
    sink.accept(entry, content);
  }
}
