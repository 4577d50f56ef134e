package io.chromabackup.docker;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an engine is sent to make something. */
final class Recipe {
  private static final List<String> NOTHING = List.of("true");

  private Recipe() {}

  /** A container that is cut off from all but the volumes that it is made for. */
  static Map<String, Object> of(Companion companion) {
    List<String> command = companion.command().isEmpty() ? NOTHING : companion.command();
    Map<String, Object> recipe = new LinkedHashMap<>();
    recipe.put("Image", companion.imageId());
    recipe.put("User", "0:0");
    recipe.put("Entrypoint", command.subList(0, 1));
    recipe.put("Cmd", command.subList(1, command.size()));
    recipe.put("Labels", companion.labels());
    recipe.put("Healthcheck", Map.of("Test", List.of("NONE")));
    recipe.put("HostConfig", hostConfig(companion));
    return recipe;
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
  static Map<String, Object> attached(List<String> command) {
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
