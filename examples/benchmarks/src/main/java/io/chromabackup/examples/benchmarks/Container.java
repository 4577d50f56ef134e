package io.chromabackup.examples.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/** A container that serves a copy of the data from a volume. */
final class Container implements AutoCloseable {
  private static final String IMAGE = "chromabackup-test/chroma:1.5";

  private final String name;
  private final Thread remover = new Thread(this::remove);

  private Container(String name) {
    this.name = name;
    Runtime.getRuntime().addShutdownHook(remover);
  }

  static boolean isPossible() {
    return Shell.succeeds("docker image inspect " + IMAGE);
  }

  static Container serving(Path data) throws IOException {
    Container container = new Container("chromabackup-benchmark-" + ProcessHandle.current().pid());
    try {
      container.run("docker create -q --name $C --stop-timeout 1 -v $C:/data " + IMAGE);
      container.run("docker cp -q " + data + "/. $C:/data; docker start $C");
      container.awaitServer();
      return container;
    } catch (IOException e) {
      container.close();
      throw e;
    }
  }

  private void awaitServer() throws IOException {
    run(
        "for i in $(seq 300); do curl -sf "
            + url()
            + "/api/v2/heartbeat && exit; sleep 0.2; done; exit 1");
  }

  /** Where this machine reaches it. */
  URI url() throws IOException {
    String address = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
    return URI.create("http://" + answer("docker inspect -f '" + address + "' $C") + ":8000");
  }

  /** Its data, on this machine. */
  Path volume() throws IOException {
    return Path.of(answer("docker volume inspect -f '{{.Mountpoint}}' $C"));
  }

  String name() {
    return name;
  }

  private void run(String command) throws IOException {
    answer(command);
  }

  private String answer(String command) throws IOException {
    return Shell.run(command, Map.of("C", name));
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(remover);
    remove();
  }

  private void remove() {
    try {
      run("docker rm -f $C; docker volume rm -f $C");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
