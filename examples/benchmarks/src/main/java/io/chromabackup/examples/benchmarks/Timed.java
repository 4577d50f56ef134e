package io.chromabackup.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command that was run by GNU time.
 *
 * @param wall seconds
 * @param cpu seconds of user and system, of all its processes; not of a container engine's
 * @param peak kilobytes, of its largest process
 * @param held milliseconds that the service was held, if the command printed that
 */
record Timed(double wall, double cpu, long peak, OptionalLong held) {
  private static final Pattern HELD = Pattern.compile("\"heldMillis\"\\s*:\\s*(\\d+)");

  /** For a program that is not to stand in the way of all that comes after it. */
  private static final String LIMIT = "timeout 3600 ";

  /**
   * Runs a command of bash; its time ends when all files below a directory are on the disk.
   *
   * @param written below which it writes; it need not be there
   * @param output what it prints is put there
   * @throws IOException if it fails
   */
  static Timed run(String command, Path written, Map<String, String> environment, Path output)
      throws IOException {
    Path figures = output.resolveSibling("time");
    String whole =
        command
            + "; if [ -d "
            + written
            + " ]; then find "
            + written
            + " -type f -exec sync {} +; fi";
    List<String> line = new ArrayList<>();
    line.addAll(List.of("/usr/bin/time", "-q", "-o", figures.toString(), "-f", "%e %U %S %M"));
    line.addAll(List.of(LIMIT.strip().split(" ")));
    line.addAll(Shell.bash(whole));
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    int code = Shell.exitCode(builder.start());
    String printed = Files.readString(output);
    if (code != 0) {
      throw new IOException("%s: exit code %d%n%s".formatted(command, code, printed));
    }
    return parsed(Files.readString(figures).strip().split(" "), printed);
  }

  private static Timed parsed(String[] figures, String printed) {
    Matcher held = HELD.matcher(printed);
    return new Timed(
        Double.parseDouble(figures[0]),
        Double.parseDouble(figures[1]) + Double.parseDouble(figures[2]),
        Long.parseLong(figures[3]),
        held.find() ? OptionalLong.of(Long.parseLong(held.group(1))) : OptionalLong.empty());
  }
}
