package io.chromabackup.localfs;

import io.chromabackup.ArchiveListing;
import io.chromabackup.ArchiveName;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException.ArchiveNotFound;
import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.RestoreOptions;
import io.chromabackup.RetentionPolicy;
import io.chromabackup.testkit.Fixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** A process that does anything to a store, one thing after the other, until it is told to end. */
final class StoreWorker {
  /** As many archives stay, whoever prunes. */
  static final int KEPT = 5;

  private final Path root;
  private final StoreLog log;
  private final ChromaBackup backups;
  private final Map<String, Integer> expected;

  private StoreWorker(Path root) {
    this.root = root;
    this.log = log(root);
    this.backups = backups(root);
    this.expected = Fixture.content(root.resolve("restored"));
  }

  static StoreLog log(Path root) {
    return new StoreLog(root.resolve("log"));
  }

  static ChromaBackup backups(Path root) {
    return ChromaBackup.builder(
            new WatchedStore(LocalArchiveStore.in(root.resolve("backups")), log(root), KEPT))
        .retention(RetentionPolicy.keepLast(KEPT))
        .build();
  }

  static Process start(Path root) throws IOException {
    List<String> command = Ticker.javaWords(StoreWorker.class);
    command.add(1, "-Djava.io.tmpdir=" + Files.createDirectories(root.resolve("tmp")));
    command.add(2, "-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
    command.add(root.toString());
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  public static void main(String[] args) throws Exception {
    Path root = Path.of(args[0]);
    StoreWorker worker = new StoreWorker(root);
    while (!Files.exists(root.resolve("end"))) {
      worker.work();
    }
  }

  private void work() throws IOException {
    try {
      log.add(StoreLog.DONE, doSomething());
    } catch (Locked e) {
      log.add(StoreLog.NOTHING, "it was locked out");
    } catch (ArchiveNotFound e) {
      log.add(StoreLog.NOTHING, "the archive was pruned since it was listed");
    } catch (IOException | RuntimeException e) {
      log.add(StoreLog.WRONG, e);
    }
  }

  private String doSomething() throws IOException {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    switch (random.nextInt(8)) {
      case 0, 1, 2:
        backups.backup(LocalChroma.at(root.resolve("chroma")));
        return "backup";
      case 3:
        backups.prune();
        return "prune";
      case 4:
        List<ArchiveListing> bad =
            backups.list().stream().filter(one -> one.problem().isPresent()).toList();
        if (!bad.isEmpty()) {
          log.add(StoreLog.WRONG, "listed: " + bad);
        }
        return "list";
      case 5, 6:
        backups.verify(any(random));
        return "verify";
      default:
        restore(any(random));
        return "restore";
    }
  }

  /** More often than not the oldest, which is the next to go. */
  private ArchiveName any(ThreadLocalRandom random) throws IOException {
    List<ArchiveListing> all = backups.list();
    return all.get(random.nextBoolean() ? all.size() - 1 : random.nextInt(all.size())).name();
  }

  private void restore(ArchiveName name) throws IOException {
    Path own = root.resolve("restored-" + ProcessHandle.current().pid());
    backups.restore(name, LocalChroma.at(own), RestoreOptions.defaults().replace());
    if (!Fixture.content(own).equals(expected)) {
      log.add(StoreLog.WRONG, name + " was restored to something else");
    }
  }
}
