package io.chromabackup.examples.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where it was measured. */
final class Machine {
  private Machine() {}

  /**
   * Writes the description.
   *
   * @param args the file
   */
  public static void main(String[] args) throws IOException {
    Files.write(Path.of(args[0]), description());
  }

  /** The average of the last minute. */
  static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  /** A list in Markdown. */
  private static List<String> description() {
    return List.of(
        "- measured on " + Shell.answer("date -u '+%Y-%m-%d %H:%M UTC'"),
        "- commit "
            + Shell.answer("git rev-parse --short HEAD")
            + Shell.answer("git diff --quiet HEAD -- '*.java' || echo ', with changes'"),
        "- "
            + Shell.answer("nproc")
            + " × "
            + Shell.answer("grep -m1 'model name' /proc/cpuinfo | sed 's/.*: //'")
            + ", "
            + Shell.answer("free -g | awk '/Mem:/ {print $2}'")
            + " GB, SHA instructions: "
            + Shell.answer("grep -qw sha_ni /proc/cpuinfo && echo yes || echo no"),
        "- "
            + Shell.answer("df --output=fstype . | tail -1")
            + "; written with fsync at "
            + Shell.answer(
                "f=$(mktemp -p .); dd if=/dev/zero of=$f bs=1M count=512 conv=fdatasync 2>&1"
                    + " | tail -1 | sed 's/.*, //'; rm $f"),
        "- Linux " + Shell.answer("uname -r") + ", JDK " + System.getProperty("java.vm.version"),
        "- " + Shell.answer("tar --version | head -1"),
        "- " + Shell.answer("gzip --version | head -1"),
        "- " + Shell.answer("pigz --version 2>&1"),
        "- zstd " + Shell.answer("zstd --version | grep -o 'v[0-9.]*'"),
        "- " + Shell.answer("restic version | cut -d' ' -f1-2"),
        "- " + Shell.answer("borg --version"),
        "- Docker engine " + Shell.answer("docker version --format '{{.Server.Version}}'"));
  }
}
