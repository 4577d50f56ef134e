package io.chromabackup.localfs;

import io.chromabackup.ArchiveName;
import io.chromabackup.RestoreTarget.Replacement;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Another JVM that does something with a directory, says so, and stays until it is killed. */
final class ForkedProcess implements AutoCloseable {
  private final Process process;

  private ForkedProcess(Process process) {
    this.process = process;
  }

  /** Returns when it has done what it is to do, or could not. */
  static ForkedProcess run(String what, Path where, String... more) throws IOException {
    Process process =
        new ProcessBuilder(
                Stream.concat(
                        Stream.of(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            ForkedProcess.class.getName(),
                            what,
                            where.toString()),
                        Stream.of(more))
                    .toList())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String line = process.inputReader().readLine();
    if (!"done".equals(line)) {
      process.destroyForcibly();
      throw new IOException(String.valueOf(line));
    }
    return new ForkedProcess(process);
  }

  long pid() {
    return process.pid();
  }

  /** As {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      throw new IllegalStateException(process + " does not die");
    }
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }

  /** What the other JVM does. */
  public static void main(String[] args) throws Exception {
    Path path = Path.of(args[1]);
    try {
      switch (args[0]) {
        case "hold":
          FileChannel held = FileChannel.open(path);
          stay(held);
          break;
        case "contend":
          LockFileTest.contend(path);
          stay(path);
          break;
        case "lock":
          stay(LocalArchiveStore.in(path).lock("prune"));
          break;
        case "read":
          InputStream in = LocalArchiveStore.in(path).open(name(args[2]));
          in.read();
          stay(in);
          break;
        case "write":
          LocalArchiveStore.in(path).write(name(args[2]), out -> stay(out), in2 -> {});
          break;
        case "stop":
          stay(new ScriptedService(path).controller().stop());
          break;
        case "pause":
          stay(
              LocalService.builder("daemon")
                  .pidFile(path.resolve("pid"))
                  .notes(path.resolve("notes"))
                  .build()
                  .pause());
          break;
        case "swap":
          Replacement replacement =
              new LocalTarget(path)
                  .stage(Trees.staged(Trees.ARCHIVE, path.resolveSibling("unpacked"), null));
          replacement.swap();
          stay(replacement);
          break;
        default:
          throw new IllegalArgumentException(args[0]);
      }
    } catch (IOException e) {
      System.out.println(e);
    }
  }

  private static ArchiveName name(String name) {
    return ArchiveName.parse(name).orElseThrow();
  }

  private static void stay(Object held) {
    System.out.println("done");
    try {
      TimeUnit.MINUTES.sleep(5);
    } catch (InterruptedException e) {
      throw new IllegalStateException(held.toString(), e);
    }
  }
}
