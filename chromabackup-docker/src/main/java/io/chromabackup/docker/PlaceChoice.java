package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException.NotChroma;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which of several directories of a container is Chroma's.
 *
 * @param container the container
 * @param configured where Chroma was told to keep its data, if it was
 * @param candidates where it may be, the configured one among them, the likelier first
 * @param mounts what is mounted in the container
 */
record PlaceChoice(
    Container container,
    Optional<Candidate> configured,
    List<Candidate> candidates,
    List<Mounted> mounts) {
  /** Where the official images keep it: since 1.0, before, and by 1.0 without persist_path. */
  static final List<String> KNOWN = List.of("/data", "/chroma/chroma", "/chroma");

  private static final String TMPFS = "tmpfs";

  PlaceChoice {
    candidates = List.copyOf(candidates);
    mounts = List.copyOf(mounts);
  }

  /**
   * A directory in which Chroma's data may be.
   *
   * @param directory absolute
   * @param from who says so; empty if it was guessed
   * @param written when its database was written last, if it has one; or the journal of a restore
   *     that has it away
   */
  record Candidate(String directory, String from, Optional<Instant> written) {
    boolean hasDatabase() {
      return written.isPresent();
    }
  }

  /**
   * A mount.
   *
   * @param at its destination with all links resolved
   * @param mount as the engine describes it
   */
  record Mounted(String at, Container.Mount mount) {}

  /**
   * The place, with these warnings.
   *
   * @throws NotChroma if there is none, or if it is in memory only
   */
  ChromaPlace place(List<String> warnings) throws NotChroma {
    Candidate chosen = chosen();
    Optional<Container.Mount> mount = mountOf(chosen.directory());
    return new ChromaPlace(chosen.directory(), mount, chosen.hasDatabase(), warnings);
  }

  /** What somebody should know of the place. */
  List<String> warnings() throws NotChroma {
    Candidate chosen = chosen();
    List<String> warnings = new ArrayList<>();
    configured
        .filter(other -> !other.equals(chosen))
        .ifPresent(other -> warnings.add(elsewhere(chosen, other)));
    List<Candidate> others =
        candidates.stream().filter(each -> each.hasDatabase() && !each.equals(chosen)).toList();
    if (!others.isEmpty()) {
      warnings.add(
          "container %s has another Chroma database in %s: that is left alone; %s is taken. If that is wrong, give the data directory"
              .formatted(container.name(), names(others), inWords(chosen)));
    }
    if (mountOf(chosen.directory()).isEmpty()) {
      warnings.add(unmounted(chosen.directory()));
    }
    return warnings;
  }

  private Candidate chosen() throws NotChroma {
    Optional<Candidate> inMemory = configured.filter(each -> isInMemory(each.directory()));
    if (inMemory.isPresent()) {
      throw inMemory(inMemory.get());
    }
    return configured
        .filter(Candidate::hasDatabase)
        .or(
            () ->
                candidates.stream()
                    .filter(Candidate::hasDatabase)
                    .max(Comparator.comparing(each -> each.written().orElse(Instant.MIN))))
        .or(() -> configured)
        .or(this::plausible)
        .orElseThrow(this::nothing);
  }

  /** A place that will be Chroma's if it is anywhere: there is no other that lasts. */
  private Optional<Candidate> plausible() {
    List<String> known = destinations(mounts.stream().filter(each -> isKnown(each)).toList());
    List<String> volumes =
        destinations(mounts.stream().filter(each -> each.mount().type().equals("volume")).toList());
    return only(known)
        .or(() -> only(volumes))
        .map(directory -> new Candidate(directory, "", Optional.empty()));
  }

  private static boolean isKnown(Mounted mounted) {
    return KNOWN.contains(mounted.mount().destination()) && !mounted.mount().type().equals(TMPFS);
  }

  private static Optional<String> only(List<String> directories) {
    return directories.size() == 1 ? Optional.of(directories.get(0)) : Optional.empty();
  }

  private static List<String> destinations(List<Mounted> mounts) {
    return mounts.stream().map(Mounted::at).distinct().toList();
  }

  private Optional<Container.Mount> mountOf(String directory) {
    return mounts.stream()
        .filter(each -> ContainerFiles.isWithin(directory, each.at()))
        .max(Comparator.comparingInt(each -> each.at().length()))
        .map(Mounted::mount);
  }

  private boolean isInMemory(String directory) {
    return mountOf(directory).filter(mount -> mount.type().equals(TMPFS)).isPresent();
  }

  private NotChroma inMemory(Candidate candidate) {
    return new NotChroma(
        inContainer(inWords(candidate)),
        "it is a tmpfs, which is in memory only, and which no engine lets anybody read from"
            + " outside. Mount a volume there, so that the data outlives the container");
  }

  private NotChroma nothing() {
    String looked = candidates.stream().map(Candidate::directory).collect(Collectors.joining(", "));
    return new NotChroma(
        "container " + container.name(),
        "neither its command, its environment nor its configuration file names a data directory,"
            + " and there is no chroma.sqlite3 in any of "
            + looked);
  }

  private String elsewhere(Candidate chosen, Candidate told) {
    return "container %s keeps its data in %s, but there is no database; one is in %s, which is taken. If that is wrong, give the data directory"
        .formatted(container.name(), inWords(told), chosen.directory());
  }

  private String unmounted(String directory) {
    return "the data directory %s is on no volume: IT DIES WITH THE CONTAINER. Mount a volume at %s%s"
        .formatted(inContainer(directory), directory, mountsInWords(directory));
  }

  private String mountsInWords(String directory) {
    if (mounts.isEmpty()) {
      return " (nothing is mounted in this container)";
    }
    String all =
        mounts.stream()
            .map(each -> inWords(each.mount(), directory))
            .collect(Collectors.joining(", "));
    return " (this container has " + all + ")";
  }

  private static String inWords(Container.Mount mount, String directory) {
    boolean ofBefore = directory.equals("/data") && mount.destination().equals("/chroma/chroma");
    return "a %s at %s%s"
        .formatted(
            mount.type(),
            mount.destination(),
            ofBefore ? ", which Chroma since 1.0 does not use" : "");
  }

  private static String inWords(Candidate candidate) {
    return candidate.from().isEmpty()
        ? candidate.directory()
        : candidate.directory() + " (" + candidate.from() + ")";
  }

  private static String names(List<Candidate> candidates) {
    return candidates.stream().map(Candidate::directory).collect(Collectors.joining(", "));
  }

  private String inContainer(String directory) {
    return directory + " of container " + container.name();
  }
}
