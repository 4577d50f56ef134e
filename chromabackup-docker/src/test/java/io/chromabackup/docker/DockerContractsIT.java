package io.chromabackup.docker;

import io.chromabackup.BackupSource;
import io.chromabackup.RestoreTarget;
import io.chromabackup.ServiceController;
import io.chromabackup.files.Settling;
import io.chromabackup.testkit.RealDocker;
import io.chromabackup.testkit.contract.BackupSourceContract;
import io.chromabackup.testkit.contract.DataFiles;
import io.chromabackup.testkit.contract.RestoreTargetContract;
import io.chromabackup.testkit.contract.ServiceControllerContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Containers keep the contracts of sources, targets and controllers. */
@Timeout(300)
class DockerContractsIT {
  private Containments docker;
  private String name;

  @BeforeAll
  static void requireDocker() {
    RealDocker.require();
  }

  @BeforeEach
  void connect() throws IOException {
    docker = Containments.connect();
  }

  @AfterEach
  void removeAll() throws IOException {
    docker.close();
  }

  private void createWithVolume() throws IOException {
    name = docker.create("-v", docker.volume() + ":/data", RealDocker.image());
  }

  private ChromaContainer chroma() {
    return new ChromaContainer(docker.engine(), name, Optional.empty(), "/data");
  }

  private DockerService service() {
    return new DockerService(
        docker.engine(),
        new Companions(docker.engine(), name),
        name,
        DockerService.FIRST,
        OptionalInt.of(1),
        Optional.empty());
  }

  @Nested
  class Source implements BackupSourceContract {
    @BeforeEach
    void create() throws IOException {
      createWithVolume();
    }

    @Override
    public BackupSource open() {
      return new DockerSource(chroma(), service(), new Settling(Duration.ofMillis(100)));
    }

    @Override
    public void put(Path directory) throws IOException {
      docker.docker("cp", directory + "/.", name + ":/data");
    }

    @Override
    public boolean remove(String path) throws IOException {
      String file = "/data/" + path;
      docker.docker(
          "run", "--rm", "--volumes-from", name, "--entrypoint", "rm", RealDocker.image(), file);
      return true;
    }
  }

  @Nested
  class Target implements RestoreTargetContract {
    @TempDir private Path temporary;

    @BeforeEach
    void create() throws IOException {
      createWithVolume();
    }

    @Override
    public RestoreTarget open() {
      return new DockerTarget(chroma());
    }

    @Override
    public void put(Map<String, String> files) throws IOException {
      Path directory = Files.createTempDirectory(temporary, "put");
      DataFiles.write(directory, files);
      docker.docker("cp", directory + "/.", name + ":/data");
    }

    @Override
    public OptionalInt mode(String path) throws IOException {
      String file = "/data/" + path;
      String said =
          docker.docker(
              "run",
              "--rm",
              "--volumes-from",
              name,
              "--entrypoint",
              "stat",
              RealDocker.image(),
              "-c",
              "%a",
              file);
      return OptionalInt.of(Integer.parseInt(said.strip(), 8) & 0777);
    }

    @Override
    public Map<String, String> live() throws IOException {
      Path directory = Files.createTempDirectory(temporary, "live");
      docker.docker("cp", name + ":/data", directory.toString());
      return DataFiles.read(directory.resolve("data"));
    }
  }

  @Nested
  class Service implements ServiceControllerContract {
    @BeforeEach
    void create() throws IOException {
      name = docker.create("--entrypoint", "sleep", RealDocker.image(), "1h");
    }

    @Override
    public ServiceController open() {
      return service();
    }

    @Override
    public void bring(State state) throws IOException {
      State now = state();
      if (now == state) {
        return;
      }
      if (now == State.FROZEN) {
        docker.docker("unpause", name);
      }
      switch (state) {
        case DOWN -> docker.docker("kill", name);
        case RUNNING -> docker.docker("start", name);
        case FROZEN -> {
          docker.docker("start", name);
          docker.docker("pause", name);
        }
      }
    }

    @Override
    public State state() throws IOException {
      return switch (inspected("{{.State.Status}}")) {
        case "running" -> State.RUNNING;
        case "paused" -> State.FROZEN;
        default -> State.DOWN;
      };
    }

    @Override
    public String run() throws IOException {
      return inspected("{{.State.StartedAt}}");
    }

    private String inspected(String what) throws IOException {
      return docker.docker("inspect", "-f", what, name).strip();
    }
  }
}
