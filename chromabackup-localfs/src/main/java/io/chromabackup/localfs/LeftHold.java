package io.chromabackup.localfs;

import io.chromabackup.files.Present;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A hold of which a note is there, whether its holder lives or not.
 *
 * @param service whose it is
 * @param words how the service is held, by whom and since when
 * @param processes those that were frozen or told to stop, if they are known
 * @param written when
 */
record LeftHold(String service, String words, List<String> processes, Instant written) {
  private static final String SERVICE = "service ";

  /** No server takes that long to end, unless it has far more time for it. */
  private static final Duration LONG = Duration.ofHours(1);

  /** Its note, as {@link #read} reads it; processes are added line by line. */
  static String text(String service, HoldNote.Kind kind) {
    return Holder.text(kind.word()) + "\n" + SERVICE + service + "\n";
  }

  /**
   * Empty if there is no note, or if it was never finished, and so nothing was held. Nor is there
   * one for a user without a home.
   */
  static Optional<LeftHold> read(Path note) throws IOException {
    if (!note.isAbsolute() || !Present.at(note)) {
      return Optional.empty();
    }
    List<String> lines;
    Instant written;
    try {
      lines = Files.readAllLines(note);
      written = Files.getLastModifiedTime(note).toInstant();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (lines.size() < 2 || !lines.get(1).startsWith(SERVICE)) {
      return Optional.empty();
    }
    String service = lines.get(1).substring(SERVICE.length());
    List<String> processes = lines.stream().skip(2).filter(line -> !line.isBlank()).toList();
    return Optional.of(new LeftHold(service, lines.get(0), processes, written));
  }

  /** Tells whether the service was told to stop. */
  boolean stopped() {
    return words.startsWith(HoldNote.Kind.STOPPED.word());
  }

  /** Those that were told to stop, and have not ended. */
  Set<LocalProcess> ending() throws IOException {
    Set<LocalProcess> ending = new LinkedHashSet<>();
    for (String line : stopped() ? processes : List.<String>of()) {
      LocalProcess.writtenDown(line).ifPresent(ending::add);
    }
    return ending;
  }

  /** Has go on what was frozen, and says so; empty if nothing is, any more. */
  Optional<String> thaw(Duration timeout) throws IOException {
    boolean thawed = false;
    for (String line : stopped() ? List.<String>of() : processes) {
      thawed |= LocalProcess.thaw(line, Deadline.after(timeout));
    }
    return thawed
        ? Optional.of(
            "service %s was %s, which did not bring it back; it goes on".formatted(service, words))
        : Optional.empty();
  }

  /** Tells whether what was told to stop and has not ended had far more time than it needs. */
  boolean isOverdue(Duration patience) throws IOException {
    Duration age = age();
    boolean old = age.compareTo(LONG) > 0 && age.dividedBy(10).compareTo(patience) > 0;
    return old && !ending().isEmpty();
  }

  private Duration age() {
    return Duration.between(written, Instant.now());
  }

  /**
   * Until when to watch whether a service that runs goes down yet: as long as its holder would
   * have, unless all that he told to stop has.
   *
   * @param patience the time that it has to stop
   */
  Deadline aftermath(Duration patience) throws IOException {
    Deadline least = ServiceStatus.aftermath(patience);
    return processes.isEmpty() || !ending().isEmpty()
        ? Deadline.after(patience.minus(age())).butAtMost(patience).butAtLeast(least.left())
        : least;
  }
}
