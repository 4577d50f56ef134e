package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException.ServiceNotHeld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The units that systemd stops together with one, and does not start again with it: those that
 * require it, directly or through others. This process may run in one of them.
 *
 * @param unit the unit that is to be stopped
 * @param own the units that this process is in
 */
record SystemdDependents(SystemdUnit unit, Set<String> own) {
  private static final Path CGROUPS = Path.of("/proc/self/cgroup");
  private static final String NAME = "Id";
  private static final String STATE = "ActiveState";

  /** The other side of Requires=, Requisite=, BindsTo=, PartOf= and StopPropagatedFrom=. */
  private static final List<String> STOPPED_TOO =
      List.of("RequiredBy", "RequisiteOf", "BoundBy", "ConsistsOf", "PropagatesStopTo");

  private static final Set<String> DOWN = Set.of("inactive", "failed");

  /**
   * Of this process.
   *
   * @param unit the unit that is to be stopped
   */
  static SystemdDependents of(SystemdUnit unit) {
    return new SystemdDependents(unit, ownUnits());
  }

  /** All that have this process in their control group; none where there is no systemd. */
  private static Set<String> ownUnits() {
    Set<String> units = new TreeSet<>();
    try {
      for (String line : Files.readAllLines(CGROUPS)) {
        units.addAll(List.of(line.substring(line.lastIndexOf(':') + 1).split("/", -1)));
      }
    } catch (IOException | RuntimeException e) {
      return Set.of(); // no Linux
    }
    return units;
  }

  /**
   * Refuses if something else would be down that runs now.
   *
   * @param service the service's name
   * @throws ServiceNotHeld if so
   * @throws IOException if it cannot be told
   */
  void requireNone(String service, Deadline deadline) throws IOException {
    Set<String> seen = new LinkedHashSet<>();
    List<String> running = new ArrayList<>();
    Deque<String> toSee = new ArrayDeque<>(List.of(unit.name()));
    while (!toSee.isEmpty()) {
      Map<String, String> properties = properties(toSee.remove(), deadline);
      String name = properties.getOrDefault(NAME, "");
      if (!seen.add(name)) {
        continue;
      }
      if (own.contains(name)) {
        throw new ServiceNotHeld(service, itself(name), null);
      }
      // a target does nothing itself; what requires it may
      if (seen.size() > 1
          && !name.endsWith(".target")
          && !DOWN.contains(properties.getOrDefault(STATE, ""))) {
        running.add(name);
      }
      for (String relation : STOPPED_TOO) {
        Arrays.stream(properties.getOrDefault(relation, "").split(" ", -1))
            .filter(other -> !other.isBlank())
            .forEach(toSee::add);
      }
    }
    if (!running.isEmpty()) {
      throw new ServiceNotHeld(service, others(running), null);
    }
  }

  private Map<String, String> properties(String name, Deadline deadline) throws IOException {
    List<String> asked = new ArrayList<>(List.of(NAME, STATE));
    asked.addAll(STOPPED_TOO);
    return new SystemdUnit(unit.systemctl(), name).show(asked, deadline);
  }

  private static String itself(String name) {
    return ("systemd would stop this process with it, which runs in %s. Have that unit name it in"
            + " Wants=, and not in Requires=, BindsTo= or PartOf=; or run this in another unit")
        .formatted(name);
  }

  private static String others(List<String> running) {
    return ("systemd would stop %s with it, and not start that again. For a restore, name what"
            + " depends on it as dependents; or have it name this unit in Wants=, and not in"
            + " Requires=, BindsTo= or PartOf=")
        .formatted(String.join(", ", running));
  }
}
