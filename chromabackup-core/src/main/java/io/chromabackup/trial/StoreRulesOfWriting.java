package io.chromabackup.trial;

import static io.chromabackup.trial.StoreTrial.UNCHECKED;
import static io.chromabackup.trial.StoreTrial.attempt;
import static io.chromabackup.trial.StoreTrial.beginsWith;
import static io.chromabackup.trial.StoreTrial.holds;
import static io.chromabackup.trial.StoreTrial.isListed;
import static io.chromabackup.trial.StoreTrial.require;
import static io.chromabackup.trial.StoreTrial.requireThrown;
import static io.chromabackup.trial.StoreTrial.text;

import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackupException.ArchiveExists;
import io.chromabackup.ContentWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** How archives come into a store. */
final class StoreRulesOfWriting {
  /** Longer than the parts that uploads are cut into, and no multiple of anything. */
  private static final long LONG = 12 * 1024 * 1024 + 13;

  /** How long a writer may keep another waiting before that one goes on. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private StoreRulesOfWriting() {}

  static void readBack(StoreTrial trial) throws IOException {
    for (long length : new long[] {0, 1, 8191, 65_537, LONG}) {
      ArchiveName name = trial.name();
      Noise noise = new Noise(length);
      trial.store().write(name, noise::writeTo, UNCHECKED);
      try (InputStream in = trial.store().open(name)) {
        String difference = noise.differenceOf(in);
        require(difference == null, "of " + length + " bytes written, " + difference);
      }
      trial.store().delete(name);
    }
  }

  static void nameAndLength(StoreTrial trial) throws IOException {
    ArchiveName name = trial.name();
    ArchiveInfo expected = new ArchiveInfo(name, 70_001);
    ArchiveInfo returned =
        trial.store().write(name, new Noise(expected.size())::writeTo, UNCHECKED);
    require(expected.equals(returned), "write returned " + returned + ", not " + expected);
    for (ArchiveInfo listed : trial.store().list()) {
      if (listed.name().equals(name)) {
        require(listed.equals(expected), "list shows " + listed + ", not " + expected);
      }
    }
  }

  static void contentOnce(StoreTrial trial) throws IOException {
    AtomicInteger calls = new AtomicInteger();
    ContentWriter counted =
        out -> {
          calls.incrementAndGet();
          text("once").writeTo(out);
        };
    trial.store().write(trial.name(), counted, UNCHECKED);
    require(calls.get() == 1, "it was asked for " + calls + " times");
  }

  static void checkOnce(StoreTrial trial) throws IOException {
    AtomicInteger calls = new AtomicInteger();
    AtomicReference<@Nullable String> difference = new AtomicReference<>();
    Noise noise = new Noise(70_001);
    trial
        .store()
        .write(
            trial.name(),
            noise::writeTo,
            in -> {
              calls.incrementAndGet();
              difference.set(noise.differenceOf(in));
            });
    require(calls.get() == 1, "it was called " + calls + " times");
    require(difference.get() == null, "it was given something else: " + difference.get());
  }

  static void invisible(StoreTrial trial) throws IOException {
    ArchiveName name = trial.name();
    String text = "half written";
    trial
        .store()
        .write(
            name,
            out -> {
              text(text).writeTo(out);
              out.flush();
              requireInvisible(trial, name, text, "while it is written");
            },
            in -> requireInvisible(trial, name, text, "while it is checked"));
  }

  private static void requireInvisible(StoreTrial trial, ArchiveName name, String text, String when)
      throws IOException {
    trial.requireAbsent(name, text, when);
    ArchiveStore another = trial.anotherOrSame();
    require(!another.delete(name), when + ": it can be deleted");
  }

  static void contentThrows(StoreTrial trial) throws IOException {
    for (Throwable failure : failures()) {
      ArchiveName name = trial.name();
      ContentWriter content =
          out -> {
            text("failed").writeTo(out);
            raise(failure);
          };
      requirePassedOn(failure, () -> trial.store().write(name, content, UNCHECKED));
      trial.requireAbsent(name, "failed", "after the content has failed");
    }
  }

  static void checkThrows(StoreTrial trial) throws IOException {
    for (Throwable failure : failures()) {
      ArchiveName name = trial.name();
      requirePassedOn(
          failure, () -> trial.store().write(name, text("refused"), in -> raise(failure)));
      trial.requireAbsent(name, "refused", "after the check has failed");
    }
  }

  private static Throwable[] failures() {
    return new Throwable[] {
      new IOException("a failure on trial"),
      new IllegalStateException("a failure on trial"),
      new AssertionError("a failure on trial")
    };
  }

  private static void raise(Throwable failure) throws IOException {
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    throw (Error) failure;
  }

  private static void requirePassedOn(Throwable failure, StoreTrial.Attempt attempt) {
    requireThrown(thrown -> thrown == failure, failure.toString(), "write", attempt);
  }

  static void noReplacement(StoreTrial trial) throws IOException {
    ArchiveName name = trial.stored("the first");
    requireThrown(
        ArchiveExists.class,
        "writing a name that is stored",
        () -> trial.store().write(name, text("the second"), UNCHECKED));
    require(holds(trial.store(), name, "the first"), "the first archive is not there any more");
  }

  /** The second writes while the first does, so that neither finds the other's archive. */
  static void oneWinner(StoreTrial trial) throws IOException {
    ArchiveName name = trial.name();
    ArchiveStore another = trial.anotherOrSame();
    Throwable first;
    Throwable other;
    try (Errand<Optional<Throwable>> second =
        new Errand<>(() -> Optional.ofNullable(writeSecond(another, name)))) {
      ContentWriter content =
          out -> {
            text("the first").writeTo(out);
            second.begin();
            // a store may let one wait for the other: then this one has to go on at some time
            second.outcome(PATIENCE);
          };
      first = attempt(() -> trial.store().write(name, content, UNCHECKED));
      other = second.begin().outcome().orElse(null);
    }
    require(first == null || other == null, "neither stored it: " + first + ", " + other);
    require(first != null || other != null, "both believe to have stored it");
    Throwable loser = first == null ? other : first;
    require(loser instanceof ArchiveExists, "the other got no ArchiveExists but " + loser);
    String winner = first == null ? "the first" : "the second";
    require(holds(trial.store(), name, winner), "it does not hold what " + winner + " wrote");
  }

