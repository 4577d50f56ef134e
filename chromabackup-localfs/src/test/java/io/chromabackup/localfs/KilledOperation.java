package io.chromabackup.localfs;

import io.chromabackup.ArchiveName;
import io.chromabackup.BackupOptions;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException.SourceChanged;
import io.chromabackup.Quiet;
import io.chromabackup.RestoreOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** An operation in a JVM of its own, which is killed as {@code kill -9} does. */
final class KilledOperation implements AutoCloseable {
  private static final String READY = "ready";
  private static final String DONE = "done";
  private static final long LOOK_EVERY_NANOS = 50_000;

  private final String what;
  private final Process process;
  private final Path errors;
  private String phase = "beginning";

  private KilledOperation(String what, Process process, Path errors) {
    this.what = what;
    this.process = process;
    this.errors = errors;
  }

  /**
   * Starts the JVM, which waits to be told.
   *
   * @param site where
   * @param what {@code recover}, {@code prune}, {@code backup}, {@code backup-QUIET} or {@code
   *     restore-ARCHIVE}
   */
  static KilledOperation of(KillSite site, String what) throws IOException {
    Path temporary = Files.createDirectories(site.root().resolve("tmp"));
    Path errors = site.root().resolve("operation.log");
    List<String> command = Ticker.javaWords(KilledOperation.class);
    command.add(1, "-Djava.io.tmpdir=" + temporary);
    command.add(2, "-Dorg.slf4j.simpleLogger.defaultLogLevel=info");
    command.addAll(List.of(site.root().toString(), String.valueOf(site.kept()), what));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
            .start();
    return new KilledOperation(what, process, errors);
  }

  /** When to kill. */
  record Moment(String name, Sight sight) {
    /** So long after the operation began. */
    static Moment after(Duration time) {
      return new Moment(time.toMillis() + " ms", (phase, elapsed) -> elapsed >= time.toNanos());
    }

    /** As soon as the operation says that it has come there. */
    static Moment phase(String name) {
      return new Moment(name, (phase, elapsed) -> phase.equals(name));
    }

    /** As soon as something can be seen. */
    static Moment mark(String name, Condition condition) {
      return new Moment(name, (phase, elapsed) -> condition.holds());
    }

    static Moment never() {
      return new Moment("never", (phase, elapsed) -> false);
    }
  }

  /** Looks from outside, or hears how far the operation says it is. */
  @FunctionalInterface
  interface Sight {
    boolean hasCome(String phase, long elapsedNanos) throws IOException;
  }

  /** What can be seen from outside. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws IOException;
  }

  /** Lets it begin, and kills it. Returns false if it had ended before. */
  boolean killAt(Moment moment) throws Exception {
    try (BufferedReader output = process.inputReader()) {
      require(output.readLine(), READY);
      process.outputWriter().append("go\n").flush();
      long start = System.nanoTime();
      while (!moment.sight().hasCome(phase, System.nanoTime() - start)) {
        if (output.ready()) {
          phase = String.valueOf(output.readLine());
          if (phase.equals(DONE)) {
            return false;
          }
        } else if (!process.isAlive()) {
          require(output.readLine(), DONE);
          return false;
        } else {
          LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
      }
      return true;
    } finally {
      close();
    }
  }

  /** Lets it end by itself. Returns how long it took. */
  Duration last() throws Exception {
    long start = System.nanoTime();
    if (killAt(Moment.never())) {
      throw new IllegalStateException(what + " was killed");
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** How far it came, in its own words. */
  String phase() {
    return phase;
  }

  private void require(String line, String expected) throws IOException {
    if (!expected.equals(line)) {
      String told = Files.readString(errors);
      throw new IllegalStateException(
          "%s said '%s', not %s: %s"
              .formatted(what, line, expected, told.substring(Math.max(0, told.length() - 4000))));
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public String toString() {
    return what + " at " + phase;
  }

  /** What the other JVM does. */
  public static void main(String[] args) throws Exception {
    KillSite site = new KillSite(Path.of(args[0]), Integer.parseInt(args[1]));
    System.out.println(READY);
    if (System.in.read() < 0) {
      return;
    }
    ChromaBackup backups =
        site.backups(
            (phase, done, total) -> {
              if (done == 0) {
                System.out.println(phase);
              }
            });
    try {
      perform(backups, site, args[2]);
    } catch (SourceChanged e) {
      // as good an end as any, under writers that never rest
    }
    System.out.println(DONE);
  }

  /** Does what it is named. */
  static void perform(ChromaBackup backups, KillSite site, String what) throws IOException {
    int dash = what.indexOf('-');
    String operation = dash < 0 ? what : what.substring(0, dash);
    Optional<String> how = dash < 0 ? Optional.empty() : Optional.of(what.substring(dash + 1));
    switch (operation) {
      case "recover" -> backups.recover(site.deployment());
      case "prune" -> backups.prune();
      case "backup" -> {
        BackupOptions options = BackupOptions.defaults();
        backups.backup(
            site.deployment(), how.map(Quiet::valueOf).map(options::quiet).orElse(options));
      }
      case "restore" ->
          backups.restore(
              ArchiveName.parse(how.orElseThrow()).orElseThrow(),
              site.deployment(),
              RestoreOptions.defaults().replace());
      default -> throw new IllegalArgumentException(what);
    }
  }
}
