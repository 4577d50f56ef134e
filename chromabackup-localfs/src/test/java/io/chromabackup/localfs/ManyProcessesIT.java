package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ArchiveListing;
import io.chromabackup.ChromaBackup;
import io.chromabackup.localfs.StoreLog.Event;
import io.chromabackup.testkit.Effort;
import io.chromabackup.testkit.Figures;
import io.chromabackup.testkit.Fixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many processes that back up, restore, prune, list and verify on one store at once. */
class ManyProcessesIT {
  private static final int FEWEST = 2;
  private static final int MOST = 8;
  private static final int OPERATIONS_EACH = Effort.of(15, 250);
  private static final int OPERATIONS = OPERATIONS_EACH * (MOST - FEWEST + 1);
  private static final Pattern HOLDER = Pattern.compile("by process ([0-9]+)");

  @TempDir Path root;
  private final SplittableRandom random = new SplittableRandom(44);
  private final List<Process> workers = new ArrayList<>();
  private final Set<Long> started = new HashSet<>();
  private final Set<Long> killed = new HashSet<>();
  private StoreLog log;
  private ChromaBackup backups;

  @BeforeEach
  void fillTheStore() throws Exception {
    log = StoreWorker.log(root);
    started.add(ProcessHandle.current().pid());
    Fixture.copyTo(root.resolve("chroma"));
    backups = StoreWorker.backups(root);
    for (int i = 0; i < StoreWorker.KEPT; i++) {
      backups.backup(LocalChroma.at(root.resolve("chroma")));
    }
    backups.restore(backups.list().get(0).name(), LocalChroma.at(root.resolve("restored")));
  }

  @AfterEach
  void endThem() throws Exception {
    for (Process worker : workers) {
      worker.destroyForcibly().waitFor();
    }
  }

  /** With every further process, one of the others is killed. */
  @Test
  void theyNeverGetInEachOthersWayAndNeitherDoThoseThatAreKilled() throws Exception {
    start();
    for (int number = FEWEST; number <= MOST; number++) {
      start();
      awaitOperations(OPERATIONS_EACH);
      kill(random.nextInt(workers.size()));
      start();
    }
    assertThat(workers).hasSize(MOST);
    awaitOperations(OPERATIONS_EACH);
    Files.createFile(root.resolve("end"));
    for (Process worker : workers) {
      assertThat(worker.waitFor()).as("exit code of a worker").isZero();
    }

    List<Event> events = log.events();
    assertThat(events).filteredOn(event -> event.event().equals(StoreLog.WRONG)).isEmpty();
    assertThat(StoreLog.twoAtOnce(events, killed)).isEmpty();
    assertThat(StoreLog.deletedUnderAReader(events, killed)).isEmpty();
    requireNothingLost(events);
    requireHoldersNamed(events);
    requireEveryArchiveGood();
    record(events);
  }

  private void start() throws Exception {
    Process worker = StoreWorker.start(root);
    workers.add(worker);
    started.add(worker.pid());
  }

  private void kill(int index) throws Exception {
    Process worker = workers.remove(index);
    worker.destroyForcibly().waitFor();
    killed.add(worker.pid());
  }

  /** Waits for so many more. */
  private void awaitOperations(int number) throws Exception {
    long wanted = done() + number;
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
    while (done() < wanted) {
      assertThat(System.nanoTime()).as("nobody gets on").isLessThan(end);
      assertThat(workers).allMatch(Process::isAlive);
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  private long done() throws Exception {
    return StoreLog.count(log.events(), StoreLog.DONE);
  }

  /** One that was killed may have stored or deleted something without saying so. */
  private void requireNothingLost(List<Event> events) throws Exception {
    Set<String> there = new TreeSet<>();
    backups.list().forEach(listing -> there.add(listing.name().toString()));
    assertThat(there).hasSizeGreaterThanOrEqualTo(StoreWorker.KEPT);
    assertThat(there).containsAll(StoreLog.remaining(events));
  }

  private void requireHoldersNamed(List<Event> events) {
    for (Event event : events) {
      if (event.event().equals(StoreLog.LOCKED_BY)) {
        Matcher holder = HOLDER.matcher(event.about());
        assertThat(holder.find()).as(event.about()).isTrue();
        assertThat(Long.parseLong(holder.group(1))).isIn(started);
      }
    }
  }

  private void requireEveryArchiveGood() throws Exception {
    backups.prune();
    for (ArchiveListing listing : backups.list()) {
      assertThat(backups.verify(listing.name()).isSound()).isTrue();
    }
    assertThat(new KillSite(root, StoreWorker.KEPT).leftovers()).isEmpty();
  }

  private void record(List<Event> events) {
    long done = StoreLog.count(events, StoreLog.DONE);
    assertThat(done).isGreaterThanOrEqualTo(OPERATIONS);
    assertThat(StoreLog.count(events, StoreLog.DELETED)).isPositive();
    Figures.record(
        "processes-operations",
        "%d by %d to %d processes at once, %d of which were killed; %d were locked out, %d archives were stored, %d pruned, %d left because they were read"
            .formatted(
                done,
                FEWEST,
                MOST,
                killed.size(),
                StoreLog.count(events, StoreLog.LOCKED_BY),
                StoreLog.count(events, StoreLog.STORED),
                StoreLog.count(events, StoreLog.DELETED),
                StoreLog.count(events, StoreLog.IN_USE)));
  }
}
