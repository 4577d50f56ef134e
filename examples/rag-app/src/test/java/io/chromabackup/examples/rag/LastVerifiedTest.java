package io.chromabackup.examples.rag;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.localfs.LocalChroma;
import io.chromabackup.testkit.Fixture;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastVerifiedTest {
  @TempDir Path directory;
  private Instant now = Instant.parse("2026-03-01T02:00:00Z");
  private ChromaDeployment chroma;
  private ArchiveStore store;

  @BeforeEach
  void data() {
    chroma = LocalChroma.at(Fixture.copyTo(directory.resolve("chroma")));
    store = LocalArchiveStore.in(directory.resolve("archives"));
  }

  private ArchiveName backUp() throws IOException {
    return ChromaBackup.builder(store).clock(() -> now).build().backup(chroma).archive().name();
  }

  private LastVerified lastVerified(ArchiveStore looksInto) {
    return new LastVerified(looksInto, chroma, () -> now);
  }

  private static void look(LastVerified lastVerified) throws InterruptedException {
    lastVerified.begin();
    App.await(lastVerified::isLooking, looking -> !looking);
    lastVerified.end();
  }

  @Test
  void anArchiveFromTheFutureDoesNotCountAndKeepsNoOtherFromCounting() throws Exception {
    Instant today = now;
    now = today.plus(Duration.ofDays(3000));
    ArchiveName future = backUp();
    LastVerified lastVerified = lastVerified(store);
    lastVerified.found(ChromaBackup.using(store).verify(future));
    assertThat(lastVerified.archive()).contains(future);

    now = today; // the clock was wrong, and is set right
    assertThat(lastVerified.archive()).isEmpty();

    ArchiveName right = backUp();
    lastVerified.found(ChromaBackup.using(store).verify(right));
    lastVerified.found(ChromaBackup.using(store).verify(future));
    assertThat(lastVerified.archive()).contains(right);
  }

  @Test
  void anotherDeploymentsArchiveDoesNotCount() throws Exception {
    ChromaDeployment ours = chroma;
    chroma = LocalChroma.at(Fixture.copyTo(directory.resolve("neighbour")));
    ArchiveName theirs = backUp();
    chroma = ours;
    LastVerified lastVerified = lastVerified(store);

    lastVerified.found(ChromaBackup.using(store).verify(theirs));

    assertThat(lastVerified.archive()).isEmpty();
  }

  @Test
  void whenTheNewestIsFoundDamagedTheOneBeforeItCounts() throws Exception {
    ArchiveName older = backUp();
    now = now.plus(Duration.ofDays(1));
    ArchiveName newer = backUp();
    LastVerified lastVerified = lastVerified(store);
    lastVerified.found(ChromaBackup.using(store).verify(older));
    lastVerified.found(ChromaBackup.using(store).verify(newer));
    assertThat(lastVerified.archive()).contains(newer);

    lastVerified.foundDamaged(newer);

    assertThat(lastVerified.archive()).contains(older);
  }

  @Test
  void whatAnEarlierProcessMadeInTheFutureIsPassedOver() throws Exception {
    ArchiveName right = backUp();
    now = now.plus(Duration.ofDays(3000));
    backUp();
    now = now.minus(Duration.ofDays(3000));
    LastVerified lastVerified = lastVerified(store);

    look(lastVerified);

    assertThat(lastVerified.archive()).contains(right);
  }

  @Test
  void anArchiveThatCannotBeReadIsPassedOver() throws Exception {
    ArchiveName older = backUp();
    now = now.plus(Duration.ofDays(1));
    ArchiveName newer = backUp();
    LastVerified lastVerified = lastVerified(new BadSector(store, newer));

    look(lastVerified);

    assertThat(lastVerified.archive()).contains(older);
  }

  /** Of one archive only the beginning can be read. */
  private static final class BadSector extends Forwarding {
    private final ArchiveName archive;
    private boolean listed;

    BadSector(ArchiveStore store, ArchiveName archive) {
      super(store);
      this.archive = archive;
    }

    @Override
    public InputStream open(ArchiveName name) throws IOException {
      if (!name.equals(archive)) {
        return super.open(name);
      }
      if (listed) {
        throw new FileSystemException(name.toString(), null, "Input/output error");
      }
      listed = true;
      return super.open(name);
    }
  }
}
