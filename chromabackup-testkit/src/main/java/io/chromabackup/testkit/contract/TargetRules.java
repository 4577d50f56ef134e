package io.chromabackup.testkit.contract;

import static io.chromabackup.testkit.contract.Kept.require;
import static io.chromabackup.testkit.contract.Kept.requireName;
import static io.chromabackup.testkit.contract.Kept.requireSame;
import static io.chromabackup.testkit.contract.Kept.requireThrown;

import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.RestoreTarget;
import io.chromabackup.RestoreTarget.Replacement;
import io.chromabackup.StagedFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The rules of restore targets, on one place. */
final class TargetRules implements Closeable {
  private static final String A = "aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa";
  private static final String B = "bbbbbbbb-2222-4222-8222-bbbbbbbbbbbb";
  private static final String BOTH = "cccccccc-3333-4333-8333-cccccccccccc";

  /** With a hot journal, which must never meet another database. */
  private static final Map<String, String> OLD =
      new TreeMap<>(
          Map.of(
              "chroma.sqlite3",
              "the old database",
              "chroma.sqlite3-journal",
              "the old journal",
              A + "/header.bin",
              "old a",
              A + "/empty.bin",
              "",
              BOTH + "/header.bin",
              "old both"));

  private static final Map<String, String> NEW =
      new TreeMap<>(
          Map.of(
              "chroma.sqlite3",
              "the new database",
              B + "/header.bin",
              "new b",
              B + "/empty.bin",
              "",
              BOTH + "/header.bin",
              "new both",
              BOTH + "/length.bin",
              "new length"));

  /** What a server makes of the new files before it is found wanting. */
  private static final Map<String, String> SINCE =
      Map.of(
          "chroma.sqlite3", "the new database, changed",
          "chroma.sqlite3-wal", "of the new database",
          "dddddddd-4444-4444-8444-dddddddddddd/header.bin", "made since");

  private final TargetAccess access;
  private final RestoreTarget target;
  private final Path unpacked;

