package io.chromabackup.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What everything of a stack is labelled with: as compose does it, and by whom it was made. */
final class StackLabels {
  /** The id of the stack. */
  static final String TEST = "io.chromabackup.test";

  /** Where the JVM runs that made it, and which it is. */
  static final String HOST = "io.chromabackup.test.host";

  static final String PID = "io.chromabackup.test.pid";

  /** When it was made, in seconds since 1970. */
  static final String BORN = "io.chromabackup.test.born";

  private static final String COMPOSE = "com.docker.compose.";

  private final String id = UUID.randomUUID().toString();

  String id() {
    return id;
  }

  String filter() {
    return "label=" + TEST + "=" + id;
  }

  /** Process ids mean something only where they were given: on a host, in a namespace of it. */
  static String host() {
    try {
      Path name = Path.of("/proc/sys/kernel/hostname");
      String host = Files.isReadable(name) ? Files.readString(name).strip() : "";
      Path namespace = Path.of("/proc/self/ns/pid");
      return host + "/" + (Files.exists(namespace) ? Files.readSymbolicLink(namespace) : "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String[] network(String name, String project) {
    return made("network", name, project, "network=default");
  }

  String[] volume(String name, String project) {
    return made("volume", name, project, "volume=chromadb_data");
  }

  /** The beginning of {@code docker create}. */
  List<String> create(String service, String name, String project) {
    List<String> create = new ArrayList<>(List.of("create", "--name", name));
    addOwn(create, project);
    add(create, COMPOSE + "service=" + service);
    add(create, COMPOSE + "container-number=1");
    add(create, COMPOSE + "oneoff=False");
    return create;
  }

  private String[] made(String kind, String name, String project, String compose) {
    List<String> create = new ArrayList<>(List.of(kind, "create"));
    addOwn(create, project);
    add(create, COMPOSE + compose);
    create.add(name);
    return create.toArray(String[]::new);
  }

  private void addOwn(List<String> command, String project) {
    add(command, TEST + "=" + id);
    add(command, HOST + "=" + host());
    add(command, PID + "=" + ProcessHandle.current().pid());
    add(command, BORN + "=" + Instant.now().getEpochSecond());
    add(command, COMPOSE + "project=" + project);
  }

  private static void add(List<String> command, String label) {
    command.add("--label");
    command.add(label);
  }
}
