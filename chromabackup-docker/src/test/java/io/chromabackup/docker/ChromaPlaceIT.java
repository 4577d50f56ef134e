package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackupException.ContainerNotFound;
import io.chromabackup.ChromaBackupException.NotChroma;
import io.chromabackup.testkit.RealDocker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class ChromaPlaceIT {
  private Containments docker;
  private Engine engine;

  @BeforeAll
  static void requireDocker() {
    RealDocker.require();
  }

  @BeforeEach
  void connect() throws IOException {
    docker = Containments.connect();
    engine = docker.engine();
  }

  @AfterEach
  void removeAll() throws IOException {
    docker.close();
  }

  @Test
  void anEmptyVolumeOfAContainerThatWasNeverStarted() throws Exception {
    String volume = docker.volume();
    ChromaPlace place = place(docker.create("-v", volume + ":/data", RealDocker.image()));

    assertThat(place.directory()).isEqualTo("/data");
    assertThat(place.hasDatabase()).isFalse();
    assertThat(place.mount()).map(Container.Mount::name).contains(volume);
    assertThat(place.warnings()).isEmpty();
  }

  @Test
  void runningPausedAndStopped() throws Exception {
    String name = docker.run("-v", docker.volume() + ":/data", RealDocker.image());
    awaitDatabase(name, "/data");

    ChromaPlace running = place(name);
    assertThat(running.hasDatabase()).isTrue();
    assertThat(running.directory()).isEqualTo("/data");
    docker.docker("pause", name);
    assertThat(place(name)).isEqualTo(running);
    docker.docker("unpause", name);
    docker.docker("kill", name);
    assertThat(place(name)).isEqualTo(running);
  }

  @Test
  void aDirectoryWhoseDatabaseARestoreHasAwayIsStillChromas() throws Exception {
    String name =
        docker.run(
            "-v", docker.volume() + ":/data", "--entrypoint", "sleep", RealDocker.image(), "1h");
    docker.docker(
        "exec",
        name,
        "sh",
        "-c",
        "mkdir -p /data/.chromabackup /chroma/chroma"
            + " && touch /data/.chromabackup/journal /chroma/chroma/chroma.sqlite3");

    assertThat(place(name).directory()).isEqualTo("/data");
  }

  @Test
  void aVolumeWhereChromaDoesNotLookIsToldLoudly() throws Exception {
    String name = docker.run("-v", docker.volume() + ":/chroma/chroma", RealDocker.image());
    awaitDatabase(name, "/data");
    ChromaPlace place = place(name);

    assertThat(place.directory()).isEqualTo("/data");
    assertThat(place.mount()).isEmpty();
    assertThat(place.warnings())
        .singleElement()
        .asString()
        .contains("DIES WITH THE CONTAINER")
        .contains("/chroma/chroma, which Chroma since 1.0 does not use");
  }

  @Test
  void aConfigurationOfOnesOwn(@TempDir Path temp) throws Exception {
    Path config = Files.writeString(temp.resolve("config.yaml"), "port: 8001\n");
    String mounted = config + ":/config.yaml:ro";
    String name = docker.create("-v", mounted, RealDocker.image());

    assertThat(place(name).directory()).isEqualTo("/chroma");
    assertThat(ChromaConfiguration.of(engine, engine.inspect(name)).port()).isEqualTo(8001);
    Files.writeString(config, "persist_path: ../srv/x/\n");
    assertThat(place(name).directory()).isEqualTo("/srv/x");
    Files.write(config, new byte[(1 << 20) + 1]);
    assertThat(ChromaConfiguration.of(engine, engine.inspect(name)).warnings()).hasSize(1);
    Files.write(config, new byte[] {0, 1, 2, (byte) 0xff});
    assertThatThrownBy(() -> place(name))
        .isInstanceOf(NotChroma.class)
        .hasMessageContaining("/data, /chroma/chroma, /chroma");
  }

  @Test
  void linksAreFollowedToWhereTheDataIs() throws Exception {
    String name =
        docker.run(
            "-v",
            docker.volume() + ":/vol",
            "--entrypoint",
            "sh",
            RealDocker.image(),
            "-c",
            "mkdir -p /vol/a/b && ln -s /vol/a /way && ln -s ../way/b /srv/data"
                + " && touch /vol/a/b/chroma.sqlite3 && sleep 1000",
            "--path=/srv/data");
    awaitDatabase(name, "/vol/a/b");
    ChromaPlace place = ChromaPlace.in(engine, engine.inspect(name), Optional.of("/srv/data"));

    assertThat(place.directory()).isEqualTo("/vol/a/b");
    assertThat(place.mount()).map(Container.Mount::destination).contains("/vol");
    assertThat(place.hasDatabase()).isTrue();
  }

  @Test
  void aTmpfsIsRefused() throws Exception {
    String name = docker.create("--tmpfs", "/data", RealDocker.image());
    String mounted = docker.create("--mount", "type=tmpfs,dst=/data", RealDocker.image());

    assertThatThrownBy(() -> place(name))
        .isInstanceOf(NotChroma.class)
        .hasMessageContaining("tmpfs");
    assertThatThrownBy(() -> place(mounted))
        .isInstanceOf(NotChroma.class)
        .hasMessageContaining("tmpfs");
  }

  @Test
  void aMountedFileIsNoPlace(@TempDir Path temp) throws Exception {
    Path file = Files.writeString(temp.resolve("x"), "x");
    String name =
        docker.create("-v", file + ":/x:ro", "--entrypoint", "sleep", RealDocker.image(), "9");
    ChromaPlace place = ChromaPlace.in(engine, engine.inspect(name), Optional.of("/x/y"));

    assertThat(place.hasDatabase()).isFalse();
    assertThat(place(name).directory()).isEqualTo("/data");
  }

  @Test
  void containersAreFoundByWhatTheyAreCalled() throws Exception {
    Containers containers = new Containers(engine);
    String project = "p" + System.nanoTime();
    String name = docker.create(labels(project, "chromadb", 1));
    String worker = docker.create(labels(project, "worker", 1));
    Container chroma = engine.inspect(name);

    assertThat(containers.named(name)).isEqualTo(chroma);
    assertThat(containers.named(chroma.id().substring(0, 12))).isEqualTo(chroma);
    assertThat(containers.named(project + "-chromadb-1")).isEqualTo(chroma);
    assertThat(containers.ofService(project, "chromadb")).isEqualTo(chroma);
    assertThat(containers.dependents(chroma, "worker")).containsExactly(engine.inspect(worker));
    assertThat(containers.dependents(chroma, "nobody")).isEmpty();
    assertThatThrownBy(() -> containers.dependents(chroma, "chromadb"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is Chroma itself");
    assertThatThrownBy(() -> containers.named("nobody"))
        .isInstanceOf(ContainerNotFound.class)
        .hasMessageContaining(name + " (" + RealDocker.image() + ", looks like Chroma)");
    assertThatThrownBy(() -> containers.ofService(project, "chroma"))
        .isInstanceOf(ContainerNotFound.class)
        .hasMessageContaining("no such service, but chromadb, worker");
  }

  private static String[] labels(String project, String service, int number) {
    return new String[] {
      "--label=com.docker.compose.project=" + project,
      "--label=com.docker.compose.service=" + service,
      "--label=com.docker.compose.container-number=" + number,
      RealDocker.image()
    };
  }

  private void awaitDatabase(String name, String directory) throws Exception {
    for (int i = 0; i < 300; i++) {
      if (engine.stat(name, directory + "/chroma.sqlite3").isPresent()) {
        return;
      }
      Thread.sleep(100);
    }
    throw new IOException(docker.docker("logs", name));
  }

  private ChromaPlace place(String name) throws IOException {
    return ChromaPlace.in(engine, engine.inspect(name), Optional.empty());
  }
}