  TargetRules(TargetAccess access) throws IOException {
    this.access = access;
    this.target = access.open();
    this.unpacked = Files.createTempDirectory("unpacked");
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> all = Files.walk(unpacked)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private StagedFiles files() throws IOException {
    return DataFiles.staged(Files.createTempDirectory(unpacked, "new"), NEW);
  }

  private void requireLive(Map<String, String> files, String when) throws IOException {
    requireSame(files, new TreeMap<>(access.live()), when);
  }

  private void requireSettled(String when) throws IOException {
    require(!access.open().needsRecovery(), when + ": something is unfinished");
  }

  void name() throws IOException {
    requireName(target.describe(), target.describe(), access.open().describe());
  }

  void emptiness() throws IOException {
    require(target.isEmpty(), "without data it is not empty");
    access.put(OLD);
    require(!target.isEmpty(), "with data it is empty");
  }

  void workspace() throws IOException {
    access.put(OLD);
    Optional<Path> workspace = target.workspace();
    Kept.assume(workspace.isPresent(), "this target has no workspace");
    Path place = workspace.orElseThrow();
    require(place.isAbsolute() && Files.isDirectory(place), place + " is no absolute directory");
    Path mine = Files.createTempDirectory(place, "staging-");
    StagedFiles files = DataFiles.staged(mine.resolve("files"), NEW);
    requireLive(OLD, "with files in the workspace");
    try (Replacement replacement = target.stage(files)) {
      requireLive(OLD, "after staging from the workspace");
      replacement.swap();
      requireLive(NEW, "after swapping in what was staged from the workspace");
      replacement.commit();
    }
  }

  void staging() throws IOException {
    access.put(OLD);
    try (Replacement replacement = target.stage(files())) {
      requireLive(OLD, "after staging");
    }
  }

  void failedStage() throws IOException {
    access.put(OLD);
    Path missing = unpacked.resolve("missing");
    requireThrown(
        IOException.class,
        "staging files that are not there",
        () -> target.stage(DataFiles.missing(missing)).close());
    requireLive(OLD, "after staging has failed");
    requireSettled("after staging has failed");
    target.stage(files()).close();
  }

  void locked() throws IOException {
    access.put(OLD);
    RestoreTarget another = access.open();
    try (Replacement replacement = target.stage(files())) {
      requireThrown(
          Locked.class, "staging in another instance", () -> another.stage(files()).close());
    }
  }

  void swapped() throws IOException {
    access.put(OLD);
    try (Replacement replacement = target.stage(files())) {
      replacement.swap();
      requireLive(NEW, "after the swap");
    }
  }

  void rolledBack() throws IOException {
    access.put(OLD);
    try (Replacement replacement = target.stage(files())) {
      replacement.swap();
      access.put(SINCE);
      replacement.rollBack();
      requireLive(OLD, "after rolling back");
    }
    requireLive(OLD, "after rolling back and closing");
    requireSettled("after rolling back and closing");
  }

  void nothingToRollBack() throws IOException {
    access.put(OLD);
    try (Replacement replacement = target.stage(files())) {
      replacement.rollBack();
      requireLive(OLD, "after rolling back what was not swapped");
    }
    try (Replacement replacement = target.stage(files())) {
      replacement.swap();
      replacement.rollBack();
      replacement.rollBack();
      requireLive(OLD, "after rolling back twice");
    }
  }

  void committed() throws IOException {
    access.put(OLD);
    try (Replacement replacement = target.stage(files())) {
      replacement.swap();
      replacement.commit();
      requireLive(NEW, "after the commit");
    }
    requireLive(NEW, "after the commit and closing");
    requireSettled("after the commit and closing");
    access.open().recover();
    requireLive(NEW, "after a recovery following the commit");
  }

  void discarded() throws IOException {
    access.put(OLD);
    target.stage(files()).close();
    requireLive(OLD, "after closing");
    requireSettled("after closing");
    require(access.open().recover().isEmpty(), "there was something to recover");
  }

  void closed() throws IOException {
    access.put(OLD);
    Replacement first = target.stage(files());
    first.close();
    RestoreTarget another = access.open();
    try (Replacement second = another.stage(files())) {
      first.close();
      requireThrown(
          Locked.class,
          "staging beside the second restore, after the first was closed again",
          () -> access.open().stage(files()).close());
      second.swap();
      requireLive(NEW, "after the swap of the second restore");
      second.commit();
    }
  }

  private void leaveUnfinished() throws IOException {
    access.put(OLD);
    try (Replacement replacement = target.stage(files())) {
      replacement.swap();
    }
  }

  void recovered() throws IOException {
    leaveUnfinished();
    RestoreTarget next = access.open();
    require(next.needsRecovery(), "nothing is unfinished");
    require(next.recover().isPresent(), "recovery did nothing");
    requireLive(OLD, "after the recovery");
    requireSettled("after the recovery");
    next.stage(files()).close();
  }

  void nothingToRecover() throws IOException {
    require(target.recover().isEmpty(), "something was recovered where there was nothing at all");
    access.put(OLD);
    require(target.recover().isEmpty(), "something was recovered where no restore had been");
    requireLive(OLD, "after recovering nothing");
    try (Replacement replacement = target.stage(files())) {
      replacement.swap();
    }
    access.open().recover();
    require(access.open().recover().isEmpty(), "something was recovered a second time");
    requireLive(OLD, "after the second recovery");
  }

  void atWork() throws IOException {
    access.put(OLD);
    try (Replacement replacement = target.stage(files())) {
      replacement.swap();
      requireThrown(
          Locked.class,
          "asking another instance whether to recover",
          () -> access.open().needsRecovery());
      replacement.rollBack();
    }
  }

  void empty() throws IOException {
    try (Replacement replacement = target.stage(files())) {
      replacement.swap();
      requireLive(NEW, "after the swap");
      replacement.rollBack();
      requireLive(Map.of(), "after rolling back");
    }
    require(access.open().isEmpty(), "it is not empty again after rolling back");
    try (Replacement replacement = target.stage(files())) {
      replacement.swap();
      replacement.commit();
    }
    requireLive(NEW, "after the commit");
  }
}
