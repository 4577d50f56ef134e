package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackupException.TargetUnsuitable;
import io.chromabackup.Entry;
import io.chromabackup.EntrySink;
import io.chromabackup.RestoreTarget.Replacement;
import io.chromabackup.StagedFiles;
import io.chromabackup.testkit.RealDocker;
import io.chromabackup.testkit.contract.DataFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Restores into a volume, when something happens to its container or to what a restore has there.
 */
@Timeout(180)
class DockerTargetIT {
  private static final Map<String, String> OLD = Map.of("chroma.sqlite3", "old");
  private static final Map<String, String> NEW = Map.of("chroma.sqlite3", "new");

  @TempDir Path directory;
  private Containments docker;
  private String volume;
  private String name;
  private DockerTarget target;

  @BeforeAll
  static void requireDocker() {
    RealDocker.require();
  }

  @BeforeEach
  void create() throws IOException {
    docker = Containments.connect();
    volume = docker.volume();
    use(docker.create("-v", volume + ":/data", RealDocker.image()));
    Path old = directory.resolve("old");
    DataFiles.write(old, OLD);
    docker.docker("cp", old + "/.", name + ":/data");
  }

  private void use(String container) {
    name = container;
    target =
        new DockerTarget(new ChromaContainer(docker.engine(), name, Optional.empty(), "/data"));
  }

  @AfterEach
  void removeAll() throws IOException {
    docker.close();
  }

  private Replacement stage() throws IOException {
    return target.stage(staged());
  }

  private StagedFiles staged() throws IOException {
    Path files = directory.resolve("new");
    DataFiles.write(files, NEW);
    Path database = files.resolve("chroma.sqlite3");
    Entry entry =
        new Entry(
            "chroma.sqlite3", Entry.Type.FILE, Files.size(database), Instant.EPOCH, 0644, null);
    return new StagedFiles() {
      @Override
      public Path directory() {
        return files;
      }

      @Override
      public void transferTo(EntrySink sink) throws IOException {
        try (InputStream content = Files.newInputStream(database)) {
          sink.accept(entry, content);
        }
      }
    };
  }

  /** As {@code docker compose up} does when something has changed. */
  private void makeAnewOn(String itsVolume) throws IOException {
    docker.docker("rm", name);
    docker.docker("create", "--name", name, "-v", itsVolume + ":/data", RealDocker.image());
  }

  /** Runs a command with the container's volume. */
  private String beside(String command) throws IOException {
    return docker.docker(
        "run",
        "--rm",
        "--volumes-from",
        name,
        "--entrypoint",
        "sh",
        RealDocker.image(),
        "-c",
        command);
  }

  private Map<String, String> inVolume() throws IOException {
    String viewer = docker.create("-v", volume + ":/data", RealDocker.image());
    Path copy = Files.createTempDirectory(directory, "copy");
    docker.docker("cp", viewer + ":/data", copy.toString());
    assertThat(copy.resolve("data/.chromabackup")).doesNotExist();
    return DataFiles.read(copy.resolve("data"));
  }

  private long turns() throws IOException {
    return allTurns().size();
  }

  private List<Container> allTurns() throws IOException {
    return docker
        .engine()
        .containers(Map.of(Purpose.LABEL, Purpose.RESTORE.label(), Companions.BESIDE, name));
  }

  /** Nothing can be done beside a container whose image is gone. */
  @Test
  void aRestoreThatCannotBeTidiedUpKeepsNobodyOut() throws Exception {
    String image = docker.docker("commit", name).strip();
    use(docker.create("-v", volume + ":/data", image));
    Replacement replacement = stage();
    assertThat(turns()).isOne();
    docker.docker("rmi", "--force", image);

    replacement.close();

    assertThat(turns()).isZero();
  }

  @Test
  void aContainerThatIsMadeAnewBeforeTheSwapIsRestoredIntoAllTheSame() throws Exception {
    try (Replacement replacement = stage()) {
      makeAnewOn(volume);
      replacement.swap();
      replacement.commit();
    }
    assertThat(inVolume()).isEqualTo(NEW);
  }

  @Test
  void aContainerThatIsMadeAnewAfterTheSwapGetsTheOldDataBackIfThatFailed() throws Exception {
    try (Replacement replacement = stage()) {
      replacement.swap();
      makeAnewOn(volume);
      replacement.reject();
      replacement.rollBack();
    }
    assertThat(inVolume()).isEqualTo(OLD);
  }

  @Test
  void aContainerThatIsMadeAnewOnAnotherVolumeBeforeTheSwapIsRefused() throws Exception {
    try (Replacement replacement = stage()) {
      makeAnewOn(docker.volume());

      assertThatThrownBy(replacement::swap)
          .isInstanceOf(TargetUnsuitable.class)
          .hasMessageContaining("made anew");
      replacement.rollBack();
    }
    assertThat(inVolume()).isEqualTo(OLD);
  }

  @Test
  void whatWasSwappedIsNotFinalIfItsContainerHasAnotherVolumeByThen() throws Exception {
    try (Replacement replacement = stage()) {
      replacement.swap();
      makeAnewOn(docker.volume());

      assertThatThrownBy(replacement::commit)
          .isInstanceOf(TargetUnsuitable.class)
          .hasMessageContaining("made anew");
      replacement.rollBack();
    }
    assertThat(inVolume()).isEqualTo(OLD);
  }

