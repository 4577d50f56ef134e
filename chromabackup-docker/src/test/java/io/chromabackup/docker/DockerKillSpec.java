package io.chromabackup.docker;

import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackup;
import io.chromabackup.docker.KilledOperation.Moment;
import io.chromabackup.docker.KilledOperation.Outcome;
import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.testkit.RealDocker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An engine, a store, the moments at which an operation is killed, and what is called next. */
abstract class DockerKillSpec {
  private static final long SEED = Long.getLong("chromabackup.seed", System.nanoTime());

  @TempDir Path directory;
  final Random random = new Random(SEED);
  DockerEngine docker;
  ChromaBackup backups;
  private ArchiveStore store;

  @BeforeAll
  static void requireDocker() {
    RealDocker.require();
  }

  @BeforeEach
  void connect() throws Exception {
    System.out.println("seed of the kills: " + SEED);
    docker = DockerEngine.connect();
    store = LocalArchiveStore.in(storeDirectory());
    backups = ChromaBackup.using(store);
  }

  @AfterEach
  void disconnect() throws Exception {
    store.close();
    docker.close();
  }

  final Path storeDirectory() {
    return directory.resolve("backups");
  }

  /** By turns after each event of a whole run, and whenever. */
  final Moment moment(int kill, int kills, Outcome whole) {
    return kill % 2 == 0
        ? Moment.afterEvents(1 + whole.events() * kill / kills)
        : Moment.afterStart(Duration.ofMillis(random.nextLong(whole.time().toMillis())));
  }

  /** By the next command, which knows of no dependents, or by saying so. */
  final void recover(String container, boolean byTheNextBackup) throws Exception {
    if (byTheNextBackup) {
      backups.backup(docker.chroma(container).deployment());
    } else {
      backups.recover(docker.chroma(container).deployment());
    }
  }
}
