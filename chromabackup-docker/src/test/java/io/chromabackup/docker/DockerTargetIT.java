package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.EntrySink;
import io.chromabackup.RestoreTarget.Replacement;
import io.chromabackup.StagedFiles;
import io.chromabackup.testkit.RealDocker;
import java.io.IOException;
import java.nio.file.Path;
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

/** What a restore into a volume leaves behind, and whom that keeps out. */
@Timeout(180)
class DockerTargetIT {
  @TempDir Path directory;
  private Containments docker;
  private String name;
  private DockerTarget target;

  @BeforeAll
  static void requireDocker() {
    RealDocker.require();
  }

  @BeforeEach
  void create() throws IOException {
    docker = Containments.connect();
    name = docker.create("-v", docker.volume() + ":/data", RealDocker.image());
    target =
        new DockerTarget(new ChromaContainer(docker.engine(), name, Optional.empty(), "/data"));
  }

  @AfterEach
  void removeAll() throws IOException {
    docker.close();
  }

  private Replacement stage() throws IOException {
    return target.stage(
        new StagedFiles() {
          @Override
          public Path directory() {
            return directory;
          }

          @Override
          public void transferTo(EntrySink sink) {
            // no file is a restore too
          }
        });
  }

  private long turns() throws IOException {
    return docker.engine().containers(Map.of(Purpose.LABEL, Purpose.RESTORE.label())).stream()
        .filter(turn -> name.equals(turn.labels().get(Companions.BESIDE)))
        .count();
  }

  @Test
  void aRestoreThatCannotBeTidiedUpKeepsNobodyOut() throws Exception {
    Replacement replacement = stage();
    assertThat(turns()).isOne();
    docker.docker("rm", name); // and so nothing can be done beside it

    replacement.close();

    assertThat(turns()).isZero();
  }

  /** Its process was killed when all was brought back, and only this was left to remove. */
  @Test
  void whatARecoveryThatIsDeadLeftIsRemovedByTheNextCall() throws Exception {
    List<String> labels =
        new ArrayList<>(List.of("--label", Purpose.LABEL + "=" + Purpose.RECOVERY.label()));
    Map<String, String> facts =
        new HashMap<>(new Owner(Owner.self().machine(), "before", "", 7, "1").labels());
    facts.put("io.chromabackup.chroma", name);
    facts.put(Companions.BESIDE, name);
    facts.forEach((key, value) -> labels.addAll(List.of("--label", key + "=" + value)));
    labels.add(RealDocker.image());
    String left = docker.create(labels.toArray(String[]::new));

    assertThat(target.needsRecovery()).isFalse();

    assertThat(docker.docker("ps", "-aq", "--filter", "name=" + left)).isBlank();
  }
}
