package io.chromabackup.examples.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.chromabackup.ArchiveStore;
import io.chromabackup.BackupReport;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException.NotChroma;
import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.localfs.LocalChroma;
import io.chromabackup.testkit.contract.SampleChroma;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Backs up and restores without Docker, without a server, and with nothing on the disk. */
class BackupInMemoryTest {
  private final FileSystem memory = Jimfs.newFileSystem(Configuration.unix());
  private final Path data = memory.getPath("/srv/chroma");
  private ArchiveStore store;
  private ChromaBackup backups;

  @BeforeEach
  void dataAndStore() throws IOException {
    SampleChroma.copyTo(data);
    store = LocalArchiveStore.in(memory.getPath("/backups"));
    Clock clock = Clock.fixed(Instant.parse("2026-11-22T02:00:00Z"), ZoneOffset.UTC);
    backups = ChromaBackup.builder(store).clock(clock).build();
  }

  @AfterEach
  void close() throws IOException {
    store.close();
    memory.close();
  }

  @Test
  void whatWasBackedUpIsRestored() throws IOException {
    BackupReport report = backups.backup(LocalChroma.at(data));
    assertThat(report.archive().name()).hasToString("chromadb_backup_20261122_020000.tar.gz");
    assertThat(report.documents()).isEqualTo(SampleChroma.DOCUMENTS);

    Path copy = memory.getPath("/srv/copy");
    backups.restore(report.archive().name(), LocalChroma.at(copy));

    assertThat(copy.resolve("chroma.sqlite3")).exists();
    assertThat(backups.verify(report.archive().name()).documents())
        .isEqualTo(SampleChroma.DOCUMENTS);
  }

  @Test
  void aDirectoryWithoutADatabaseIsRefused() throws IOException {
    Files.delete(data.resolve("chroma.sqlite3"));
    assertThatThrownBy(() -> backups.backup(LocalChroma.at(data))).isInstanceOf(NotChroma.class);
    assertThat(store.list()).isEmpty();
  }
}
