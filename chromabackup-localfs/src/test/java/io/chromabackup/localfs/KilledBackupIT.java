package io.chromabackup.localfs;

import io.chromabackup.Quiet;
import io.chromabackup.files.FileTree;
import io.chromabackup.localfs.KilledOperation.Moment;
import io.chromabackup.testkit.Effort;
import io.chromabackup.testkit.Figures;
import io.chromabackup.testkit.RealChroma;
import io.chromabackup.testkit.RealChroma.Generation;
import io.chromabackup.testkit.WriteLoad;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Backups of a real server that is written to, killed at random and at marked moments, under every
 * quiet.
 */
class KilledBackupIT {
  private static final int KILLS = Effort.of(20, 200);
  private static final int RECOVERY_KILLS = KILLS / 5;
  private static final int KEPT = 4;

  @TempDir Path directory;
  private final SplittableRandom random = new SplittableRandom(43);
  private final Map<Quiet, Duration> durations = new EnumMap<>(Quiet.class);
  private final KillTally tally = new KillTally();
  private ServedByChroma server;
  private Aftermath aftermath;

  @BeforeAll
  static void requireChroma() {
    RealChroma.requireInstalled(Generation.NEW);
  }

  @BeforeEach
  void serve() throws Exception {
    server = ServedByChroma.start(directory.resolve("server"), KEPT);
    aftermath = new Aftermath(server.site());
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void aBackupThatIsKilledLeavesTheServerRunningAndEveryArchiveGood() throws Exception {
    for (Quiet quiet : Quiet.values()) {
      durations.put(quiet, backup(quiet).last());
    }
    KilledOperation next = backup(quiet(0));
    for (int attempt = 0;
        !tally.hasAtLeast(KILLS, RECOVERY_KILLS) && attempt < 3 * KILLS;
        attempt++) {
      KilledOperation backup = next;
      next = backup(quiet(attempt + 1));
      killAndSettle(attempt, backup);
    }
    next.close();
    aftermath.requireEveryArchiveGood();
    tally.print();
    Figures.record(
        "kills-local-backup",
        tally.inWords() + ", and " + tally.recoveries() + " of what was to recover from them");
    tally.requireAtLeast(KILLS, RECOVERY_KILLS);
  }

  private void killAndSettle(int attempt, KilledOperation backup) throws Exception {
    Moment moment = moment(attempt);
    boolean killed;
    try (WriteLoad load = server.load()) {
      killed = backup.killAt(moment);
    }
    String what = killed ? backup + " (" + moment.name() + ")" : "nothing";
    if (killed) {
      boolean atMark = attempt % 2 == 1;
      tally.add(quiet(attempt) + " " + (atMark ? moment.name() : backup.phase()), atMark);
      if (tally.recoveries() * 5 < tally.kills()) {
        what += recoverKilled();
      }
    }
    aftermath.settleBy(turn(attempt));
    server.requireEveryRecordRight(what);
    aftermath.requireClean(what);
  }

  private KilledOperation backup(Quiet quiet) throws IOException {
    return KilledOperation.of(server.site(), "backup-" + quiet);
  }

  private static Quiet quiet(int attempt) {
    Quiet[] all = Quiet.values();
    return all[attempt / 2 % all.length];
  }

  /** How what was broken off is settled. */
  private String turn(int attempt) throws IOException {
    return switch (attempt % 3) {
      case 0 -> "recover";
      case 1 -> "backup";
      default -> "restore-" + aftermath.newestArchive();
    };
  }

  private String recoverKilled() throws Exception {
    String how = turn(random.nextInt(3));
    Moment moment = atRandom(Quiet.OPTIMISTIC);
    if (!KilledOperation.of(server.site(), how).killAt(moment)) {
      return "";
    }
    tally.addRecovery();
    return ", then " + how + " after " + moment.name();
  }

  private Moment atRandom(Quiet quiet) {
    return Moment.after(durations.get(quiet).multipliedBy(random.nextInt(100)).dividedBy(100));
  }

  private Moment moment(int attempt) throws IOException {
    if (attempt % 2 == 0) {
      return atRandom(quiet(attempt));
    }
    List<Moment> marks = marks(quiet(attempt));
    return marks.get(random.nextInt(marks.size()));
  }

  private List<Moment> marks(Quiet quiet) throws IOException {
    KillSite site = server.site();
    Set<Path> archives = Set.copyOf(FileTree.children(site.backups()));
    List<Moment> marks = new ArrayList<>();
    for (String phase : List.of("COPY", "INSPECT", "ARCHIVE", "READ_BACK")) {
      marks.add(Moment.phase(phase));
    }
    marks.add(
        Moment.mark(
            "the archive is there",
            () -> !archives.containsAll(FileTree.children(site.backups()))));
    if (archives.size() > KEPT) {
      marks.add(
          Moment.mark(
              "an old archive is gone",
              () -> !FileTree.children(site.backups()).containsAll(archives)));
    }
    if (quiet == Quiet.PAUSE) {
      marks.add(Moment.mark("the server is frozen", site::isFrozen));
    }
    if (quiet == Quiet.STOP) {
      marks.add(Moment.mark("the server is down", () -> !site.runs()));
    }
    return marks;
  }
}