  @Test
  void aRestoreWhoseTurnWasRemovedSwapsNothing() throws Exception {
    try (Replacement replacement = stage()) {
      removeTurn();

      assertThatThrownBy(replacement::swap).hasMessageContaining("prune");
      replacement.rollBack();
    }
    assertThat(inVolume()).isEqualTo(OLD);
  }

  @Test
  void aRestoreWhoseTurnWasRemovedAfterTheSwapIsRolledBackAllTheSame() throws Exception {
    try (Replacement replacement = stage()) {
      replacement.swap();
      removeTurn();

      replacement.rollBack();
    }
    assertThat(inVolume()).isEqualTo(OLD);
  }

  /** People wrote all day, and the container was stopped for the night. */
  @Test
  void whatAServerHasWorkedOnIsAdoptedThoughItsContainerIsDown() throws Exception {
    try (Replacement replacement = stage()) {
      replacement.swap();
    }
    beside("printf 'worked on' >/data/chroma.sqlite3");

    String told = target.adopt().orElseThrow();

    assertThat(told).contains("final now", "is kept in /data/.chromabackup-replaced-");
    assertThat(target.needsRecovery()).isFalse();
    assertThat(beside("cd /data; cat chroma.sqlite3; echo; cat .chromabackup-replaced-*/*"))
        .isEqualTo("worked on\nold");
  }

  @Test
  void whatAServerHasWorkedOnThoughItWasRejectedIsKeptWhenTheOldIsPutBack() throws Exception {
    try (Replacement replacement = stage()) {
      replacement.swap();
      replacement.reject();
    }
    beside("printf 'worked on' >/data/chroma.sqlite3");
    assertThat(target.adopt()).isEmpty();

    String told = target.recover().orElseThrow();

    assertThat(told)
        .contains(
            "the data from before is back. A server has worked on what was restored, so that is"
                + " kept in /data/.chromabackup-replaced-");
    assertThat(target.needsRecovery()).isFalse();
    assertThat(beside("cd /data; cat chroma.sqlite3; echo; cat .chromabackup-replaced-*/*"))
        .isEqualTo("old\nworked on");
  }

  /** As where a container was created with a path of its own, and never started. */
  @Test
  void aDirectoryThatIsNotThereYetIsEmptyAndMadeForWhoeverHasTheOneAbove() throws Exception {
    beside("rm /data/chroma.sqlite3 && chown 1234:2345 /data");
    target =
        new DockerTarget(
            new ChromaContainer(
                docker.engine(), name, Optional.of("/data/own/chroma"), "/data/own/chroma"));
    assertThat(target.isEmpty()).isTrue();

    try (Replacement replacement = stage()) {
      replacement.swap();
      replacement.commit();
    }

    assertThat(target.isEmpty()).isFalse();
    assertThat(inVolume()).isEqualTo(Map.of("own/chroma/chroma.sqlite3", "new"));
    assertThat(beside("cd /data; stat -c '%u:%g %a' own own/chroma own/chroma/chroma.sqlite3"))
        .isEqualTo("1234:2345 755\n1234:2345 755\n1234:2345 644\n");
  }

  /** As a call does that does not see the turn: of the directory of the host, if it is one. */
  @Test
  void aRestoreWhoseFilesWereDiscardedByAnotherTouchesNothing() throws Exception {
    try (Replacement replacement = stage()) {
      beside("rm -r /data/.chromabackup/new");

      assertThatThrownBy(replacement::swap).hasMessageContaining("Nothing was changed");
      replacement.rollBack();
    }
    assertThat(inVolume()).isEqualTo(OLD);
  }

  /** By a process on the host that has the directory, say. */
  @Test
  void whatAnotherRestoreHasSwappedInMeanwhileIsLeftAloneAndNotSaidToBeBack() throws Exception {
    String journal = "chromabackup restore journal 1\nstate SWAPPING\nend\n";
    try (Replacement replacement = stage()) {
      beside("printf '%s' '" + journal + "' >/data/.chromabackup/journal");

      assertThatThrownBy(replacement::swap).hasMessageContaining("another restore");
      replacement.reject();
      assertThatThrownBy(replacement::rollBack).hasMessageContaining("another restore");
    }
    assertThat(beside("cd /data; cat chroma.sqlite3 .chromabackup/journal .chromabackup/new/*"))
        .isEqualTo("old" + journal + "new");
  }

  private void removeTurn() throws IOException {
    for (Container turn : allTurns()) {
      docker.docker("rm", turn.id());
    }
  }

  /** Its process was killed when all was brought back, and only this was left to remove. */
  @Test
  void whatARecoveryThatIsDeadLeftIsRemovedByTheNextCall() throws Exception {
    List<String> labels =
        new ArrayList<>(List.of("--label", Purpose.LABEL + "=" + Purpose.RECOVERY.label()));
    Map<String, String> facts = new HashMap<>(OwnerProcessTest.dead().labels());
    facts.put("io.chromabackup.chroma", name);
    facts.put(Companions.BESIDE, name);
    facts.forEach((key, value) -> labels.addAll(List.of("--label", key + "=" + value)));
    labels.add(RealDocker.image());
    String left = docker.create(labels.toArray(String[]::new));

    assertThat(target.needsRecovery()).isFalse();

    assertThat(docker.docker("ps", "-aq", "--filter", "name=" + left)).isBlank();
  }
}
