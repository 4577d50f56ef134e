package io.chromabackup.docker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The script that swaps the data in a volume, run by this machine's own shell. Its every step that
 * changes something is a command, and each can be made to be its last.
 */
final class VolumeScript {
  /** How many files the exchange is told to find. */
  static final int SENT = 3;

  private static final List<String> STEPS =
      List.of("mv", "mkdir", "rmdir", "rm", "mktemp", "sync", "dd");

  private final Path data;
  private final Path shims;
  private final Path count;

  /** When a step kills the script: before it is done, or after. */
  enum Death {
    BEFORE,
    AFTER
  }

  /**
   * What came of a run.
   *
   * @param exitCode 137 if it was killed
   * @param said on both streams
   */
  record Outcome(int exitCode, String said) {
    boolean wasKilled() {
      return exitCode == 137;
    }
  }

  VolumeScript(Path data, Path directory) throws IOException {
    this.data = data;
    this.shims = Files.createDirectories(directory.resolve("shims"));
    this.count = directory.resolve("count");
    for (String step : STEPS) {
      Path shim = shims.resolve(step);
      Files.writeString(shim, shim(step));
      Files.setPosixFilePermissions(shim, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /** From here on no directory can be made, as on a disk that is full. */
  void fillTheDisk() throws IOException {
    Files.writeString(
        shims.resolve("mkdir"),
        """
        #!/bin/sh
        for last; do [ "$last" = -p ] || [ -d "$last" ] || { echo "no space left on device"; exit 1; }; done
        """);
  }

  private static String shim(String step) {
    return """
        #!/bin/sh
        read -r left <"$COUNT"
        left=$((left - 1))
        echo "$left" >"$COUNT"
        if [ "$left" -eq 0 ] && [ "$DEATH" = BEFORE ]; then kill -9 "$VICTIM"; exit 1; fi
        PATH=$REAL_PATH %s "$@"
        code=$?
        if [ "$left" -eq 0 ]; then kill -9 "$VICTIM"; fi
        exit $code
        """
        .formatted(step);
  }

  /** Runs an action to its end. */
  Outcome run(String action) throws IOException, InterruptedException {
    return run(action, 0, Death.BEFORE);
  }

  /** Runs an action that is killed at a step, counted from 1. */
  Outcome run(String action, int step, Death death) throws IOException, InterruptedException {
    Files.writeString(count, step + "\n");
    String script;
    try (var in = ChromaVolume.class.getResourceAsStream("volume.sh")) {
      script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    ProcessBuilder builder =
        new ProcessBuilder(
                "sh",
                "-c",
                "VICTIM=$$; export VICTIM\n" + script,
                "volume",
                action,
                data.toString(),
                Integer.toString(SENT))
            .redirectErrorStream(true);
    builder.environment().put("REAL_PATH", System.getenv("PATH"));
    builder.environment().put("PATH", shims + ":" + System.getenv("PATH"));
    builder.environment().put("COUNT", count.toString());
    builder.environment().put("DEATH", death.name());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      throw new IllegalStateException("the script does not end: " + said);
    }
    return new Outcome(process.exitValue(), said.strip());
  }
}
