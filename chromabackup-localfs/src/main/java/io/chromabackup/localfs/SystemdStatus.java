package io.chromabackup.localfs;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The state of a systemd unit. {@code systemctl is-active} would not do: it calls a unit that does
 * not exist, and one that is still being stopped, as inactive as one that is down.
 *
 * @param systemctl the program
 * @param unit the unit's name
 */
record SystemdStatus(String systemctl, String unit) implements ServiceStatus {
  private static final Set<String> LOADED = Set.of("loaded", "masked");

  @Override
  public State now(Deadline deadline) throws IOException {
    Command show =
        Command.of(systemctl, "show", "--property=LoadState", "--property=ActiveState", "--", unit);
    Command.Outcome outcome = show.run(deadline);
    if (!outcome.succeeded()) {
      throw new IOException("the state of unit " + unit + " cannot be told: " + outcome.inWords());
    }
    Map<String, String> properties =
        outcome
            .output()
            .lines()
            .map(line -> line.split("=", 2))
            .filter(pair -> pair.length == 2)
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (one, other) -> other));
    String loaded = properties.getOrDefault("LoadState", "unknown");
    if (!LOADED.contains(loaded)) {
      throw new IOException("systemd has no unit " + unit + " (its load state: " + loaded + ")");
    }
    return state(properties.getOrDefault("ActiveState", "unknown"));
  }

  private State state(String active) throws IOException {
    return switch (active) {
      case "active", "reloading", "refreshing" -> State.UP;
      case "activating", "deactivating", "maintenance" -> State.CHANGING;
      case "inactive", "failed" -> State.DOWN;
      default -> throw new IOException("unit " + unit + " is in an unknown state: " + active);
    };
  }
}
