package io.chromabackup.localfs;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The state of a systemd unit. {@code systemctl is-active} would not do: it calls a unit that does
 * not exist, and one that is still being stopped, as inactive as one that is down.
 *
 * @param unit the unit
 */
record SystemdStatus(SystemdUnit unit) implements ServiceStatus {
  private static final Set<String> LOADED = Set.of("loaded", "masked");

  @Override
  public State now(Deadline deadline) throws IOException {
    Map<String, String> properties = unit.show(List.of("LoadState", "ActiveState"), deadline);
    String loaded = properties.getOrDefault("LoadState", "unknown");
    if (!LOADED.contains(loaded)) {
      throw new IOException(
          "systemd has no unit " + unit.name() + " (its load state: " + loaded + ")");
    }
    return state(properties.getOrDefault("ActiveState", "unknown"));
  }

  private State state(String active) throws IOException {
    return switch (active) {
      case "active", "reloading", "refreshing" -> State.UP;
      case "activating", "deactivating", "maintenance" -> State.CHANGING;
      case "inactive", "failed" -> State.DOWN;
      default ->
          throw new IOException("unit " + unit.name() + " is in an unknown state: " + active);
    };
  }
}
