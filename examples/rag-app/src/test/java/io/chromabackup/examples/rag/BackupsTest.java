package io.chromabackup.examples.rag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackup;
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
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupsTest {
  @TempDir Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Path data;
  private Path archives;
  private ChromaDeployment chroma;

  @BeforeEach
  void data() {
    data = Fixture.copyTo(directory.resolve("chroma"));
    archives = directory.resolve("archives");
    chroma = LocalChroma.at(data);
  }

  private Backups backups(ArchiveStore store) {
    InstantSource clock = InstantSource.system();
    LastVerified lastVerified = new LastVerified(store, chroma, clock);
    return new Backups(
        store,
        chroma,
        settings(),
        lastVerified,
        new BackupMetrics(meters, lastVerified, clock),
        clock);
  }

  private RagProperties settings() {
    return new RagProperties(
        "",
        new RagProperties.Chroma(URI.create("http://127.0.0.1:1"), "", "", ""),
        new RagProperties.Backup(
            data, archives, "-", Duration.ofDays(30), Duration.ofDays(1), false, null));
  }

  private static Operation.Status ended(Operation operation) {
    return App.await(operation::status, status -> status.state() != State.RUNNING);
  }

  @Test
  void aBackupWhoseArchiveRotsBeforeItIsReadAgainIsAFailureAndNoSuccess() throws Exception {
    try (ArchiveStore store = new Rotting(LocalArchiveStore.in(archives), archives)) {
      Backups backups = backups(store);

      Operation.Status ended = ended(backups.backUp());
      backups.close();

      assertThat(ended.state()).isEqualTo(State.FAILED);
      assertThat(ended.error()).contains("is damaged");
      assertThat(store.list()).hasSize(1);
      assertThat(counted()).isEqualTo("backup ArchiveDamaged 1");
    }
  }

  @Test
  void aScheduledBackupWaitsForWhatRunsAndNoSecondOneWaits() throws Exception {
    try (Slow store = new Slow(LocalArchiveStore.in(archives))) {
      ArchiveName first = ChromaBackup.using(store).backup(chroma).archive().name();
      Backups backups = backups(store);
      store.hold();
      Operation verification = backups.verify(first);

      Operation scheduled = backups.backUpInTurn().orElseThrow();
      assertThat(backups.backUpInTurn()).isEmpty();
      assertThatThrownBy(backups::backUp).isInstanceOf(Backups.Busy.class);
      assertThat(verification.status().state()).isEqualTo(State.RUNNING);
      store.goOn();

      assertThat(ended(verification).state()).isEqualTo(State.DONE);
      assertThat(ended(scheduled).state()).isEqualTo(State.DONE);
      assertThat(store.list()).hasSize(2);
      assertThat(ended(backups.backUpInTurn().orElseThrow()).state()).isEqualTo(State.DONE);
      backups.close();
    }
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
  private static final class Rotting extends Forwarding {
    private final Path directory;

    Rotting(ArchiveStore store, Path directory) {
      super(store);
      this.directory = directory;
    }

    @Override
    public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check)
        throws IOException {
      ArchiveInfo written = super.write(name, content, check);
      Path file = directory.resolve(name.toString());
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);
      return written;
    }
  }

  /** Nothing is read from it while it is held. */
  private static final class Slow extends Forwarding {
    private volatile CountDownLatch held = new CountDownLatch(0);

    Slow(ArchiveStore store) {
      super(store);
    }

    void hold() {
      held = new CountDownLatch(1);
    }

    void goOn() {
      held.countDown();
    }

    @Override
    public InputStream open(ArchiveName name) throws IOException {
      try {
        held.await();
      } catch (InterruptedException e) {
        throw new InterruptedIOException();
      }
      return super.open(name);
    }
  }
}
