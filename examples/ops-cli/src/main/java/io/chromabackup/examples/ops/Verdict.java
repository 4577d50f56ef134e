package io.chromabackup.examples.ops;

import io.chromabackup.ArchiveListing;
import io.chromabackup.ArchiveName;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException.ArchiveDamaged;
import io.chromabackup.ChromaBackupException.ArchiveNotFound;
import io.chromabackup.ChromaBackupException.StoreUnusable;
import io.chromabackup.Thoroughness;
import io.chromabackup.VerifyReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What reading an archive to its end showed.
 *
 * @param archive the archive
 * @param report what was found; empty if it cannot be read to its end
 * @param faults what is wrong; empty if nothing is
 * @param unread whether nothing is known of it, since it could not be read here and now
 */
record Verdict(
    ArchiveName archive, Optional<VerifyReport> report, List<String> faults, boolean unread) {

  static Verdict on(ChromaBackup backups, ArchiveName name, Thoroughness thoroughness)
      throws IOException {
    try {
      VerifyReport report = backups.verify(name, thoroughness);
      return new Verdict(name, Optional.of(report), report.faults(), false);
    } catch (ArchiveDamaged e) {
      return new Verdict(name, Optional.empty(), List.of(Wording.of(e)), false);
    }
  }

  static List<Verdict> onAll(
      ChromaBackup backups, List<ArchiveListing> listings, Thoroughness thoroughness)
      throws IOException {
    List<Verdict> verdicts = new ArrayList<>();
    for (ArchiveListing listing : listings) {
      try {
        verdicts.add(on(backups, listing.name(), thoroughness));
      } catch (ArchiveNotFound e) {
        // gone meanwhile: retention is at work
      } catch (IOException e) {
        boolean isOfAll = e instanceof StoreUnusable && verdicts.isEmpty();
        if (isOfAll || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        // a bad sector in one, or no room for it, is no reason to read none of the others
        verdicts.add(unread(listing, e));
      }
    }
    return verdicts;
  }

  private static Verdict unread(ArchiveListing listing, IOException e) {
    return new Verdict(listing.name(), Optional.empty(), List.of(Wording.of(e)), true);
  }

  /** What archives that were read come to; damage outweighs that some could not be read. */
  static ExitCode exitCode(Collection<Verdict> verdicts) {
    if (verdicts.stream().anyMatch(Verdict::damaged)) {
      return ExitCode.DAMAGED;
    }
    return verdicts.stream().anyMatch(Verdict::unread) ? ExitCode.FAILED : ExitCode.DONE;
  }

  boolean damaged() {
    return !sound() && !unread;
  }

  boolean sound() {
    return faults.isEmpty();
  }

  String text() {
    return report
        .map(found -> Contents.of(found.collections()))
        .map(contents -> sound() ? "sound, " + contents : "DAMAGED: " + said() + "; " + contents)
        .orElseGet(() -> (unread ? "NOT READ: " : "DAMAGED: ") + said());
  }

  private String said() {
    return String.join("; ", faults);
  }

  Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("archive", archive.toString());
    document.put("sound", sound());
    document.put("unread", unread);
    document.put("faults", faults);
    report.ifPresent(
        found -> {
          document.put("size", found.size());
          document.put("bytes", found.bytes());
          document.put("inspection", found.inspection().name().toLowerCase(Locale.ROOT));
          document.put("documents", found.documents());
          document.put("collections", Contents.document(found.collections()));
          document.put("legacy", found.legacy());
          document.put("elapsedMillis", found.elapsed().toMillis());
        });
    return document;
  }
}
