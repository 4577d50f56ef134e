package io.chromabackup.docker;

import static io.chromabackup.docker.DockerCli.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/** What shell scripts do: an archive as the old one made it, and a copy under a pause. */
final class LegacyScript {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd_HHmmss");

  /**
   * How long a copy under a pause took, in milliseconds, the commands' own starts included.
   *
   * @param total from before the pause to after its end
   * @param bytes how much was copied
   */
  record Timing(long pause, long copy, long unpause, long total, long bytes) {}

  private LegacyScript() {}

  /**
   * The old script's steps, one by one. It knew {@code /chroma/chroma} only, and copied it while
   * the server ran: tar fails if a file changes meanwhile, so the writer is to be stopped first.
   *
   * @param directory the backups go there
   * @return the archive
   */
  static Path backup(Stack stack, Path directory) {
    String container = stack.container(Stack.CHROMA);
    String name = "chromadb_backup_" + LocalDateTime.now().format(TIME) + ".tar.gz";
    Path archive = directory.resolve(name);
    docker("exec", container, "tar", "-czf", "/tmp/" + name, "-C", "/chroma", "chroma");
    docker("cp", container + ":/tmp/" + name, archive.toString());
    docker("exec", container, "rm", "/tmp/" + name);
    return archive;
  }

  /** Pauses Chroma, copies its data out as a tar file, and lets it go on. */
  static Timing pauseCopy(Stack stack, Path file) {
    String container = stack.container(Stack.CHROMA);
    long began = System.nanoTime();
    long paused;
    long copied;
    docker("pause", container);
    try {
      paused = System.nanoTime();
      DockerCli.dockerTo(file, "cp", "-a", container + ":" + stack.dataDirectory(), "-");
      copied = System.nanoTime();
    } finally {
      docker("unpause", container);
    }
    long ended = System.nanoTime();
    try {
      return new Timing(
          millis(began, paused),
          millis(paused, copied),
          millis(copied, ended),
          millis(began, ended),
          Files.size(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long millis(long from, long to) {
    return (to - from) / 1_000_000;
  }
}
