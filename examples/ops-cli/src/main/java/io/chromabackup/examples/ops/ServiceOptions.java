package io.chromabackup.examples.ops;

import io.chromabackup.ServiceController;
import io.chromabackup.localfs.LocalService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The service that uses a directory of this machine. */
final class ServiceOptions {
  @Option(
      names = "--systemd",
      paramLabel = "UNIT",
      description = "For a directory: the unit to stop and start.")
  private @Nullable String unit;

  @Option(
      names = "--container",
      paramLabel = "NAME",
      description = "For a directory: the container that has it mounted, to pause, stop and start.")
  private @Nullable String container;

  @Option(
      names = "--pid-file",
      paramLabel = "FILE",
      converter = PathConverter.class,
      description =
          "For a directory: where the server keeps its process number; it can be paused then.")
  private @Nullable Path pidFile;

  @Option(
      names = "--stop-command",
      paramLabel = "COMMAND",
      description = "For a directory: stops the server. Run by sh -c, as the next three.")
  private @Nullable String stop;

  @Option(names = "--start-command", paramLabel = "COMMAND", description = "Starts it.")
  private @Nullable String start;

  @Option(
      names = "--status-command",
      paramLabel = "COMMAND",
      description = "Exits with 0 if it runs, with 1, 2 or 3 if it is down.")
  private @Nullable String status;

  @Option(
      names = "--health-command",
      paramLabel = "COMMAND",
      description = "Exits with 0 if it does its work.")
  private @Nullable String health;

  /** What is not one of ours is for containers. */
  boolean any() {
    return unit != null || container != null || byProcess();
  }

  Optional<String> container() {
    return Optional.ofNullable(container);
  }

  /** Throws an IllegalArgumentException if options do not go together. */
  Optional<ServiceController> controller(Optional<Duration> timeout) {
    if (Stream.of(unit != null, container != null, byProcess()).filter(Boolean::valueOf).count()
        > 1) {
      throw new IllegalArgumentException(
          "--systemd, --container and the options for a process (--pid-file, --...-command) exclude"
              + " each other");
    }
    if (unit != null) {
      return Optional.of(
          timeout.isPresent()
              ? LocalService.systemd(unit, timeout.get())
              : LocalService.systemd(unit));
    }
    return byProcess() ? Optional.of(process(timeout)) : Optional.empty();
  }

  private boolean byProcess() {
    return Stream.of(pidFile, stop, start, status, health).anyMatch(Objects::nonNull);
  }

  private ServiceController process(Optional<Duration> timeout) {
    LocalService.Builder service = LocalService.builder("chroma");
    timeout.ifPresent(service::timeout);
    if (pidFile != null) {
      service.pidFile(pidFile);
    }
    if (stop != null) {
      service.stopCommand(shell(stop));
    }
    if (start != null) {
      service.startCommand(shell(start));
    }
    if (status != null) {
      service.statusCommand(shell(status));
    }
    if (health != null) {
      service.healthCommand(shell(health));
    }
    try {
      return service.build();
    } catch (IllegalStateException e) {
      throw new IllegalArgumentException(e.getMessage() + " (--pid-file, --...-command)", e);
    }
  }

  private static String[] shell(String command) {
    return new String[] {"/bin/sh", "-c", command};
  }
}
