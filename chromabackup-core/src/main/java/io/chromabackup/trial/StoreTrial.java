package io.chromabackup.trial;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chromabackup.ArchiveFormat;
import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackupException;
import io.chromabackup.ContentCheck;
import io.chromabackup.ContentWriter;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One rule on trial at one store. Uses names of the year 1970 that are not taken, so that it never
 * meets an archive of anybody and is never the newest, and deletes what it wrote.
 */
final class StoreTrial {
  /** Tries a rule. */
  @FunctionalInterface
  interface Check {
    void on(StoreTrial trial) throws IOException;
  }

  /** Something that may fail. */
  @FunctionalInterface
  interface Attempt {
    void run() throws IOException;
  }

  /** What a store does that it must not. */
  static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1;

    Broken(String seen) {
      super(seen);
    }
  }

  /** A rule that cannot be tried here. */
  static final class NotApplicable extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotApplicable(String why) {
      super(why);
    }
  }

  static final ContentCheck UNCHECKED = in -> {};
  private static final int TEXT_LENGTH = 1000;

  private final StoreAccess access;
  private final ArchiveStore store;
  private final Set<ArchiveName> taken = new HashSet<>();

  // also read when a thread that uses this was given up
  private final List<ArchiveName> used = new CopyOnWriteArrayList<>();
  private final List<ArchiveStore> opened = new CopyOnWriteArrayList<>();

  private StoreTrial(StoreAccess access) throws IOException {
    this.access = access;
    this.store = open();
  }

  /**
   * What became of a rule.
   *
   * @param ended whether the store has come to an end with what it was asked
   * @param left what was written and could not be deleted again
   */
  record Outcome(StoreReport.Finding finding, boolean ended, List<ArchiveName> left) {}

  /** Tries a rule; the lock, if the rule needs one, is the caller's. */
  static Outcome of(StoreRule rule, StoreAccess access) throws IOException {
    StoreTrial trial = new StoreTrial(access);
    List<ArchiveName> left = new ArrayList<>();
    Optional<StoreReport.Finding> finding;
    try {
      finding = trial.runInTime(rule);
    } finally {
      Interruption.shielded(() -> left.addAll(trial.cleanUpInTime()));
    }
    return new Outcome(finding.orElseGet(() -> trial.endless(rule)), finding.isPresent(), left);
  }

  private Optional<StoreReport.Finding> runInTime(StoreRule rule) throws IOException {
    try (Errand<StoreReport.Finding> errand = new Errand<>(() -> run(rule))) {
      return errand.begin().outcome(access.patience());
    }
  }

  private StoreReport.Finding endless(StoreRule rule) {
    return new StoreReport.Finding(
        rule,
        StoreReport.Verdict.NOT_KEPT,
        "it did not end within %d s".formatted(access.patience().toSeconds()));
  }

  private List<ArchiveName> cleanUpInTime() throws IOException {
    try (Errand<List<ArchiveName>> errand = new Errand<>(this::cleanUp)) {
      return errand.begin().outcome(access.patience()).orElse(List.copyOf(used));
    }
  }

  private StoreReport.Finding run(StoreRule rule) throws IOException {
    try {
      store.list().forEach(archive -> taken.add(archive.name()));
      rule.check().on(this);
      return new StoreReport.Finding(rule, StoreReport.Verdict.KEPT, "");
    } catch (NotApplicable e) {
      return new StoreReport.Finding(rule, StoreReport.Verdict.NOT_APPLICABLE, said(e));
    } catch (Broken e) {
      return new StoreReport.Finding(rule, StoreReport.Verdict.NOT_KEPT, said(e));
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Exception | Error e) {
      Interruption.check();
      return new StoreReport.Finding(rule, StoreReport.Verdict.NOT_KEPT, "it failed with " + e);
    }
  }

  private static String said(RuntimeException e) {
    return String.valueOf(e.getMessage());
  }

  /** Returns what is still there. */
  private List<ArchiveName> cleanUp() {
    List<ArchiveName> left = new ArrayList<>();
    for (ArchiveName name : used) {
      if (!isGone(name)) {
        left.add(name);
      }
    }
    for (ArchiveStore instance : opened) {
      attempt(instance::close);
    }
    return left;
  }

  private boolean isGone(ArchiveName name) {
    attempt(() -> store.delete(name));
    try {
      return store.list().stream().noneMatch(archive -> archive.name().equals(name));
    } catch (Exception e) {
      return false;
    }
  }

  private ArchiveStore open() throws IOException {
    ArchiveStore instance = access.open();
    opened.add(instance);
    return instance;
  }

  /** The instance that the rule is tried on. */
  ArchiveStore store() {
    return store;
  }

  /** Another instance, as another process would have it. */
  ArchiveStore another() throws IOException {
    if (access instanceof OneStore) {
      throw new NotApplicable("there is only one instance of the store; let it be opened twice");
    }
    return open();
  }

  /** Another instance, or the same one if there is no other. */
  ArchiveStore anotherOrSame() throws IOException {
    return open();
  }

  ArchiveStore in(StoreAccess.Trouble trouble, String what) throws IOException {
    Optional<ArchiveStore> instance = access.openIn(trouble);
    opened.addAll(instance.stream().toList());
    return instance.orElseThrow(() -> new NotApplicable(what + " cannot be brought about here"));
  }

  void putForeign(String fileName) throws IOException {
    if (!access.putForeign(fileName)) {
      throw new NotApplicable("nothing foreign can be put among the archives here");
    }
  }

  Set<String> secrets() {
    return access.secrets();
  }

  /** A name that nobody has used, later than those before. */
  ArchiveName name() {
    return name(ArchiveFormat.TAR_GZ);
  }

  private ArchiveName name(ArchiveFormat format) {
    ArchiveName last =
        used.isEmpty() ? new ArchiveName(Instant.EPOCH, format) : Collections.max(used);
    ArchiveName free = new ArchiveName(last.createdAt(), format).next();
    while (taken.contains(free) || taken.contains(sibling(free))) {
      free = free.next();
    }
    used.add(free);
    return free;
  }

  /** The name of the same second in the other format. */
  ArchiveName siblingOf(ArchiveName name) {
    ArchiveName sibling = sibling(name);
    used.add(sibling);
    return sibling;
  }

  private static ArchiveName sibling(ArchiveName name) {
    return new ArchiveName(
        name.createdAt(),
        name.format() == ArchiveFormat.TAR_GZ ? ArchiveFormat.TAR_ZST : ArchiveFormat.TAR_GZ);
  }

  /** Content that begins with a text by which it is known again. */
  static ContentWriter text(String text) {
    return out -> out.write(padded(text));
  }

  private static byte[] padded(String text) {
    return (text + "\n" + ".".repeat(TEXT_LENGTH - text.length() - 1)).getBytes(UTF_8);
  }

  ArchiveName stored(String text) throws IOException {
    ArchiveName name = name();
    store.write(name, text(text), UNCHECKED);
    return name;
  }

  /** Whether the archive is there and begins with that text. Other rules care for its end. */
  static boolean holds(ArchiveStore where, ArchiveName name, String text) throws IOException {
    try (InputStream in = where.open(name)) {
      return beginsWith(in, text);
    } catch (ChromaBackupException.ArchiveNotFound e) {
      return false;
    }
  }

  static boolean beginsWith(InputStream in, String text) throws IOException {
    byte[] expected = (text + "\n").getBytes(UTF_8);
    return Arrays.equals(in.readNBytes(expected.length), expected);
  }

  static boolean isListed(ArchiveStore where, ArchiveName name) throws IOException {
    return where.list().stream().anyMatch(archive -> archive.name().equals(name));
  }

  /** What of the names that this trial used is listed, in the order of the list. */
  List<ArchiveName> listed(ArchiveStore where) throws IOException {
    return where.list().stream().map(ArchiveInfo::name).filter(used::contains).toList();
  }

  static void require(boolean kept, String seen) {
    if (!kept) {
      throw new Broken(seen);
    }
  }

  /** Something is refused with an exception of that type. */
  static Throwable requireThrown(Class<? extends Throwable> type, String what, Attempt attempt) {
    return requireThrown(type::isInstance, type.getSimpleName(), what, attempt);
  }

  static Throwable requireThrown(
      Predicate<Throwable> expected, String kind, String what, Attempt attempt) {
    Throwable thrown = attempt(attempt);
    if (thrown == null) {
      throw new Broken(what + ": no " + kind + " but success");
    }
    require(expected.test(thrown), what + ": no " + kind + " but " + thrown);
    return thrown;
  }

  /** Returns what is thrown. */
  static @Nullable Throwable attempt(Attempt attempt) {
    try {
      attempt.run();
      return null;
    } catch (Exception | Error e) {
      return e;
    }
  }

  /** Neither listed nor to be read, for this instance and for another. */
  void requireAbsent(ArchiveName name, String text, String when) throws IOException {
    for (ArchiveStore instance : List.of(store, anotherOrSame())) {
      require(!isListed(instance, name), when + ": it is listed");
      require(!isReadable(instance, name, text), when + ": it can be opened");
    }
  }

  /** What an archive that is not there gives instead is another rule's. */
  private static boolean isReadable(ArchiveStore where, ArchiveName name, String text) {
    try {
      return holds(where, name, text);
    } catch (Exception e) {
      return false;
    }
  }
}
