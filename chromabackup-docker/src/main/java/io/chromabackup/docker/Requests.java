package io.chromabackup.docker;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an engine is sent to make something. */
final class Requests {
  private static final List<String> NOTHING = List.of("true");

  private Requests() {}

  /** A container that is cut off from all but the volumes that it is made for. */
  static Map<String, Object> create(Companion companion) {
    List<String> command = companion.command().isEmpty() ? NOTHING : companion.command();
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("Image", companion.imageId());
    request.put("User", "0:0");
    request.put("Entrypoint", command.subList(0, 1));
    request.put("Cmd", command.subList(1, command.size()));
    request.put("Labels", companion.labels());
    request.put("Healthcheck", Map.of("Test", List.of("NONE")));
    request.put("HostConfig", hostConfig(companion));
    return request;
  }

  private static Map<String, Object> hostConfig(Companion companion) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("NetworkMode", "none");
    config.put("AutoRemove", false);
    config.put("LogConfig", Map.of("Type", "json-file")); // the engine's default may be unreadable
    config.put("SecurityOpt", List.of("label=disable")); // SELinux keeps containers apart
    String mode = companion.writable() ? ":rw" : ":ro";
    companion.volumesOf().ifPresent(v -> config.put("VolumesFrom", List.of(v + mode)));
    return config;
  }

  /** A command that is talked to. */
  static Map<String, Object> exec(List<String> command) {
    return Map.of(
        "AttachStdin",
        true,
        "AttachStdout",
        true,
        "AttachStderr",
        true,
        "Tty",
        false,
        "Cmd",
        command);
  }
}
