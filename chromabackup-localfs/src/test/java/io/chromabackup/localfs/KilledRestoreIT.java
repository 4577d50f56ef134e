package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.localfs.KilledOperation.Moment;
import io.chromabackup.localfs.SwapJournal.State;
import io.chromabackup.testkit.Effort;
import io.chromabackup.testkit.Figures;
import io.chromabackup.testkit.Fixture;
import io.chromabackup.testkit.RealChroma;
import io.chromabackup.testkit.RealChroma.Generation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Restores, and recoveries from them, that are killed at random and at marked moments. Every fourth
 * is under a real server.
 */
class KilledRestoreIT {
  private static final int KILLS = Effort.of(20, 200);
  private static final int RECOVERY_KILLS = KILLS / 2;

  private static final int ALL = 10_000;

  @TempDir Path directory;
  private final SplittableRandom random = new SplittableRandom(42);
  private final List<Served> all = new ArrayList<>();
  private final Map<Served, Aftermath> aftermaths = new HashMap<>();
  private final Map<Served, Duration> durations = new HashMap<>();
  private final KillTally tally = new KillTally();
  private ServedByChroma server;
  private ServedByStandIn standIn;

  @BeforeEach
  void serve() throws Exception {
    RealChroma.requireInstalled(Generation.NEW);
    server = add(ServedByChroma.start(directory.resolve("server"), ALL));
    Path earlier = stoppedCopy("earlier");
    server.makeOld();
    server.addCollection("later");
    standIn =
        add(
            ServedByStandIn.start(
                directory.resolve("stand-in"), ALL, earlier, stoppedCopy("later")));
  }

  private <T extends Served> T add(T served) throws Exception {
    all.add(served);
    aftermaths.put(served, new Aftermath(served.site()));
    return served;
  }

  private Path stoppedCopy(String name) throws Exception {
    server.scripts().stop();
    Path copy = Fixture.copy(server.site().data(), directory.resolve(name));
    server.scripts().start();
    return copy;
  }

  @AfterEach
  void stop() throws Exception {
    for (Served served : all) {
      served.close();
    }
  }

  @Test
  void aRestoreThatIsKilledEndsAtExactlyOldOrExactlyNewAndRunning() throws Exception {
    for (Served served : all) {
      served.makeOld();
      durations.put(served, restore(served).last());
    }
    KilledOperation next = restore(served(0));
    for (int attempt = 0;
        !tally.hasAtLeast(KILLS, RECOVERY_KILLS) && attempt < 3 * KILLS;
        attempt++) {
      KilledOperation restore = next;
      next = restore(served(attempt + 1));
      killAndSettle(attempt, restore);
    }
    next.close();
    for (Aftermath aftermath : aftermaths.values()) {
      aftermath.requireEveryArchiveGood();
    }
    tally.print();
    Figures.record("kills-local-restore", tally.inWords());
    Figures.record("kills-local-recovery", tally.recoveries() + " kills");
    tally.requireAtLeast(KILLS, RECOVERY_KILLS);
  }

  private void killAndSettle(int attempt, KilledOperation restore) throws Exception {
    Served served = served(attempt);
    served.makeOld();
    Moment moment = moment(attempt, served);
    String what = "nothing";
    if (restore.killAt(moment)) {
      boolean atMark = attempt % 2 == 1;
      tally.add(atMark ? moment.name() : restore.phase(), atMark);
      what = restore + " (" + moment.name() + ")";
      if (tally.recoveries() * 2 < tally.kills()) {
        what += recoverKilled(served);
      }
    }
    String settled = turn(attempt, served);
    aftermaths.get(served).settleBy(settled);
    String outcome = served.oldOrNew(what);
    if (settled.startsWith("restore")) {
      assertThat(outcome).isEqualTo("new");
    }
    aftermaths.get(served).requireClean(what);
  }

  private Served served(int attempt) {
    return attempt % 4 == 3 ? server : standIn;
  }

  private static KilledOperation restore(Served served) throws IOException {
    return KilledOperation.of(served.site(), "restore-" + served.archive());
  }

  /** How what was broken off is settled. */
  private static String turn(int attempt, Served served) {
    return switch (attempt % 3) {
      case 0 -> "recover";
      case 1 -> "backup";
      default -> "restore-" + served.archive();
    };
  }

  private String recoverKilled(Served served) throws Exception {
    String how = turn(random.nextInt(3), served);
    Moment moment = atRandom(served);
    if (!KilledOperation.of(served.site(), how).killAt(moment)) {
      return "";
    }
    tally.addRecovery();
    return ", then " + how + " after " + moment.name();
  }

  private Moment atRandom(Served served) {
    return Moment.after(durations.get(served).multipliedBy(random.nextInt(100)).dividedBy(100));
  }

  private Moment moment(int attempt, Served served) {
    if (attempt % 2 == 0) {
      return atRandom(served);
    }
    List<Moment> marks = marks(served.site());
    return marks.get(attempt / 2 % marks.size());
  }

  private static List<Moment> marks(KillSite site) {
    Path journal = site.work().resolve(SwapJournal.NAME);
    Path old = site.work().resolve(Swap.OLD);
    return List.of(
        Moment.phase("UNPACK"),
        Moment.phase("SWAP"),
        Moment.mark("the new lies ready", () -> Files.exists(site.work().resolve("new"))),
        Moment.mark("the service is down", () -> !site.runs()),
        Moment.mark("the journal is there", () -> Files.exists(journal)),
        Moment.mark(
            "the database has left", () -> Files.exists(old) && !Files.exists(site.database())),
        Moment.mark(
            "the database is new", () -> Files.exists(old) && Files.exists(site.database())),
        Moment.mark("swapped", () -> isAt(site, State.SWAPPED)),
        Moment.mark("started again", () -> isAt(site, State.SWAPPED) && site.runs()),
        Moment.mark("committed", () -> isAt(site, State.COMMITTED)));
  }

  private static boolean isAt(KillSite site, State state) throws IOException {
    Optional<SwapJournal> journal = SwapJournal.read(site.work());
    return journal.isPresent() && journal.get().state() == state;
  }
}
