package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ArchiveName;
import io.chromabackup.BackupOptions;
import io.chromabackup.BackupSource;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.DataContents;
import io.chromabackup.EntrySink;
import io.chromabackup.Quiet;
import io.chromabackup.SourceProbe;
import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.localfs.LocalChroma;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveChoiceTest {
  @TempDir private Path temporary;
  private Path data;
  private LocalArchiveStore store;

  @BeforeEach
  void prepare() throws IOException {
    data = temporary.resolve("data");
    Trees.copy(Launched.FIXTURE, data);
    store = LocalArchiveStore.in(temporary.resolve("store"));
  }

  private ArchiveName backUp(String source) throws IOException {
    return backUp(source, BackupOptions.defaults());
  }

  private ArchiveName backUp(String source, BackupOptions options) throws IOException {
    return ChromaBackup.using(store).backup(named(source, data), options).archive().name();
  }

  private ArchiveName backUpAt(Instant time, String source) throws IOException {
    return ChromaBackup.builder(store)
        .clock(InstantSource.fixed(time))
        .build()
        .backup(named(source, data))
        .archive()
        .name();
  }

  private ChromaDeployment named(String source, Path directory) {
    ChromaDeployment chroma = LocalChroma.at(directory);
    return ChromaDeployment.of(new Named(source, chroma.source()), chroma.target());
  }

  /** For a restore to where nothing is. */
  private ArchiveName latest(String source) throws IOException {
    return latest(named(source, temporary.resolve("drill")));
  }

  private ArchiveName latest(ChromaDeployment chroma) throws IOException {
    // of two archives made in one second the later has the next second's name
    Instant soon = Instant.now().plusSeconds(60);
    return new ArchiveChoice(store, temporary.resolve("store"), soon)
        .find(ArchiveAddress.LATEST, Optional.of(chroma))
        .name();
  }

  @Test
  void latestIsOfTheSourceAlsoWhenItsDataWasElsewhereInTheContainer() throws IOException {
    ArchiveName own = backUp("docker:chroma:/chroma/chroma");
    backUp("docker:chroma2:/data");

    assertThat(latest("docker:chroma:/data")).isEqualTo(own);
  }

  @Test
  void latestOfAStoreOfOneOtherSourceIsThatOnes() throws IOException {
    backUp("docker:chroma:/data");
    ArchiveName newest = backUp("docker:chroma:/data");

    assertThat(latest("/var/tmp/drill")).isEqualTo(newest);
  }

  @Test
  void anotherSourcesArchiveIsNotPutOverDataUnlessItIsNamed() throws IOException {
    ArchiveName newest = backUp("docker:chroma:/data");

    assertThatThrownBy(() -> latest(named("docker:other:/data", data)))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("good archives of [docker:chroma:/data]")
        .hasMessageContaining("none of docker:other:/data")
        .hasMessageContaining("give a name or a file");
    assertThat(latest(named("docker:chroma:/data", data))).isEqualTo(newest);
  }

  @Test
  void anArchiveFromTheFutureIsNotTheLatest() throws IOException {
    ArchiveName now = backUp("docker:chroma:/data");
    backUpAt(Instant.now().plus(Duration.ofDays(3000)), "docker:chroma:/data");

    assertThat(latest("docker:chroma:/data")).isEqualTo(now);
    assertThat(latest("/var/tmp/drill")).isEqualTo(now);
  }

  @Test
  void anArchiveFromTheFutureIsTakenWhereThereIsNoOther() throws IOException {
    ArchiveName only = backUpAt(Instant.now().plus(Duration.ofDays(3000)), "docker:chroma:/data");

    assertThat(latest("docker:chroma:/data")).isEqualTo(only);
  }

  @Test
  void latestOfASourceWithoutGoodArchivesIsNoOtherSources() throws IOException {
    backUp("docker:chroma:/data");
    Trees.cutLargest(data);
    backUp("docker:other:/data", BackupOptions.defaults().salvage());

    assertThatThrownBy(() -> latest("docker:other:/data"))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("good archives of [docker:chroma:/data]")
        .hasMessageContaining("none of docker:other:/data")
        .hasMessageContaining("give a name or a file");
  }

  @Test
  void anotherSourcesArchiveIsNotTakenWhereThereIsOneOfWhichNobodyKnowsWhoseItIs()
      throws IOException {
    ArchiveName newest = backUp("docker:chroma:/data");
    Files.write(temporary.resolve("store/chromadb_backup_20260101_000000.tar.gz"), new byte[9]);

    assertThatThrownBy(() -> latest("docker:other:/data")).isInstanceOf(Refusal.class);
    assertThat(latest("docker:chroma:/data")).isEqualTo(newest);
  }

  /** A source of another name, which knows itself wherever it was in its container. */
  private record Named(String describe, BackupSource source) implements BackupSource {
    @Override
    public boolean wasOnce(String other) {
      return container(other).equals(container(describe));
    }

    private static String container(String source) {
      return source.replaceFirst(":/.*", "");
    }

    @Override
    public SourceProbe probe() throws IOException {
      return source.probe();
    }

    @Override
    public DataContents contents(Path scratch) throws IOException {
      return source.contents(scratch);
    }

    @Override
    public void copyTo(EntrySink sink, Quiet quiet, Path scratch) throws IOException {
      source.copyTo(sink, quiet, scratch);
    }
  }
}
