package io.chromabackup.examples.benchmarks;

import io.chromabackup.ArchiveFormat;
import io.chromabackup.ArchiveStore;
import io.chromabackup.BackupOptions;
import io.chromabackup.BackupReport;
import io.chromabackup.ChromaBackup;
import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.localfs.LocalChroma;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.TimeUnit;

/**
 * The library in a process that runs for long, as the application has it that embeds it: start and
 * warm-up are over when it is asked to do something. It is asked through one named pipe, and
 * answers through another.
 */
final class Embedded {
  private static final int WARM_UPS = 3;
  private static final long LONGEST_HOURS = 2;

  private final ArchiveFormat format;

  private Embedded(ArchiveFormat format) {
    this.format = format;
  }

  /**
   * Takes {@code STATE FORMAT}: pipes named {@code ask} and {@code answer} are in the directory. Is
   * asked for {@code backup}, {@code verify} and {@code restore}, and ends after the last.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    endAtLast();
    Path state = Path.of(args[0]);
    Embedded embedded = new Embedded(ArchiveFormat.valueOf(args[1]));
    embedded.warmUp(DataSet.directory(DataSize.M100), state);
    answer(state, "ready");
    String asked;
    do {
      asked = Files.readString(state.resolve("ask")).strip();
      answer(state, embedded.perform(asked));
    } while (!asked.equals("restore"));
  }

  /** Also if nobody asks any more. */
  private static void endAtLast() {
    new Timer("end", true)
        .schedule(
            new TimerTask() {
              @Override
              public void run() {
                Runtime.getRuntime().halt(1);
              }
            },
            TimeUnit.HOURS.toMillis(LONGEST_HOURS));
  }

  private static void answer(Path state, String answer) throws IOException {
    Files.writeString(state.resolve("answer"), answer + "\n");
  }

  private void warmUp(Path data, Path state) throws IOException {
    for (int i = 0; i < WARM_UPS; i++) {
      Path store = state.resolve("warm-up").resolve("store");
      Path target = state.resolve("warm-up").resolve("target");
      backup(data, store);
      verify(store);
      restore(store, target);
      Trees.delete(store);
      Trees.delete(target);
    }
  }

  private String perform(String operation) throws IOException {
    Path store = environment("STORE");
    return switch (operation) {
      case "backup" -> "\"heldMillis\": " + backup(environment("DATA"), store).held().toMillis();
      case "verify" -> verify(store);
      case "restore" -> restore(store, environment("TARGET"));
      default -> throw new IOException("it cannot " + operation);
    };
  }

  private static Path environment(String name) {
    return Path.of(System.getenv(name));
  }

  private BackupReport backup(Path data, Path directory) throws IOException {
    try (ArchiveStore store = LocalArchiveStore.in(directory)) {
      return ChromaBackup.using(store)
          .backup(LocalChroma.at(data), BackupOptions.defaults().format(format));
    }
  }

  private static String verify(Path directory) throws IOException {
    try (ArchiveStore store = LocalArchiveStore.in(directory)) {
      ChromaBackup backups = ChromaBackup.using(store);
      backups.verify(backups.list().get(0).name());
      return "verified";
    }
  }

  private static String restore(Path directory, Path target) throws IOException {
    try (ArchiveStore store = LocalArchiveStore.in(directory)) {
      ChromaBackup backups = ChromaBackup.using(store);
      backups.restore(backups.list().get(0).name(), LocalChroma.at(target));
      return "restored";
    }
  }
}
