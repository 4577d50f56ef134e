package io.chromabackup.testkit.contract;

import static io.chromabackup.testkit.contract.Kept.require;
import static io.chromabackup.testkit.contract.Kept.requireName;
import static io.chromabackup.testkit.contract.Kept.requireSame;
import static io.chromabackup.testkit.contract.Kept.requireThrown;
import static io.chromabackup.testkit.contract.Kept.thrownBy;

import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.RestoreTarget;
import io.chromabackup.RestoreTarget.Replacement;
import io.chromabackup.StagedFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The rules of restore targets, on one place. */
final class TargetRules implements Closeable {
  private static final String DATABASE = "chroma.sqlite3";
  private static final String A = "aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa";
  private static final String B = "bbbbbbbb-2222-4222-8222-bbbbbbbbbbbb";
  private static final String BOTH = "cccccccc-3333-4333-8333-cccccccccccc";

  /** Longer than what is read at a time, and of all bytes that there are. */
  private static final int LONG = 300_001;

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
              "old both",
              BOTH + "/data_level0.bin",
              bytes(1)));

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
              BOTH + "/data_level0.bin",
              bytes(2),
              BOTH + "/length.bin",
              "new length"));

  /** The modes of those new files that are not for their owner alone. */
  private static final Map<String, Integer> MODES =
      Map.of("chroma.sqlite3", 0640, B, 0750, B + "/header.bin", 0644, BOTH + "/header.bin", 0660);

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

  private static String bytes(int seed) {
    byte[] bytes = new byte[LONG];
    new Random(seed).nextBytes(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private StagedFiles files() throws IOException {
    return DataFiles.staged(Files.createTempDirectory(unpacked, "new"), NEW, MODES);
  }

  private void requireLive(Map<String, String> files, String when) throws IOException {
    requireFiles(files, access.live(), when);
  }

  private static void requireFiles(
      Map<String, String> expected, Map<String, String> seen, String when) {
    requireSame(new TreeSet<>(expected.keySet()), new TreeSet<>(seen.keySet()), when);
    expected.forEach(
        (path, text) -> {
          String found = seen.getOrDefault(path, "");
          require(
              found.equals(text),
              when + ": " + path + ": expected " + shown(text) + " but saw " + shown(found));
        });
  }

  /** What can be told of a file in one line. */
  private static String shown(String text) {
    return text.length() < 100
        ? "'" + text + "'"
        : "%d bytes of sum %08x".formatted(text.length(), text.hashCode());
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
    StagedFiles files = DataFiles.staged(mine.resolve("files"), NEW, MODES);
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

  void modes() throws IOException {
    access.put(OLD);
    Kept.assume(access.mode(DATABASE).isPresent(), "no modes can be told here");
    Map<String, String> before = modesOf(OLD.keySet());
    try (Replacement replacement = target.stage(files())) {
      replacement.swap();
      Map<String, String> expected = new TreeMap<>();
      MODES.forEach((path, mode) -> expected.put(path, octal(OptionalInt.of(mode))));
      requireSame(expected, modesOf(MODES.keySet()), "modes after the swap");
      replacement.rollBack();
    }
    requireSame(before, modesOf(OLD.keySet()), "modes after rolling back");
  }

  private Map<String, String> modesOf(Set<String> paths) throws IOException {
    Map<String, String> modes = new TreeMap<>();
    for (String path : paths) {
      modes.put(path, octal(access.mode(path)));
    }
    return modes;
  }

  private static String octal(OptionalInt mode) {
    return mode.isPresent() ? "%04o".formatted(mode.getAsInt()) : "none";
  }

  void nothingToAdopt() throws IOException {
    requireNothingAdopted("in an empty place");
    access.put(OLD);
    requireNothingAdopted("where no restore had been");
    try (Replacement replacement = target.stage(files())) {
      replacement.swap();
      access.put(SINCE);
      Throwable refused = thrownBy(() -> requireNothingAdopted("of a restore that is at work"));
      require(refused == null || refused instanceof Locked, "no Locked but " + refused);
      replacement.rollBack();
    }
    leaveUnfinished();
    requireNothingAdopted("where no server has worked since");
  }

  private void requireNothingAdopted(String where) throws IOException {
    Map<String, String> before = new TreeMap<>(access.live());
    Optional<String> done = access.open().adopt();
    require(done.isEmpty(), "something was adopted " + where + ": " + done);
    requireLive(before, "after adopting nothing " + where);
  }

  void rejected() throws IOException {
    access.put(OLD);
    try (Replacement replacement = target.stage(files())) {
      replacement.reject();
      requireLive(OLD, "after rejecting what was not swapped");
      replacement.swap();
      Map<String, String> swapped = new TreeMap<>(access.live());
      require(!swapped.equals(OLD), "what was rejected before a swap is not swapped");
      replacement.reject();
      requireLive(swapped, "after rejecting what was swapped");
      access.put(SINCE);
    }
    requireNothingAdopted("that was rejected");
    access.open().recover();
    requireLive(OLD, "after rejecting and recovering");
    try (Replacement replacement = target.stage(files())) {
      replacement.swap();
      replacement.reject();
      replacement.rollBack();
    }
    requireLive(OLD, "after rejecting and rolling back");
  }

  void adopted() throws IOException {
    leaveUnfinished();
    access.put(SINCE);
    Map<String, String> served = new TreeMap<>(access.live());
    if (access.open().adopt().isEmpty()) {
      requireLive(served, "after adopting nothing");
      return;
    }
    requireLive(served, "after the adoption");
    requireSettled("after the adoption");
    access.open().recover();
    requireLive(served, "after the adoption and a recovery");
    Optional<Map<String, String>> replaced = access.replaced();
    if (replaced.isPresent()) {
      requireFiles(OLD, replaced.get(), "what was replaced");
    }
    target.stage(files()).close();
  }
}
