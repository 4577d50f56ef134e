package io.chromabackup.localfs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What systemd tells about a unit.
 *
 * @param systemctl the program
 * @param name the unit's name
 */
record SystemdUnit(String systemctl, String name) {
  /**
   * Asks for properties.
   *
   * @return those that this systemd knows, by name
   * @throws IOException if it does not answer
   */
  Map<String, String> show(List<String> properties, Deadline deadline) throws IOException {
    List<String> words = new ArrayList<>(List.of(systemctl, "show"));
    properties.forEach(property -> words.add("--property=" + property));
    words.addAll(List.of("--", name));
    Command.Outcome outcome = new Command(words).run(deadline);
    if (!outcome.succeeded()) {
      throw new IOException("the state of unit " + name + " cannot be told: " + outcome.inWords());
    }
    return outcome
        .output()
        .lines()
        .map(line -> line.split("=", 2))
        .filter(pair -> pair.length == 2)
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (one, other) -> other));
  }
}
