package io.chromabackup.docker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The process that a companion container works for, as it is written into the container's labels: a
 * later process must be able to tell whether it still lives.
 *
 * @param machine the machine's name and, where there is one, its id
 * @param boot which start of the machine it was; empty where that cannot be told
 * @param space which process numbers it sees: a container has its own; empty where there is one
 *     kind
 * @param pid its number
 * @param born when it was started, in a form that is compared only on the same start of a machine
 */
record OwnerProcess(String machine, String boot, String space, long pid, String born) {
  private static final String MACHINE = "io.chromabackup.owner.machine";
  private static final String BOOT = "io.chromabackup.owner.boot";
  private static final String SPACE = "io.chromabackup.owner.space";
  private static final String PID = "io.chromabackup.owner.pid";
  private static final String BORN = "io.chromabackup.owner.born";

  /** What no host name has. */
  private static final String BEFORE_ID = "/";

  /** This process. */
  static OwnerProcess self() {
    long pid = ProcessHandle.current().pid();
    return new OwnerProcess(
        machineHere(), bootHere(), spaceHere(), pid, Processes.HERE.birth(pid).orElse(""));
  }

  /** The owner that labels name; empty if they name none. */
  static Optional<OwnerProcess> in(Map<String, String> labels) {
    try {
      return Optional.of(
          new OwnerProcess(
              labels.getOrDefault(MACHINE, ""),
              labels.getOrDefault(BOOT, ""),
              labels.getOrDefault(SPACE, ""),
              Long.parseLong(labels.getOrDefault(PID, "")),
              labels.getOrDefault(BORN, "")));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  Map<String, String> labels() {
    return Map.of(MACHINE, machine, BOOT, boot, SPACE, space, PID, Long.toString(pid), BORN, born);
  }

  /** Whether it is certain that this process is no more. Of other machines nothing is certain. */
  boolean isDead() {
    return isDead(self());
  }

  /**
   * The same.
   *
   * @param here any process that runs here
   */
  boolean isDead(OwnerProcess here) {
    return !isElsewhere(here) && (!boot.equals(here.boot) || !mayRun());
  }

  private boolean mayRun() {
    return Processes.HERE.birth(pid).map(born::equals).orElse(!Processes.HERE.isNone(pid));
  }

  /** Whether nobody can tell here if this process lives. */
  boolean isElsewhere() {
    return isElsewhere(self());
  }

  private boolean isElsewhere(OwnerProcess here) {
    if (!boot.equals(here.boot)) {
      return !hasMachineId() || !machine.equals(here.machine);
    }
    boolean sameMachine = !boot.isEmpty() || machine.equals(here.machine); // it may be renamed
    return !sameMachine || !space.equals(here.space);
  }

  /** A name alone is that of many: of containers, say, that are all called so. */
  private boolean hasMachineId() {
    return machine.contains(BEFORE_ID);
  }

  @Override
  public String toString() {
    return "process " + pid + " on " + machine;
  }

  private static String machineHere() {
    String id = line("/etc/machine-id");
    return id.isEmpty() ? hostName() : hostName() + BEFORE_ID + id;
  }

  /** What this machine, or this container, is called. */
  static String hostName() {
    String told = line("/proc/sys/kernel/hostname");
    if (!told.isEmpty()) {
      return told;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  private static String bootHere() {
    return line("/proc/sys/kernel/random/boot_id");
  }

  private static String spaceHere() {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }

  private static String line(String file) {
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
