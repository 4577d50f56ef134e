package io.chromabackup.docker;

import io.chromabackup.Entry;
import io.chromabackup.docker.Companions.Shared;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Chroma's data directory as it lies in a volume, or in a directory of the host, worked on by
 * errands: containers of Chroma's own image that have the volume and nothing else.
 */
final class ChromaVolume {
  /** What lies beside the live data while a restore is at work. */
  static final String WORK = ".chromabackup";

  private static final String SCRIPT = script("volume.sh");

  private static final Pattern DECIDED =
      Pattern.compile(
          "chromabackup restore journal 1\nstate (COMMITTED|ADOPTED)\n(.*\n)?end\n",
          Pattern.DOTALL);

  private final Companions companions;
  private final Container chroma;
  private final String volumesOf;
  private final String directory;

  ChromaVolume(Companions companions, Container chroma, String directory) {
    this(companions, chroma, chroma.id(), directory);
  }

  private ChromaVolume(
      Companions companions, Container chroma, String volumesOf, String directory) {
    this.companions = companions;
    this.chroma = chroma;
    this.volumesOf = volumesOf;
    this.directory = directory;
  }

  /**
   * The same volume, reached through a companion that has it: Chroma's container may be made anew
   * while that is there.
   */
  ChromaVolume through(String companion) {
    return new ChromaVolume(companions, chroma, companion, directory);
  }

  /** A shell script that comes with this package. */
  static String script(String name) {
    try (InputStream in = ChromaVolume.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(name + " cannot be read", e);
    }
  }

  /**
   * What is in the data directory.
   *
   * @param owner who has the database, or else the directory: {@code uid gid}
   * @param available how many bytes its file system has room for
   * @param bytes how many bytes of it are Chroma's, roughly
   * @param names what is at its top; of all segments only one, and of what is not Chroma's only
   *     some
   * @param more how much of what is not Chroma's there is beside
   */
  record Listing(Entry.Owner owner, long available, long bytes, List<String> names, long more) {
    Listing {
      names = List.copyOf(names);
    }
  }

  /** Whether a journal says that the new is to stay; not if it is cut off, or says nothing. */
  static boolean isDecided(String journal) {
    return DECIDED.matcher(journal).matches();
  }

  /** Looks. Changes nothing. */
  Listing list() throws IOException {
    return parse(run(Shared.READABLE, "list"));
  }

  /** Makes room for new data beside the live, and looks. */
  Listing prepare() throws IOException {
    return parse(run(Shared.WRITABLE, "prepare"));
  }

  /** Where new data is sent to. */
  String incoming() {
    return directory + "/" + WORK + "/new";
  }

  /** Makes what was sent durable. */
  void settle() throws IOException {
    run(Shared.WRITABLE, "settle");
  }

  /**
   * Puts the new in place of the old.
   *
   * @param files how many were sent
   * @throws ErrandFailed a refusal, if they are not there; and another, if another restore is at
   *     work
   */
  void exchange(long files) throws IOException {
    run(volumesOf, Shared.WRITABLE, List.of("exchange", directory, Long.toString(files)));
  }

  /** Deletes what was sent and not exchanged; not what is another restore's by now. */
  void drop() throws IOException {
    run(Shared.WRITABLE, "drop");
  }

  /** Writes down that the new is not to stay, whoever works on it. */
  void reject() throws IOException {
    run(Shared.WRITABLE, "reject");
  }

  /** Puts the old back, wherever the exchange has come to, and deletes the new. */
  void rollBack() throws IOException {
    run(Shared.WRITABLE, "roll_back");
  }

  /**
   * The same after an exchange that came to its end.
   *
   * @throws ErrandFailed a refusal, if somebody else has settled it
   */
  void rollBackSwapped() throws IOException {
    run(Shared.WRITABLE, "roll_back_swapped");
  }

  /** Writes down that the new is to stay. */
  void decide() throws IOException {
    run(Shared.WRITABLE, "decide");
  }

  /** Deletes what a decided exchange has replaced. */
  void finish() throws IOException {
    run(Shared.WRITABLE, "finish");
  }

  /** Settles what a restore left; says what was done. */
  Optional<String> recover() throws IOException {
    String said = run(Shared.WRITABLE, "recover");
    return said.isEmpty() ? Optional.empty() : Optional.of(said);
  }

  /** Makes a restore final that a server has worked on since; says so if that was so. */
  Optional<String> adopt() throws IOException {
    String said = run(Shared.WRITABLE, "adopt");
    return said.isEmpty() ? Optional.empty() : Optional.of(said);
  }

  /** Also if somebody has removed the companion: all but an exchange can be done again. */
  private String run(Shared shared, String action) throws IOException {
    List<String> arguments = List.of(action, directory);
    try {
      return run(volumesOf, shared, arguments);
    } catch (NoSuchContainer e) {
      if (volumesOf.equals(chroma.id())) {
        throw e;
      }
      return run(chroma.id(), shared, arguments);
    }
  }

  private String run(String through, Shared shared, List<String> arguments) throws IOException {
    return companions.run(chroma, through, shared, SCRIPT, arguments);
  }

  static Listing parse(String said) throws IOException {
    Entry.Owner owner = null;
    long available = -1;
    long bytes = -1;
    long more = 0;
    List<String> names = new ArrayList<>();
    for (String line : said.lines().toList()) {
      String[] words = line.split(" ", 2);
      String value = words.length > 1 ? words[1] : "";
      try {
        switch (words[0]) {
          case "owner" -> owner = owner(value);
          case "available" -> available = Math.multiplyExact(Long.parseLong(value), 1024L);
          case "bytes" -> bytes = Math.multiplyExact(Long.parseLong(value), 1024L);
          case "name" -> names.add(value);
          case "more" -> more = Long.parseLong(value);
          default -> {} // the rest of a name with a line break in it
        }
      } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
        throw new IOException("the volume could not be listed: '" + line + "'", e);
      }
    }
    if (owner == null || available < 0 || bytes < 0) {
      throw new IOException("the volume could not be listed: only '" + said + "' was said");
    }
    return new Listing(owner, available, bytes, names, more);
  }

  private static Entry.Owner owner(String value) {
    int space = value.indexOf(' ');
    return new Entry.Owner(
        Long.parseLong(value.substring(0, space)), Long.parseLong(value.substring(space + 1)));
  }
}
