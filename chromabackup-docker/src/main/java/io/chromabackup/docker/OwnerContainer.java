package io.chromabackup.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The container of the same engine that a process runs in. From outside of it nobody sees whether
 * the process lives; but it does not outlive its container.
 *
 * @param id the container's
 * @param run which of its runs it is, in the engine's words
 */
record OwnerContainer(String id, String run) {
  private static final String ID = "io.chromabackup.owner.container";
  private static final String RUN = "io.chromabackup.owner.container.run";

  /** An engine mounts files of its own into a container, from a directory that has the id. */
  private static final Pattern OWN_FILE =
      Pattern.compile("/([0-9a-f]{64})/\\S*hostname /etc/hostname ");

  /** The name of a container's machine is the beginning of its id, unless somebody gave another. */
  private static final Pattern SHORT_ID = Pattern.compile("[0-9a-f]{12}");

  /**
   * The labels that tell of the one that this process runs in; none if it runs in none, or if that
   * cannot be told: a container in the network of another has the files and the name of that.
   */
  static Map<String, String> here(Engine engine) throws IOException {
    for (String id : hints(text("/proc/self/mountinfo"), text("/proc/sys/kernel/hostname"))) {
      Optional<String> run = engine.run(id);
      if (run.isPresent() && !engine.lendsNetwork(id)) {
        return new OwnerContainer(id, run.get()).labels();
      }
    }
    return Map.of();
  }

  /** What may be the beginning of its id. */
  static List<String> hints(String mounts, String hostName) {
    Matcher file = OWN_FILE.matcher(mounts);
    Stream<String> mounted = file.find() ? Stream.of(file.group(1)) : Stream.empty();
    Stream<String> named = Stream.of(hostName.strip()).filter(SHORT_ID.asMatchPredicate());
    return Stream.concat(mounted, named).toList();
  }

  private static String text(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      return "";
    }
  }

  /** The one that labels tell of. */
  static Optional<OwnerContainer> in(Map<String, String> labels) {
    return labels.containsKey(ID)
        ? Optional.of(new OwnerContainer(labels.get(ID), labels.getOrDefault(RUN, "")))
        : Optional.empty();
  }

  Map<String, String> labels() {
    return Map.of(ID, id, RUN, run);
  }

  /** Whether it is gone, or has ended since, be it that it was started again. */
  boolean isLost(Engine engine) throws IOException {
    return !engine.run(id).equals(Optional.of(run));
  }
}
