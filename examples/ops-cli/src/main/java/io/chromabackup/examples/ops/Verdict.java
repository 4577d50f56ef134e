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
 * @param finding what it came to
 * @param report what was found; empty if it cannot be read to its end
 * @param faults what is wrong; empty if nothing is
 */
record Verdict(
    ArchiveName archive, Finding finding, Optional<VerifyReport> report, List<String> faults) {

  /** What an archive turned out to be. */
  enum Finding {
    SOUND("sound"),
    /** As it was made, of damaged data and on request: no news to whoever looks after the store. */
    SALVAGED("whole, SALVAGED"),
    DAMAGED("DAMAGED"),
    /** Nothing is known of it, since it could not be read here and now. */
    UNREAD("NOT READ");

    private final String words;

    Finding(String words) {
      this.words = words;
    }
  }

  static Verdict on(ChromaBackup backups, ArchiveName name, Thoroughness thoroughness)
      throws IOException {
    try {
      VerifyReport report = backups.verify(name, thoroughness);
      Finding finding = report.isSound() ? Finding.SOUND : Finding.DAMAGED;
      return new Verdict(name, finding, Optional.of(report), report.faults());
    } catch (ArchiveDamaged e) {
      return without(name, Finding.DAMAGED, e);
    }
  }

  private static Verdict without(ArchiveName name, Finding finding, IOException e) {
    return new Verdict(name, finding, Optional.empty(), List.of(Wording.of(e)));
  }

  static List<Verdict> onAll(
      ChromaBackup backups, List<ArchiveListing> listings, Thoroughness thoroughness)
      throws IOException {
    List<Verdict> verdicts = new ArrayList<>();
    for (ArchiveListing listing : listings) {
      try {
        verdicts.add(on(backups, listing.name(), thoroughness).knowing(listing));
      } catch (ArchiveNotFound e) {
        // gone meanwhile: retention is at work
      } catch (IOException e) {
        boolean isOfAll = e instanceof StoreUnusable && verdicts.isEmpty();
        if (isOfAll || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        // a bad sector in one, or no room for it, is no reason to read none of the others
        verdicts.add(without(listing.name(), Finding.UNREAD, e));
      }
    }
    return verdicts;
  }

  private Verdict knowing(ArchiveListing listing) {
    boolean onRequest = listing.manifest().filter(manifest -> !manifest.isSound()).isPresent();
    return onRequest && report.isPresent() && !sound()
        ? new Verdict(archive, Finding.SALVAGED, report, faults)
        : this;
  }

  /** What archives that were read come to; damage outweighs that some could not be read. */
  static ExitCode exitCode(Collection<Verdict> verdicts) {
    if (count(Finding.DAMAGED, verdicts) > 0) {
      return ExitCode.DAMAGED;
    }
    return count(Finding.UNREAD, verdicts) > 0 ? ExitCode.FAILED : ExitCode.DONE;
  }

  static long count(Finding finding, Collection<Verdict> verdicts) {
    return verdicts.stream().filter(verdict -> verdict.finding == finding).count();
  }

  boolean sound() {
    return finding == Finding.SOUND;
  }

  String text() {
    String said = faults.isEmpty() ? "" : ": " + String.join("; ", faults);
    String held =
        report.map(found -> (sound() ? ", " : "; ") + Contents.of(found.collections())).orElse("");
    return finding.words + said + held;
  }

  Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("archive", archive.toString());
    document.put("sound", sound());
    document.put("salvaged", finding == Finding.SALVAGED);
    document.put("unread", finding == Finding.UNREAD);
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
