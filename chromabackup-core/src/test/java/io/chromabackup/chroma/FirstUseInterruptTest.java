package io.chromabackup.chroma;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loading SQLite's native library swallows interrupts, and happens once per process. */
class FirstUseInterruptTest {
  @TempDir Path temporary;

  /** What the process does: {@code directory scratch millis}. */
  public static void main(String... arguments) throws IOException {
    Thread inspecting = Thread.currentThread();
    new Thread(() -> interrupt(inspecting, Long.parseLong(arguments[2]))).start();
    try {
      while (true) {
        Inspector.inspect(Path.of(arguments[0]), Path.of(arguments[1]));
      }
    } catch (InterruptedIOException e) {
      System.out.print("interrupted " + Thread.currentThread().isInterrupted());
    }
  }

  private static void interrupt(Thread thread, long millis) {
    try {
      Thread.sleep(millis);
      thread.interrupt();
      Thread.sleep(20_000);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    Runtime.getRuntime().halt(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 60, 150})
  void anInterruptIsNotLostWhileTheLibraryIsLoaded(int millis) throws Exception {
    Path scratch = Files.createDirectory(temporary.resolve("scratch"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                FirstUseInterruptTest.class.getName(),
                Sample.REAL.toString(),
                scratch.toString(),
                String.valueOf(millis))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();

    byte[] said = process.getInputStream().readNBytes("interrupted true".length());
    process.destroyForcibly();

    assertThat(new String(said, StandardCharsets.UTF_8)).isEqualTo("interrupted true");
    assertThat(scratch).isEmptyDirectory();
  }
}
