package io.chromabackup.examples.quickstart;

import io.chromabackup.ArchiveListing;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.BackupReport;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException;
import io.chromabackup.CollectionSummary;
import io.chromabackup.RestoreOptions;
import io.chromabackup.RestoreReport;
import io.chromabackup.VerifyReport;
import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.localfs.LocalChroma;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Backs up a Chroma data directory, lists and verifies the archive, restores it elsewhere, damages
 * that copy, shows that the damage is refused, restores over it, and prints the counts that prove
 * it. The data directory itself is only read.
 */
public final class Quickstart {
  private final Path source;
  private final Path storeDirectory;
  private final PrintStream out;

  Quickstart(Path source, Path storeDirectory, PrintStream out) {
    this.source = source;
    this.storeDirectory = storeDirectory;
    this.out = out;
  }

  /**
   * Runs it.
   *
   * @param args a Chroma data directory; none for the one that comes with the project
   * @throws IOException if something fails that should not
   */
  public static void main(String[] args) throws IOException {
    Path source = Path.of(args.length > 0 ? args[0] : System.getProperty("quickstart.fixture"));
    new Quickstart(source, Path.of("backups", "chromadb"), System.out).run();
  }

  void run() throws IOException {
    Path scratch = Files.createTempDirectory("chromabackup-quickstart");
    try (ArchiveStore store = LocalArchiveStore.in(storeDirectory)) {
      run(ChromaBackup.using(store), scratch);
    } finally {
      delete(scratch);
    }
  }

  private void run(ChromaBackup backups, Path scratch) throws IOException {
    Path copy = scratch.resolve("copy");
    BackupReport backup = backUp(backups);
    ArchiveName archive = backup.archive().name();
    list(backups);
    verify(backups, archive);

    RestoreReport restored = backups.restore(archive, LocalChroma.at(copy));
    say("restored   %s documents to %s", restored.documents(), copy);

    Path damaged = damage(copy);
    say("damaged    %s: its second half is gone", copy.relativize(damaged));
    showRefusal(backups, copy);

    backups.restore(archive, LocalChroma.at(copy), RestoreOptions.defaults().replace());
    say("restored   over the damaged copy");
    compare(backup.collections(), inspect(scratch, copy));
  }

  private BackupReport backUp(ChromaBackup backups) throws IOException {
    BackupReport report = backups.backup(LocalChroma.at(source));
    say(
        "backed up  %s: %d documents in %d collections, %,d bytes, in %d ms; held still for %d ms (%s)",
        source,
        report.documents(),
        report.collections().size(),
        report.archive().size(),
        report.elapsed().toMillis(),
        report.held().toMillis(),
        report.manifest().quiet());
    report.warnings().forEach(warning -> say("           note: %s", warning));
    return report;
  }

  private void list(ChromaBackup backups) throws IOException {
    say("archives   in %s:", storeDirectory);
    for (ArchiveListing archive : backups.list()) {
      String documents =
          archive.manifest().map(manifest -> manifest.documents() + " documents").orElse("unknown");
      say(
          "           %s  %,10d bytes  %s  %s",
          archive.name(), archive.info().size(), documents, archive.standing());
    }
  }

  private void verify(ChromaBackup backups, ArchiveName archive) throws IOException {
    VerifyReport report = backups.verify(archive);
    say(
        "verified   %s: every byte read, %d documents found, %s",
        archive, report.documents(), report.isSound() ? "sound" : report.faults());
  }

  /** Cuts the largest file in half, as a full disk or a broken copy would. */
  static Path damage(Path directory) throws IOException {
    Path largest;
    try (Stream<Path> files = Files.walk(directory)) {
      largest =
          files
              .filter(Files::isRegularFile)
              .max(Comparator.comparingLong(Quickstart::size))
              .orElseThrow();
    }
    try (FileChannel file = FileChannel.open(largest, StandardOpenOption.WRITE)) {
      file.truncate(file.size() / 2);
    }
    return largest;
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return -1;
    }
  }

  private void showRefusal(ChromaBackup backups, Path copy) throws IOException {
    try {
      backups.backup(LocalChroma.at(copy));
      throw new IllegalStateException("a damaged directory was backed up");
    } catch (ChromaBackupException.SourceDamaged e) {
      say("refused    %s", e.getMessage());
    }
  }

  /** What a backup of the copy, into a store that is thrown away, finds in it. */
  private static List<CollectionSummary> inspect(Path scratch, Path copy) throws IOException {
    try (ArchiveStore store = LocalArchiveStore.in(scratch.resolve("store"))) {
      return ChromaBackup.using(store).backup(LocalChroma.at(copy)).collections();
    }
  }

  private void compare(List<CollectionSummary> before, List<CollectionSummary> after) {
    say("%n%-45s %-7s %10s %10s", "collection", "space", "backed up", "restored");
    for (int i = 0; i < before.size(); i++) {
      CollectionSummary expected = before.get(i);
      say(
          "%-45s %-7s %10d %10d",
          expected.qualifiedName(),
          expected.space(),
          expected.documents(),
          after.get(i).documents());
    }
    if (!before.equals(after)) {
      throw new IllegalStateException("the restored copy differs: " + after);
    }
    say("%nThe restored copy has what was backed up.");
  }

  private void say(String format, Object... args) {
    out.printf(format + "%n", args);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
