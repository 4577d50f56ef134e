package io.chromabackup.localfs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The file in which a service keeps its process number.
 *
 * @param path where it is
 * @param processes where they are looked for
 */
record PidFile(Path path, ProcessTable processes) implements ProcessSource {
  private static final int MOST_BYTES = 256;

  /** The system knows to the second when it was booted, and counts process starts from there. */
  private static final Duration CLOCK_SLACK = Duration.ofSeconds(10);

  PidFile(Path path) {
    this(path, ProcessTable.ofThisSystem());
  }

  /**
   * The process whose number is in the file.
   *
   * @return empty if there is no file, or no such process
   * @throws ProcessesHidden if this user could not see it if there were one
   * @throws IOException if there is no number in the file, or if the number was given to another
   *     process after the file was written: taken for a service that is down, a mistake here would
   *     have a running server copied
   */
  @Override
  public Optional<LocalProcess> find() throws IOException {
    String text;
    Instant written;
    try {
      text = read();
      written = Files.getLastModifiedTime(path).toInstant();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    Optional<LocalProcess> process = LocalProcess.find(parse(text), processes);
    if (process.isPresent() && process.get().startedAfter(written.plus(CLOCK_SLACK))) {
      throw new IOException(
          ("pid file %s is older than %s that it names: it is from another process that is gone, or"
                  + " the clock was set since. See whether that process is the service. If so, touch"
                  + " the file; if not, and the service is down, the file may go")
              .formatted(path, process.get()));
    }
    return process;
  }

  /**
   * Names the file, the same way however it is spelled. The file goes with its process, and often
   * its directory too: links are followed in what there is of the way to it.
   */
  String identity() {
    Path absolute = path.toAbsolutePath();
    for (Path above = absolute.getParent(); above != null; above = above.getParent()) {
      try {
        Path below = absolute.subpath(above.getNameCount(), absolute.getNameCount());
        return above.toRealPath().resolve(below).normalize().toString();
      } catch (IOException e) {
        // gone; the next one may be there
      }
    }
    return absolute.normalize().toString();
  }

  private String read() throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      return new String(in.readNBytes(MOST_BYTES), StandardCharsets.ISO_8859_1);
    }
  }

  private long parse(String text) throws IOException {
    String first = text.lines().findFirst().orElse("").strip();
    if (!first.matches("0*[1-9][0-9]{0,17}")) {
      throw new IOException(
          "pid file %s holds no process number. Delete it if the service is down".formatted(path));
    }
    return Long.parseLong(first);
  }
}
