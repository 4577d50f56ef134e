package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ArchiveName;
import io.chromabackup.BackupReport;
import io.chromabackup.ChromaBackup;
import io.chromabackup.testkit.Effort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many times as much as the heap of 64 megabytes: half a gigabyte, or, in the long run, two, more
 * than a million records.
 */
class SmallHeapIT {
  private static final int RECORDS = Effort.of(300_000, 1_200_000);

  @TempDir Path directory;

  @Test
  void whatIsMuchLargerThanTheHeapIsBackedUpVerifiedAndRestored() throws Exception {
    Path data = directory.resolve("chroma");
    LargeDirectory.make(data, RECORDS);
    assertThat(LargeDirectory.bytesOf(RECORDS))
        .isGreaterThan(Effort.isLong() ? 2_000_000_000L : 500_000_000L);

    String said = runInSmallHeap(data, directory.resolve("store"), directory.resolve("restored"));

    // the other collections of the fixture have 92
    assertThat(said)
        .contains("backed up " + (RECORDS + 92))
        .contains("verified " + (RECORDS + 92))
        .contains("restored " + (RECORDS + 92));
    System.out.println(said);
  }

  private static String runInSmallHeap(Path data, Path store, Path restored)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Everything.class.getName(),
                data.toString(),
                store.toString(),
                restored.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(30, TimeUnit.MINUTES)).as(output).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }

  /** Run in a process of its own. */
  static final class Everything {
    public static void main(String[] args) throws IOException {
      ChromaBackup backups = ChromaBackup.using(LocalArchiveStore.in(Path.of(args[1])));
      long start = System.nanoTime();
      BackupReport report = backups.backup(LocalChroma.at(Path.of(args[0])));
      ArchiveName archive = report.archive().name();
      say("backed up " + report.documents(), start);
      start = System.nanoTime();
      say("verified " + backups.verify(archive).documents(), start);
      start = System.nanoTime();
      long restored = backups.restore(archive, LocalChroma.at(Path.of(args[2]))).documents();
      say("restored " + restored, start);
    }

    private static void say(String what, long start) {
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      System.out.printf("%s in %.1f s%n", what, millis / 1000.0);
    }
  }
}
