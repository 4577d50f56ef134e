package io.chromabackup.docker;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A container, as the engine described it when it was asked.
 *
 * @param id the engine's full id
 * @param name without the leading slash
 * @param image as it was named when the container was made
 * @param imageId the image's id, which no tag moves away from
 * @param state what it is doing
 * @param labels its labels
 * @param command entry point and arguments, as one list
 * @param environment its variables
 * @param workingDirectory where its command runs; {@code /} if not said
 * @param user who its command runs as; empty for root
 * @param mounts what is mounted in it
 * @param addresses its address in each network that it is attached to, by the network's name
 * @param published for each of its TCP ports that is published: where on the engine's host
 * @param removedOnExit whether the engine removes it when it stops ({@code --rm})
 * @param stopSeconds its own limit for a stop, if it has one
 */
record Container(
    String id,
    String name,
    String image,
    String imageId,
    State state,
    Map<String, String> labels,
    List<String> command,
    Map<String, String> environment,
    String workingDirectory,
    String user,
    List<Mount> mounts,
    Map<String, String> addresses,
    Map<Integer, HostPort> published,
    boolean removedOnExit,
    OptionalInt stopSeconds) {
  private static final String PROJECT = "com.docker.compose.project";
  private static final String SERVICE = "com.docker.compose.service";
  private static final String SWARM_TASK = "com.docker.swarm.task.id";
  private static final String SWARM_SERVICE = "com.docker.swarm.service.name";

  Container {
    labels = Map.copyOf(labels);
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    mounts = List.copyOf(mounts);
    addresses = Map.copyOf(addresses);
    published = Map.copyOf(published);
  }

  /** What a container can be doing, in the engine's words. */
  enum Status {
    CREATED,
    RUNNING,
    PAUSED,
    RESTARTING,
    REMOVING,
    EXITED,
    DEAD,

    /** By a word that this library does not know: not up, as far as it can tell, nor leaving. */
    UNKNOWN;

    /** Reads the engine's word; podman has more of them than Docker. */
    static Status of(String word) {
      return switch (word) {
        case "configured", "initialized" -> CREATED;
        case "stopping" -> RUNNING;
        case "stopped" -> EXITED;
        default ->
            Arrays.stream(values())
                .filter(s -> s.name().equalsIgnoreCase(word))
                .findFirst()
                .orElse(UNKNOWN);
      };
    }
  }

  /**
   * What a container is doing.
   *
   * @param status the engine's word for it
   * @param exitCode of its last run
   * @param health the engine's word for what its health check says, if it has one
   */
  record State(Status status, int exitCode, Optional<String> health) {
    /** Whether it runs or is to: also while paused, and between two starts of a crash loop. */
    boolean isUp() {
      return status == Status.RUNNING || status == Status.PAUSED || status == Status.RESTARTING;
    }

    boolean isPaused() {
      return status == Status.PAUSED;
    }

    /** Whether it is being removed, or was and left something that the engine cannot delete. */
    boolean isBeingRemoved() {
      return status == Status.REMOVING || status == Status.DEAD;
    }
  }

  /**
   * Something that is mounted in a container.
   *
   * @param type {@code volume}, {@code bind}, {@code tmpfs} or another of the engine's words
   * @param name the volume's name, or the directory of the host
   * @param destination where in the container
   * @param writable whether it may be written
   */
  record Mount(String type, String name, String destination, boolean writable) {}

  /** Where a port of a container is published on the engine's host. */
  record HostPort(String address, int port) {}

  /** The compose project that it belongs to. */
  Optional<String> project() {
    return Optional.ofNullable(labels.get(PROJECT));
  }

  /** The compose service that it is. */
  Optional<String> service() {
    return Optional.ofNullable(labels.get(SERVICE));
  }

  /** Why it must not be stopped, and what to do, in words; empty if it may be. */
  Optional<String> obstacleToStop() {
    if (removedOnExit) {
      return Optional.of(
          ("the engine would remove it when it stops (--rm), and those of its volumes that have no"
                  + " name. Make one without --rm that has them too (docker create --volumes-from"
                  + " %s ...) before you stop it")
              .formatted(name));
    }
    if (labels.containsKey(SWARM_TASK)) {
      String swarmService = labels.getOrDefault(SWARM_SERVICE, "SERVICE");
      return Optional.of(
          ("it is a task of a swarm, which would start another on the same data when it stops."
                  + " Scale its service to 0 (docker service scale %s=0), and use a container of"
                  + " your own with its volume meanwhile")
              .formatted(swarmService));
    }
    return Optional.empty();
  }

  /** The same, and whether it has a volume that would not outlast it. */
  Optional<String> obstacleToStop(Engine engine) throws IOException {
    Optional<String> obstacle = obstacleToStop();
    if (obstacle.isPresent()) {
      return obstacle;
    }
    for (Mount mount : mounts) {
      if (mount.type().equals("volume") && engine.isInMemory(mount.name())) {
        return Optional.of(
            "its volume %s is in memory, and would be emptied if it stopped"
                .formatted(mount.name()));
      }
    }
    return Optional.empty();
  }
}
