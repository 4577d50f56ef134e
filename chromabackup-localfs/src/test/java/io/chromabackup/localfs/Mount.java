package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.files.FileTree;
import io.chromabackup.files.Space;
import io.chromabackup.testkit.RealChroma;
import io.chromabackup.testkit.Skip;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A file system that is mounted for a test. Needs root; CI has it, and fails without. */
final class Mount implements AutoCloseable {
  private static final String FILLER = "filler";

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

  /** Leaves no room for a byte, nor for a name. */
  void fill() throws IOException {
    Path filler = Files.createDirectory(point.resolve(FILLER));
    try (OutputStream out = Files.newOutputStream(filler.resolve("bytes"))) {
      while (true) {
        out.write(0);
      }
    } catch (IOException e) {
      assertThat(Space.isExhausted(e)).isTrue();
    }
    try {
      for (int i = 0; ; i++) {
        Files.createFile(filler.resolve("name-" + i));
      }
    } catch (IOException e) {
      assertThat(Space.isExhausted(e)).isTrue();
    }
  }

  void empty() throws IOException {
    FileTree.delete(point.resolve(FILLER));
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
