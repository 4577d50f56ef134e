package io.chromabackup.localfs;

import io.chromabackup.testkit.RealChroma;
import io.chromabackup.testkit.Skip;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A file system that is mounted for a test. Needs root; CI has it, and fails without. */
final class Mount implements AutoCloseable {
  private final Path point;

  private Mount(Path point) {
    this.point = point;
  }

  static Mount tmpfs(Path point, String options) throws IOException, InterruptedException {
    return mount(point, "mount", "-t", "tmpfs", "-o", options, "tmpfs", point.toString());
  }

  static Mount tmpfs(Path point) throws IOException, InterruptedException {
    return tmpfs(point, "size=1m");
  }

  void makeReadOnly() throws IOException, InterruptedException {
    mount(point, "mount", "-o", "remount,ro", point.toString());
  }

  /** What is in the directory, read-only. */
  static Mount readOnly(Path point) throws IOException, InterruptedException {
    Mount mounted = mount(point, "mount", "--bind", point.toString(), point.toString());
    mount(point, "mount", "-o", "remount,ro,bind", point.toString());
    return mounted;
  }

  private static Mount mount(Path point, String... command)
      throws IOException, InterruptedException {
    String failure = run(command);
    if (!failure.isEmpty()) {
      Skip.orFail(RealChroma.REQUIRED, "nothing can be mounted here: " + failure);
    }
    return new Mount(point);
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return String.join(" ", command) + " does not end";
    }
    return process.exitValue() == 0 ? "" : output.isBlank() ? "exit code" : output;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    String failure = run("umount", point.toString());
    if (!failure.isEmpty()) {
      throw new IOException(failure);
    }
  }
}
