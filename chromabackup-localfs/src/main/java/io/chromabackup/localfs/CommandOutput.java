package io.chromabackup.localfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a command prints. It goes to a temporary file and not into a pipe: nobody waits for a daemon
 * that inherited it, and no daemon dies of a pipe that nobody reads. Where no file can be made (the
 * disk is full) it is thrown away, so that a service can be started all the same.
 */
final class CommandOutput implements AutoCloseable {
  private static final int TAIL_BYTES = 8 * 1024;
  private static final int TAIL_LINES = 20;
  private static final long MOST_BYTES = 1024 * 1024;

  private final @Nullable Path file;
  private String cutOff = "";

  private CommandOutput(@Nullable Path file) {
    this.file = file;
  }

  /** A place for output that only this user may read. */
  static CommandOutput create() {
    try {
      return new CommandOutput(Files.createTempFile("chromabackup-", ".out"));
    } catch (IOException | SecurityException e) {
      return new CommandOutput(null);
    }
  }

  /** Where the command writes to. Appending, so that what follows a cut starts at the cut. */
  ProcessBuilder.Redirect redirect() {
    return file == null
        ? ProcessBuilder.Redirect.DISCARD
        : ProcessBuilder.Redirect.appendTo(file.toFile());
  }

  /** Forgets all but the end of a lengthy output, so that it cannot fill the disk. */
  void curb() {
    if (file == null) {
      return;
    }
    try {
      if (Files.size(file) > MOST_BYTES) {
        cutOff = read(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(0);
        }
      }
    } catch (IOException e) {
      // output serves messages only; what matters is the exit code
    }
  }

  /** The last lines, without control characters; empty if there are none. */
  String tail() {
    String text = cutOff;
    if (file != null) {
      try {
        text += read(file);
      } catch (IOException e) {
        text += "(its output cannot be read: " + e.getMessage() + ")";
      }
    }
    text = text.substring(Math.max(0, text.length() - TAIL_BYTES));
    List<String> lines = text.lines().map(CommandOutput::printable).toList();
    int from = Math.max(0, lines.size() - TAIL_LINES);
    return String.join("\n", lines.subList(from, lines.size())).strip();
  }

  private static String read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate(TAIL_BYTES);
      channel.position(Math.max(0, channel.size() - TAIL_BYTES));
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // until it is full or the file ends
      }
      return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }
  }

  private static String printable(String line) {
    return line.replaceAll("\\p{Cntrl}", " ").stripTrailing();
  }

  /** Removes the file. A daemon that still writes to it does so unseen. */
  @Override
  public void close() {
    if (file == null) {
      return;
    }
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      file.toFile().deleteOnExit();
    }
  }
}
