package io.chromabackup.examples.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

/** A container that serves a copy of the data from a volume. */
final class Container implements AutoCloseable {
  private static final String IMAGE = "chromabackup-test/chroma:1.5";

  private final String name;

  private Container(String name) {
    this.name = name;
  }

  static boolean isPossible() {
    return Shell.succeeds("docker image inspect " + IMAGE);
  }

  static Container serving(Path data) throws IOException {
    Container container = new Container("chromabackup-benchmark-" + ProcessHandle.current().pid());
    try {
      container.run("docker create -q --name $C --stop-timeout 1 -v $C:/data " + IMAGE);
      container.run("docker cp -q " + data + "/. $C:/data; docker start $C");
      container.run("for i in $(seq 60); do docker exec $C test -s /data/chroma.sqlite3 && break; sleep 1; done");
      return container;
    } catch (IOException e) {
      container.close();
      throw e;
    }
  }

  String name() {
    return name;
  }

  private void run(String command) throws IOException {
    Shell.run(command, Map.of("C", name));
  }

  @Override
  public void close() {
    try {
      run("docker rm -f $C; docker volume rm -f $C");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
