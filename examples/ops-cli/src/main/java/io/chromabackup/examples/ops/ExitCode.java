package io.chromabackup.examples.ops;

import static java.util.Map.entry;

import io.chromabackup.ChromaBackupException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** What the process ends with. Scripts rely on the numbers: they do not change. */
enum ExitCode {
  DONE(0, "done"),
  FAILED(1, "an unexpected I/O error, or a bug"),
  USAGE(2, "wrong usage"),
  NOT_FOUND(3, "no such container, archive, Chroma directory or container engine"),
  REFUSED(4, "refused or declined; nothing was changed"),
  BUSY(5, "locked or in use; try again later"),
  DAMAGED(6, "the data or an archive is damaged"),
  NO_ROOM(7, "no space, or the store cannot be used"),
  ROLLED_BACK(8, "the restore failed; the old data is back"),
  ATTENTION(9, "ACT NOW: a service may be down, or the old data is not back"),
  HANGUP(129, "ended by SIGHUP; services are as they were"),
  INTERRUPTED(130, "ended by Ctrl-C; services are as they were"),
  TERMINATED(143, "ended by SIGTERM; services are as they were");

  private static final Map<Class<? extends ChromaBackupException>, ExitCode> CODES =
      Map.ofEntries(
          entry(ChromaBackupException.NotChroma.class, NOT_FOUND),
          entry(ChromaBackupException.ArchiveNotFound.class, NOT_FOUND),
          entry(ChromaBackupException.EngineUnavailable.class, NOT_FOUND),
          entry(ChromaBackupException.ContainerNotFound.class, NOT_FOUND),
          entry(ChromaBackupException.NoDocuments.class, REFUSED),
          entry(ChromaBackupException.DataInaccessible.class, REFUSED),
          entry(ChromaBackupException.QuietUnavailable.class, REFUSED),
          entry(ChromaBackupException.TargetNotEmpty.class, REFUSED),
          entry(ChromaBackupException.TargetUnsuitable.class, REFUSED),
          entry(ChromaBackupException.Declined.class, REFUSED),
          entry(ChromaBackupException.CompressionUnavailable.class, REFUSED),
          entry(ChromaBackupException.ArchiveUnsupported.class, REFUSED),
          entry(ChromaBackupException.SchemaTooNew.class, REFUSED),
          entry(ChromaBackupException.ServiceDown.class, REFUSED),
          entry(ChromaBackupException.ServiceNotHeld.class, REFUSED),
          entry(ChromaBackupException.SourceChanged.class, BUSY),
          entry(ChromaBackupException.TargetInUse.class, BUSY),
          entry(ChromaBackupException.ArchiveInUse.class, BUSY),
          entry(ChromaBackupException.ArchiveExists.class, BUSY),
          entry(ChromaBackupException.Locked.class, BUSY),
          entry(ChromaBackupException.SourceDamaged.class, DAMAGED),
          entry(ChromaBackupException.ArchiveDamaged.class, DAMAGED),
          entry(ChromaBackupException.ArchiveSalvaged.class, DAMAGED),
          entry(ChromaBackupException.StoreUnusable.class, NO_ROOM),
          entry(ChromaBackupException.NoSpace.class, NO_ROOM),
          entry(ChromaBackupException.RestoreFailed.class, ROLLED_BACK),
          entry(ChromaBackupException.ServiceNotResumed.class, ATTENTION),
          entry(ChromaBackupException.Unhealthy.class, ATTENTION));

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  int code() {
    return code;
  }

  /** What a failure comes to. That a service may be down outweighs whatever else went wrong. */
  static ExitCode of(Throwable failure) {
    if (needsAttention(failure)) {
      return ATTENTION;
    }
    return failure instanceof Refusal refusal
        ? refusal.exitCode()
        : CODES.getOrDefault(failure.getClass(), FAILED);
  }

  /** What a signal comes to, by its name without SIG. */
  static ExitCode ofSignal(String name) {
    return switch (name) {
      case "INT" -> INTERRUPTED;
      case "HUP" -> HANGUP;
      default -> TERMINATED;
    };
  }

  /** Each code and what it means, for the help. */
  static Map<String, String> meanings() {
    Map<String, String> meanings = new LinkedHashMap<>();
    Arrays.stream(values()).forEach(code -> meanings.put(String.valueOf(code.code), code.meaning));
    return meanings;
  }

  private static boolean needsAttention(Throwable failure) {
    if (failure instanceof ChromaBackupException.RestoreFailed restore) {
      return !restore.rolledBack() || !restore.servicesBack();
    }
    return Stream.concat(Stream.of(failure), Failure.besides(failure).stream())
        .anyMatch(e -> CODES.get(e.getClass()) == ATTENTION);
  }
}