  private static @Nullable Throwable writeSecond(ArchiveStore store, ArchiveName name) {
    return attempt(() -> store.write(name, text("the second"), UNCHECKED));
  }

  /** On a thread of its own: the rule's may be interrupted for reasons of its own. */
  static void interrupted(StoreTrial trial) throws IOException {
    ArchiveName name = trial.name();
    Interrupted seen;
    try (Errand<Interrupted> writer = new Errand<>(() -> writeInterrupted(trial.store(), name))) {
      seen = writer.begin().outcome();
    }
    Throwable thrown = seen.thrown();
    if (thrown == null) {
      require(holds(trial.store(), name, "interrupted"), "it returned, and nothing is stored");
    } else {
      require(
          thrown instanceof InterruptedIOException || thrown instanceof ClosedByInterruptException,
          "it failed with no InterruptedIOException but " + thrown);
      trial.requireAbsent(name, "interrupted", "after the interrupt");
    }
    require(seen.flag(), "the thread's flag is not set afterwards");
  }

  private record Interrupted(@Nullable Throwable thrown, boolean flag) {}

  private static Interrupted writeInterrupted(ArchiveStore store, ArchiveName name) {
    ContentWriter content =
        out -> {
          text("interrupted").writeTo(out);
          Thread.currentThread().interrupt();
        };
    Throwable thrown = attempt(() -> store.write(name, content, UNCHECKED));
    return new Interrupted(thrown, Thread.interrupted());
  }

  static void failsWhileWriting(StoreTrial trial) throws IOException {
    failsIn(StoreAccess.Trouble.WRITING, "a place that takes no bytes", trial);
  }

  static void failsWhileFinishing(StoreTrial trial) throws IOException {
    failsIn(StoreAccess.Trouble.FINISHING, "a place where nothing is finished", trial);
  }

  private static void failsIn(StoreAccess.Trouble trouble, String what, StoreTrial trial)
      throws IOException {
    ArchiveStore troubled = trial.in(trouble, what);
    ArchiveName name = trial.name();
    requireThrown(
        IOException.class,
        "writing to " + what,
        () -> troubled.write(name, text("lost"), UNCHECKED));
    trial.requireAbsent(name, "lost", "after the write has failed");
  }

  static void thereForOthers(StoreTrial trial) throws IOException {
    ArchiveStore before = trial.another();
    ArchiveName name = trial.stored("for all");
    for (ArchiveStore other : new ArchiveStore[] {before, trial.another()}) {
      require(isListed(other, name), "another instance does not list it");
      try (InputStream in = other.open(name)) {
        require(beginsWith(in, "for all"), "another instance reads something else");
      }
    }
  }

  static void nameAgain(StoreTrial trial) throws IOException {
    ArchiveName name = trial.name();
    StoreTrial.@Nullable Attempt failing =
        () -> trial.store().write(name, out -> raise(new IOException("on trial")), UNCHECKED);
    attempt(failing);
    trial.store().write(name, text("the second"), UNCHECKED);
    trial.store().delete(name);
    trial.store().write(name, text("the third"), UNCHECKED);
    require(holds(trial.store(), name, "the third"), "it holds something older");
  }
}
