package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process that makes a file grow as long as it runs; whether it does can be seen from outside.
 */
final class Ticker implements AutoCloseable {
  private static final String LOOP = "while :; do echo tick >>\"$0\"; sleep 0.01; done";
  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final Path file;

  private Ticker(Process process, Path file) {
    this.process = process;
    this.file = file;
  }

  /** A shell that ticks. */
  static Ticker shell(Path directory) throws IOException {
    return start(directory, "/bin/sh", "-c", LOOP);
  }

  /** A shell that waits for another, which ticks. */
  static Ticker behindWrapper(Path directory) throws IOException {
    return start(directory, "/bin/sh", "-c", "/bin/sh -c '" + LOOP + "' \"$0\"; exit 1");
  }

  /** A Java process with threads that tick. */
  static Ticker java(Path directory) throws IOException {
    List<String> words = javaWords(JavaTicker.class);
    return start(directory, words.toArray(String[]::new));
  }

  /** What runs a class of the tests in a Java process of its own. */
  static List<String> javaWords(Class<?> main) {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new ArrayList<>(
        List.of(
            java.toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
  }

  private static Ticker start(Path directory, String... words) throws IOException {
    Path file = Files.createTempFile(directory, "ticks", "");
    List<String> command = new ArrayList<>(List.of(words));
    command.add(file.toString());
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Ticker ticker = new Ticker(process, file);
    ticker.assertTicks();
    return ticker;
  }

  long pid() {
    return process.pid();
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** Waits for a further tick. */
  void assertTicks() throws IOException {
    long before = Files.size(file);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (Files.size(file) == before) {
      assertThat(System.nanoTime()).as("the process stands still").isLessThan(end);
      sleep(5);
    }
  }

  /** Looks for a while whether there is a further tick. */
  void assertStandsStill() throws IOException {
    long before = Files.size(file);
    sleep(200);
    assertThat(Files.size(file)).as("ticks").isEqualTo(before);
  }

  void signal(String name) throws IOException {
    Command.Outcome outcome =
        Command.of("/bin/sh", "-c", "kill -" + name + " " + pid())
            .run(Deadline.after(Duration.ofSeconds(PATIENCE_SECONDS)));
    assertThat(outcome.succeeded()).as(outcome.inWords()).isTrue();
  }

  void killAndWait() throws IOException {
    process.destroyForcibly();
    while (process.isAlive()) {
      sleep(5);
    }
  }

  @Override
  public void close() throws IOException {
    List<ProcessHandle> tree = process.descendants().toList();
    killAndWait();
    tree.forEach(ProcessHandle::destroyForcibly);
  }

  /** Sleeps also on an interrupted thread. */
  private static void sleep(long millis) throws IOException {
    Interruption.shielded(() -> Interruption.sleep(millis));
  }

  /** Several threads that tick into the file that is named. */
  static final class JavaTicker {
    private static final int THREADS = 8;

    private JavaTicker() {}

    public static void main(String[] arguments) {
      Path file = Path.of(arguments[0]);
      for (int i = 0; i < THREADS; i++) {
        new Thread(() -> tick(file)).start();
      }
    }

    private static void tick(Path file) {
      try {
        while (true) {
          Files.write(file, new byte[] {'\n'}, StandardOpenOption.APPEND);
          Thread.sleep(1);
        }
      } catch (IOException | InterruptedException e) {
        System.exit(1);
      }
    }
  }
}
