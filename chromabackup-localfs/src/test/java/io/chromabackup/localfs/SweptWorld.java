package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveName;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.RetentionPolicy;
import io.chromabackup.testkit.Fixture;
import io.chromabackup.testkit.faults.FaultyFileSystem;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A data directory, and a store with archives, on a file system that fails when it is told to. */
final class SweptWorld implements AutoCloseable {
  private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");
  private static final String DATA = "/srv/chroma";
  private static final String STORE = "/backups";

  /** Not among what the archives hold: a restore removes it. */
  private static final String ONLY_OLD = "5b2f3b0e-0000-4000-8000-000000000000";

  private static final List<String> OUTDATED =
      List.of("chromadb_backup_20260801_020000.tar.gz", "chromadb_backup_20260701_020000.tar.gz");

  /** The newest archive, which nothing may take away. */
  static final ArchiveName NEWEST =
      ArchiveName.parse("chromadb_backup_20261121_020000.tar.gz").orElseThrow();

  private final FileSystem memory = Trees.inMemory();
  private final Map<String, Integer> old;
  final FaultyFileSystem faults = FaultyFileSystem.over(memory);
  final Path data = faults.path(memory.getPath(DATA));
  final RecordingService chroma = new RecordingService("chroma");
  final LocalArchiveStore store = LocalArchiveStore.in(faults.path(memory.getPath(STORE)));

  private SweptWorld(Map<String, byte[]> files) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = memory.getPath(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    old = content();
  }

  /** What is in every world of a sweep at its beginning: made once. */
  static Map<String, byte[]> beginning() throws IOException {
    try (SweptWorld world = new SweptWorld(Map.of())) {
      Path data = Fixture.copyTo(world.memory.getPath(DATA));
      Path archives = world.memory.getPath(STORE);
      ChromaBackup.builder(LocalArchiveStore.in(archives))
          .clock(Clock.fixed(Instant.parse("2026-11-21T02:00:00Z"), ZoneOffset.UTC))
          .build()
          .backup(LocalChroma.at(data));
      for (String name : OUTDATED) {
        Files.copy(archives.resolve(NEWEST.toString()), archives.resolve(name));
      }
      Path segment = Files.createDirectories(data.resolve(ONLY_OLD));
      Files.write(segment.resolve("header.bin"), new byte[100]);
      Map<String, byte[]> files = new TreeMap<>();
      for (Path root : List.of(data, archives)) {
        try (Stream<Path> all = Files.walk(root)) {
          for (Path file : all.filter(Files::isRegularFile).toList()) {
            if (!file.toString().contains(".chromabackup")) {
              files.put(file.toString(), Files.readAllBytes(file));
            }
          }
        }
      }
      return files;
    }
  }

  /** A new one. Nothing fails in it yet. */
  static SweptWorld with(Map<String, byte[]> beginning) throws IOException {
    SweptWorld world = new SweptWorld(beginning);
    world.faults.reset();
    return world;
  }

  ChromaBackup backups() {
    return ChromaBackup.builder(store)
        .retention(RetentionPolicy.keepWithin(Duration.ofDays(30)))
        .clock(Clock.fixed(NOW, ZoneOffset.UTC))
        .build();
  }

  ChromaDeployment deployment() {
    return LocalChroma.at(data);
  }

  private Map<String, Integer> content() throws IOException {
    Path directory = memory.getPath(DATA);
    Map<String, Integer> content = new TreeMap<>();
    if (Files.exists(directory)) {
      content.putAll(Fixture.content(directory));
      content.keySet().removeIf(path -> path.startsWith(LocalTarget.WORK));
    }
    return content;
  }

  boolean isOld() throws IOException {
    return content().equals(old);
  }

  /** What a restore of the archive that goes well has made of the data. */
  boolean isNew(Map<String, Integer> restored) throws IOException {
    return content().equals(restored);
  }

  Map<String, Integer> now() throws IOException {
    return content();
  }

  /** The archives that are not from the beginning. */
  List<ArchiveName> added(Map<String, byte[]> beginning) throws IOException {
    List<ArchiveName> added = new ArrayList<>();
    for (ArchiveInfo archive : store.list()) {
      if (!beginning.containsKey(STORE + "/" + archive.name())) {
        added.add(archive.name());
      }
    }
    return added;
  }

  /** The archives of the beginning are as they were; only outdated ones may be gone. */
  void requireArchives(Map<String, byte[]> beginning, boolean pruned, String when)
      throws IOException {
    for (Map.Entry<String, byte[]> file : beginning.entrySet()) {
      if (file.getKey().startsWith(STORE)) {
        Path archive = memory.getPath(file.getKey());
        boolean mayBeGone = pruned && OUTDATED.contains(archive.getFileName().toString());
        if (!mayBeGone || Files.exists(archive)) {
          assertThat(archive).as(when).hasBinaryContent(file.getValue());
        }
      }
    }
  }

  /** Nothing of ours is left, once another operation has been there. */
  void requireTidy(String when) throws IOException {
    store.lock("a look").close();
    List<String> left = new ArrayList<>();
    for (String root : List.of(DATA, STORE)) {
      Path ours = memory.getPath(root, ".chromabackup");
      if (Files.exists(ours)) {
        try (Stream<Path> all = Files.walk(ours)) {
          all.filter(Files::isRegularFile).forEach(file -> left.add(file.toString()));
        }
      }
    }
    left.remove(STORE + "/.chromabackup/lock");
    // the lock of an archive's readers stays as long as the archive
    left.removeIf(file -> file.startsWith(STORE + "/.chromabackup/reading/"));
    assertThat(left).as(when).isEmpty();
  }

  @Override
  public void close() throws IOException {
    memory.close();
  }
}
