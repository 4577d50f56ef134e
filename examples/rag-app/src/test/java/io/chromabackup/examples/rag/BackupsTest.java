package io.chromabackup.examples.rag;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.ContentCheck;
import io.chromabackup.ContentWriter;
import io.chromabackup.examples.rag.Operation.State;
import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.localfs.LocalChroma;
import io.chromabackup.testkit.Fixture;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupsTest {
  @TempDir Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void aBackupWhoseArchiveRotsBeforeItIsReadAgainIsAFailureAndNoSuccess() throws Exception {
    Path data = Fixture.copyTo(directory.resolve("chroma"));
    Path archives = directory.resolve("archives");
    ChromaDeployment chroma = LocalChroma.at(data);
    InstantSource clock = InstantSource.system();
    try (ArchiveStore store = new Rotting(LocalArchiveStore.in(archives), archives)) {
      LastVerified lastVerified = new LastVerified(store, chroma);
      Backups backups =
          new Backups(
              store,
              chroma,
              settings(data, archives),
              lastVerified,
              new BackupMetrics(meters, lastVerified, clock),
              clock);

      Operation backup = backups.backUp();
      Operation.Status ended = App.await(backup::status, status -> status.state() != State.RUNNING);
      backups.close();

      assertThat(ended.state()).isEqualTo(State.FAILED);
      assertThat(ended.error()).contains("is damaged");
      assertThat(store.list()).hasSize(1);
      assertThat(counted()).isEqualTo("backup ArchiveDamaged 1");
    }
  }

  private static RagProperties settings(Path data, Path archives) {
    return new RagProperties(
        "",
        new RagProperties.Chroma(URI.create("http://127.0.0.1:1"), "", "", ""),
        new RagProperties.Backup(
            data, archives, "-", Duration.ofDays(30), Duration.ofDays(1), false, null));
  }

  /** Operations by kind and error, and how many of them. */
  private String counted() {
    return meters.find("chromabackup.operations").timers().stream()
        .map(timer -> tag(timer, "operation") + " " + tag(timer, "error") + " " + timer.count())
        .sorted()
        .collect(Collectors.joining("; "));
  }

  private static String tag(Timer timer, String name) {
    return String.valueOf(timer.getId().getTag(name));
  }

  /** On a disk that spoils each archive as soon as it is there. */
  private record Rotting(ArchiveStore store, Path directory) implements ArchiveStore {
    @Override
    public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check)
        throws IOException {
      ArchiveInfo written = store.write(name, content, check);
      Path file = directory.resolve(name.toString());
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);
      return written;
    }

    @Override
    public InputStream open(ArchiveName name) throws IOException {
      return store.open(name);
    }

    @Override
    public List<ArchiveInfo> list() throws IOException {
      return store.list();
    }

    @Override
    public boolean delete(ArchiveName name) throws IOException {
      return store.delete(name);
    }

    @Override
    public Lock lock(String purpose) throws IOException {
      return store.lock(purpose);
    }

    @Override
    public String describe() {
      return store.describe();
    }

    @Override
    public void close() throws IOException {
      store.close();
    }
  }
}
