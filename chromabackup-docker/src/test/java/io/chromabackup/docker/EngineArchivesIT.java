package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.chromabackup.testkit.RealDocker;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Files in and out of containers, at a real engine. */
@Timeout(180)
class EngineArchivesIT {
  private static final Duration STALL = Duration.ofSeconds(60);
  private static final Instant TIME = Instant.parse("2024-02-29T12:34:56.123456700Z");

  private LiveEngine docker;
  private Engine engine;

  @BeforeAll
  static void requireDocker() {
    RealDocker.require();
  }

  @BeforeEach
  void connect() throws IOException {
    docker = LiveEngine.connect();
    engine = docker.engine();
  }

  @AfterEach
  void clean() throws IOException {
    docker.close();
  }

  @Test
  void whatIsWrittenIsReadBackWithOwnerModeAndTime() throws IOException {
    String id = docker.create();
    engine.write(id, "/srv", tar("Grüße.txt", "hello".getBytes(StandardCharsets.UTF_8)));

    Map<String, TarArchiveEntry> entries = entries(id, "/srv");
    assertThat(entries).containsKeys("srv/", "srv/Grüße.txt");
    TarArchiveEntry entry = entries.get("srv/Grüße.txt");
    assertThat(entry.getSize()).isEqualTo(5);
    assertThat(entry.getMode() & 07777).isEqualTo(0640);
    assertThat(entry.getLongUserId()).isEqualTo(1234);
    assertThat(entry.getLongGroupId()).isEqualTo(2345);
    assertThat(engine.stat(id, "/srv/Grüße.txt").orElseThrow())
        .isEqualTo(new PathStat("Grüße.txt", 5, TIME, false, ""));
  }

  @Test
  void aPathIsADirectoryALinkOrNothing() throws IOException {
    String id = docker.create();
    TarArchiveEntry link = new TarArchiveEntry("link", TarArchiveEntry.LF_SYMLINK);
    link.setLinkName("/etc");
    engine.write(id, "/srv", tar(link, new byte[0]));

    assertThat(engine.stat(id, "/etc").orElseThrow().directory()).isTrue();
    PathStat found = engine.stat(id, "/srv/link").orElseThrow();
    assertThat(found.directory()).isFalse();
    assertThat(found.linkTarget()).isEqualTo("/etc");
    assertThat(engine.stat(id, "/srv/nothing & more?")).isEmpty();
  }

  @Test
  void aMissingPathIsNotAMissingContainer() throws IOException {
    String id = docker.create();

    assertThatThrownBy(() -> engine.read(id, "/nothing", STALL))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("/nothing");
    assertThatThrownBy(() -> engine.read("chromabackup-test-nobody", "/etc", STALL))
        .isInstanceOf(NoSuchContainer.class);
    assertThatThrownBy(() -> engine.stat("chromabackup-test-nobody", "/etc"))
        .isInstanceOf(NoSuchContainer.class);
    assertThatThrownBy(
            () -> engine.write("chromabackup-test-nobody", "/etc", tar("a", new byte[1])))
        .isInstanceOf(NoSuchContainer.class);
  }

  @Test
  void aRefusalKeepsTheEnginesWordsHoweverMuchIsSent() throws IOException {
    String owner = docker.run(List.of("-v", "/data"), "sleep", "600");
    String reader = docker.beside(owner, false);
    byte[] much = new byte[64 << 20];

    assertThatThrownBy(() -> engine.write(reader, "/data", tar("much", much)))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("read-only");
    assertThatThrownBy(() -> engine.write(owner, "/nothing", tar("much", much)))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("/nothing");
    assertThatThrownBy(() -> engine.write(owner, "/etc/passwd", tar("much", much)))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("not a directory");
  }

  @Test
  void aCompanionSeesTheVolumesAndWritesToThemIfItMay() throws IOException {
    String owner = docker.run(List.of("-v", "/data"), "sleep", "600");
    String writer = docker.beside(owner, true);
    engine.write(writer, "/data", tar("a", new byte[10]));

    assertThat(engine.stat(owner, "/data/a")).isPresent();
    assertThat(entries(docker.beside(owner, false), "/data")).containsKey("data/a");
    engine.remove(writer);
    assertThat(engine.stat(owner, "/data/a")).isPresent();
  }

  @Test
  void aPausedContainerCanBeReadAndWritten() throws IOException {
    String id = docker.running();
    engine.pause(id);
    engine.write(id, "/srv", tar("a", new byte[10]));

    assertThat(entries(id, "/srv")).containsKey("srv/a");
    assertThat(engine.inspect(id).state().isPaused()).isTrue();
  }

  @Test
  void aTransferIsLetGoOfAtOnce() throws IOException {
    String id = docker.create();
    try (InputStream in = engine.read(id, "/usr", STALL)) {
      assertThat(in.readNBytes(65536)).hasSize(65536);
      long start = System.nanoTime();
      in.close();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(500));
      assertThatThrownBy(in::read).isInstanceOf(IOException.class);
    }
    assertThat(engine.inspect(id).id()).isEqualTo(id);
  }

  /** Docker's way; the reason why data is streamed from companions. Podman has no such lock. */
  @Test
  void anOpenTransferLocksItsContainerAndNoOther() throws Exception {
    String owner = docker.run(List.of("-v", "/data"), "sleep", "600");
    String companion = docker.beside(owner, false);
    try (InputStream in = engine.read(companion, "/usr", STALL)) {
      assertThat(in.read()).isNotNegative();
      CompletableFuture<Throwable> untouched =
          CompletableFuture.supplyAsync(() -> catchThrowable(() -> pauseAndUnpause(owner)));
      assertThat(untouched.get(10, TimeUnit.SECONDS)).isNull();
    }
    try (InputStream in = engine.read(owner, "/usr", STALL)) {
      assertThat(in.read()).isNotNegative();
      CompletableFuture<Throwable> locked =
          CompletableFuture.supplyAsync(() -> catchThrowable(() -> pauseAndUnpause(owner)));
      assertThatThrownBy(() -> locked.get(2, TimeUnit.SECONDS))
          .isInstanceOf(TimeoutException.class);
      in.close();
      assertThat(locked.get(30, TimeUnit.SECONDS)).isNull();
    }
  }

  private void pauseAndUnpause(String id) throws IOException {
    engine.pause(id);
    engine.unpause(id);
  }

  private Map<String, TarArchiveEntry> entries(String id, String path) throws IOException {
    Map<String, TarArchiveEntry> entries = new HashMap<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(engine.read(id, path, STALL), StandardCharsets.UTF_8.name())) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        entries.put(e.getName(), e);
      }
    }
    return entries;
  }

  private static InputStream tar(String name, byte[] content) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    entry.setMode(0640);
    entry.setUserId(1234);
    entry.setGroupId(2345);
    entry.setLastModifiedTime(FileTime.from(TIME));
    return tar(entry, content);
  }

  private static InputStream tar(TarArchiveEntry entry, byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      tar.setAddPaxHeadersForNonAsciiNames(true);
      tar.putArchiveEntry(entry);
      tar.write(content);
      tar.closeArchiveEntry();
    }
    return new ByteArrayInputStream(bytes.toByteArray());
  }
}
