package io.chromabackup;

import io.chromabackup.chroma.Printable;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the library itself found wrong. Each message says what happened, to what, and what to do
 * about it. The world's own errors (a broken disk, a lost network) are plain {@link IOException}s;
 * a call that was interrupted throws {@link java.io.InterruptedIOException} with the thread's flag
 * set.
 */
public abstract sealed class ChromaBackupException extends IOException {
  private ChromaBackupException(String message) {
    super(Printable.of(message));
  }

  private ChromaBackupException(String message, @Nullable Throwable cause) {
    super(Printable.of(message), cause);
  }

  /**
   * What happened, to what, and what to do about it.
   *
   * @return never null
   */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /** There is no Chroma data where it was looked for. */
  public static final class NotChroma extends ChromaBackupException {
    /**
     * Says where, and what is there instead.
     *
     * @param source names the source
     * @param why what is there instead, in words
     */
    public NotChroma(String source, String why) {
      super(
          source
              + " is not a Chroma data directory: "
              + why
              + ". Give the directory that holds chroma.sqlite3 (persist_path, in the official"
              + " images /data since Chroma 1.0 and /chroma/chroma before)");
    }
  }

  /** There are no documents, and the last backup of the same source had some. */
  public static final class NoDocuments extends ChromaBackupException {
    /**
     * Says where, and what there was before.
     *
     * @param source names the source
     * @param previous the last archive that had some
     * @param before how many documents that had
     */
    public NoDocuments(String source, ArchiveName previous, long before) {
      super(
          "%s has no documents, but %s has %d of it. Look whether this is the right directory; if it is meant to be empty, allow it (BackupOptions.allowEmpty)"
              .formatted(source, previous, before));
    }
  }

  /** The data is damaged where it lives. */
  public static final class SourceDamaged extends ChromaBackupException {
    /** Each, naming the collection. */
    private final List<String> faults;

    /**
     * Says where, and what is wrong with it.
     *
     * @param source names the source
     * @param faults each fault, naming the collection
     */
    public SourceDamaged(String source, List<String> faults) {
      super(
          source
              + " is damaged and was not backed up: "
              + String.join("; ", faults)
              + ". Earlier archives are untouched. To save it as it is, ask for a salvage"
              + " (BackupOptions.salvage)");
      this.faults = List.copyOf(faults);
    }

    /**
     * Each fault, naming the collection.
     *
     * @return at least one
     */
    public List<String> faults() {
      return faults;
    }
  }

  /** The data changed faster than it could be copied. */
  public static final class SourceChanged extends ChromaBackupException {
    /**
     * Says where, and what changed.
     *
     * @param source names the source
     * @param what what it is, in words
     */
    public SourceChanged(String source, String what) {
      super(
          source
              + " changed while it was copied: "
              + what
              + ". Try again when less is written, or give a ServiceController that can pause the"
              + " service");
    }
  }

  /** Access to the data is denied. */
  public static final class DataInaccessible extends ChromaBackupException {
    /**
     * Says where.
     *
     * @param source names the source
     * @param cause what brought it about
     */
    public DataInaccessible(String source, IOException cause) {
      super(
          "access to %s is denied (%s). Run as a user who may read it"
              .formatted(source, cause.getMessage()),
          cause);
    }
  }

  /** A kind of quiet is not available, at all or just now. */
  public static final class QuietUnavailable extends ChromaBackupException {
    private QuietUnavailable(String message) {
      super(message);
    }

    /**
     * One that a source offers, and cannot bring about as things are.
     *
     * @param source names the source
     * @param wanted the quiet that was asked for
     * @param why what keeps it from it, in words
     * @return to be thrown
     */
    public static QuietUnavailable now(String source, Quiet wanted, String why) {
      return new QuietUnavailable(
          "%s cannot be copied under %s: %s. Choose another quiet, or none: then the next is tried"
              .formatted(source, wanted.name().toLowerCase(Locale.ROOT), why));
    }

    /**
     * Says which, where, and what there is.
     *
     * @param source names the source
     * @param wanted the quiet that was asked for
     * @param offered what there is, in words
     */
    public QuietUnavailable(String source, String wanted, String offered) {
      super(
          "%s cannot be copied %s: source and service offer %s. Give a ServiceController that can"
              .formatted(source, wanted, offered));
    }
  }

  /** There is no archive of that name. */
  public static final class ArchiveNotFound extends ChromaBackupException {
    /**
     * Says which, and where.
     *
     * @param name the archive
     * @param store names the store
     */
    public ArchiveNotFound(ArchiveName name, String store) {
      super("there is no archive " + name + " in " + store + ". List the store to see what is");
    }
  }

  /** There is an archive of that name already. */
  public static final class ArchiveExists extends ChromaBackupException {
    /**
     * Says which, and where.
     *
     * @param name the archive
     * @param store names the store
     */
    public ArchiveExists(ArchiveName name, String store) {
      super("an archive " + name + " is in " + store + " already; it was left as it is");
    }
  }

  /** The archive is being read. */
  public static final class ArchiveInUse extends ChromaBackupException {
    /**
     * Says which, and where.
     *
     * @param name the archive
     * @param store names the store
     */
    public ArchiveInUse(ArchiveName name, String store) {
      super("archive " + name + " in " + store + " is being read and was not deleted");
    }
  }

  /** The archive does not hold what it should. */
  public static final class ArchiveDamaged extends ChromaBackupException {
    /** What is wrong, in words. */
    private final String problem;

    /**
     * Says which, and what is wrong.
     *
     * @param archive names the archive
     * @param problem what is wrong, and what to do, in words
     */
    public ArchiveDamaged(String archive, String problem) {
      this(archive, problem, null);
    }

    /**
     * Says which, and what is wrong.
     *
     * @param archive names the archive
     * @param problem what is wrong, and what to do, in words
     * @param cause what brought it about
     */
    public ArchiveDamaged(String archive, String problem, @Nullable Throwable cause) {
      this(
          archive,
          "is damaged",
          problem,
          "Nothing was restored from it; use another archive",
          cause);
    }

    private ArchiveDamaged(
        String archive, String what, String problem, String advice, @Nullable Throwable cause) {
      super("archive " + archive + " " + what + ": " + problem + ". " + advice, cause);
      this.problem = problem;
    }

    /** It was just written, and the store gives back something else. */
    static ArchiveDamaged whenReadBack(String archive, String store, ArchiveDamaged found) {
      return new ArchiveDamaged(
          archive,
          "was not stored",
          found.problem,
          "It was read back from "
              + store
              + ", which does not give back what is written to it. Look to its disk, and try again",
          found);
    }
  }

  /**
   * The archive is what was written, and the data in it is damaged: it was taken so on request, or
   * by a version that did not see what this one sees.
   */
  public static final class ArchiveSalvaged extends ChromaBackupException {
    /**
     * Says which, and what is wrong with its content.
     *
     * @param archive names the archive
     * @param faults each fault, naming the collection
     */
    public ArchiveSalvaged(String archive, List<String> faults) {
      super(
          "archive "
              + archive
              + " holds damaged data: "
              + String.join("; ", faults)
              + ". To restore it all the same, ask for it (RestoreOptions.allowDamaged)");
    }
  }

  /** The store cannot be used. */
  public static final class StoreUnusable extends ChromaBackupException {
    /**
     * Says which, why, and what to do.
     *
     * @param store names the store
     * @param problem what is wrong, and what to do, in words
     * @param cause what brought it about
     */
    public StoreUnusable(String store, String problem, @Nullable Throwable cause) {
      super("archive store " + store + " cannot be used: " + problem, cause);
    }
  }

  /** Another operation is at work. */
  public static final class Locked extends ChromaBackupException {
    /**
     * Says what is taken, and by whom.
     *
     * @param what what it is, in words
     * @param holder who has it, in words
     */
    public Locked(String what, String holder) {
      this(what, holder, "a lock dies with its process");
    }

    /**
     * Says what is taken, by whom, and what else to know or to do about it.
     *
     * @param what what it is, in words
     * @param holder who has it, in words
     * @param more what else to know or to do about it
     */
    public Locked(String what, String holder, String more) {
      super(what + " is in use by " + holder + ". Wait for it to end, or end it; " + more);
    }
  }

  /**
   * This process cannot read an archive, which may be sound: its format is newer, or it needs more
   * memory. Such an archive is never taken for a damaged one.
   */
  public static final class ArchiveUnsupported extends ChromaBackupException {
    /**
     * Says which, and why.
     *
     * @param archive names the archive
     * @param why what about it, and what to do, in words
     */
    public ArchiveUnsupported(String archive, String why) {
      super(archive + " cannot be read here, though it may be sound: " + why);
    }
  }

  /** Archives of that format cannot be written or read here, for want of a library. */
  public static final class CompressionUnavailable extends ChromaBackupException {
    /**
     * Says which.
     *
     * @param suffix what the names of such archives end in
     */
    public CompressionUnavailable(String suffix) {
      super(
          "archives ending in "
              + suffix
              + " need zstd-jni, which is not on the class path or cannot be loaded on this system."
              + " Add the dependency com.github.luben:zstd-jni, or use .tar.gz");
    }
  }

  /** There is too little space. */
  public static final class NoSpace extends ChromaBackupException {
    /**
     * Says where, how much is needed, and how much there is, in bytes.
     *
     * @param where names the place
     * @param needed how much is needed, in bytes
     * @param available how much there is, in bytes
     */
    public NoSpace(String where, long needed, long available) {
      super(
          "no space: %s needs %,d bytes and has %,d. Free some, or choose another place for the store or the work directory"
              .formatted(where, needed, available));
    }

    /**
     * Says where it ran out.
     *
     * @param where names the place
     * @param cause what brought it about
     */
    public NoSpace(String where, Throwable cause) {
      super(
          "no space left in "
              + where
              + ". Nothing was changed. Free some, or choose another place for the store or the"
              + " work directory",
          cause);
    }
  }

  /** There is data where an archive should go, and nobody said that it may be replaced. */
  public static final class TargetNotEmpty extends ChromaBackupException {
    /**
     * Says where.
     *
     * @param target names the target
     */
    public TargetNotEmpty(String target) {
      super(
          target
              + " holds Chroma data. Restore elsewhere, or say that it is to be replaced"
              + " (RestoreOptions.replace or RestoreOptions.confirm)");
    }
  }

  /** The restore was asked about, and refused. */
  public static final class Declined extends ChromaBackupException {
    /**
     * Says where.
     *
     * @param target names the target
     */
    public Declined(String target) {
      super("the restore into " + target + " was declined. Nothing was changed");
    }
  }

  /** A process has the data open. */
  public static final class TargetInUse extends ChromaBackupException {
    /**
     * Says where, and by whom.
     *
     * @param target names the target
     * @param holders who has it open, in words
     */
    public TargetInUse(String target, String holders) {
      super(
          target
              + " is in use by "
              + holders
              + ": files replaced under a running server stay invisible to it. Stop it, or give a"
              + " ServiceController that can");
    }
  }

  /** The archive's schema is newer than the server's. */
  public static final class SchemaTooNew extends ChromaBackupException {
    /**
     * Says which, and where.
     *
     * @param archive names the archive
     * @param archiveSchema the archive's schema
     * @param target names the target
     * @param targetSchema the server's schema
     */
    public SchemaTooNew(String archive, String archiveSchema, String target, String targetSchema) {
      super(
          "archive %s was made by a newer Chroma (%s) than the one at %s (%s), which could not read it. Upgrade the server first, or say that it is newer by now (RestoreOptions.allowNewerSchema)"
              .formatted(archive, archiveSchema, target, targetSchema));
    }
  }

  /** The restore failed after the live data was touched. */
  public static final class RestoreFailed extends ChromaBackupException {
    /** Whether the old data is back. */
    private final boolean rolledBack;

    /** Whether the services are. */
    private final boolean servicesBack;

    /**
     * Says where, and what is back.
     *
     * @param target names the target
     * @param rolledBack whether the old data is back
     * @param servicesBack whether all services that ran run again
     * @param outcome how it ended, in words
     * @param cause what brought it about
     */
    public RestoreFailed(
        String target, boolean rolledBack, boolean servicesBack, String outcome, Throwable cause) {
      super(
          "the restore into " + target + " failed: " + cause.getMessage() + ". " + outcome, cause);
      this.rolledBack = rolledBack;
      this.servicesBack = servicesBack;
    }

    /**
     * Tells whether the old data is back in its place.
     *
     * @return true if it is; false if {@link ChromaBackup#recover} must be called
     */
    public boolean rolledBack() {
      return rolledBack;
    }

    /**
     * Tells whether the services are as they were found.
     *
     * @return true if all that ran run again; false if one may be down
     */
    public boolean servicesBack() {
      return servicesBack;
    }
  }

  /** A service could not be paused or stopped. It runs on. */
  public static final class ServiceNotHeld extends ChromaBackupException {
    /**
     * Says which, and why.
     *
     * @param service names the service
     * @param problem what is wrong, and what to do, in words
     * @param cause what brought it about
     */
    public ServiceNotHeld(String service, String problem, @Nullable Throwable cause) {
      super("service " + service + " could not be held still: " + problem, cause);
    }
  }

  /** A service could not be brought back. */
  public static final class ServiceNotResumed extends ChromaBackupException {
    /**
     * Says which, why, and what to do.
     *
     * @param service names the service
     * @param problem what is wrong, and what to do, in words
     * @param cause what brought it about
     */
    public ServiceNotResumed(String service, String problem, @Nullable Throwable cause) {
      super("service " + service + " could not be brought back and MAY BE DOWN: " + problem, cause);
    }
  }

  /** The service that would have to be held for a backup is down. */
  public static final class ServiceDown extends ChromaBackupException {
    /**
     * Says which.
     *
     * @param service names the service
     */
    public ServiceDown(String service) {
      super(
          service
              + " is not running. Start it; or, if it is meant to be down, back up its data as it"
              + " lies there, cold (BackupOptions.quiet(Quiet.STOP))");
    }
  }

  /** A container engine cannot be reached. */
  public static final class EngineUnavailable extends ChromaBackupException {
    /**
     * Says which, why, and what to do.
     *
     * @param engine names the engine
     * @param problem what is wrong, and what to do, in words
     * @param cause what brought it about
     */
    public EngineUnavailable(String engine, String problem, @Nullable Throwable cause) {
      super("container engine " + engine + " cannot be used: " + problem, cause);
    }
  }

  /** There is no such container, or more than one. */
  public static final class ContainerNotFound extends ChromaBackupException {
    /**
     * Says which, what is there instead, and what to do.
     *
     * @param container names the container
     * @param problem what is wrong, and what to do, in words
     */
    public ContainerNotFound(String container, String problem) {
      super("container " + container + ": " + problem);
    }
  }

  /** Data cannot be restored to where it would have to go. Nothing was changed. */
  public static final class TargetUnsuitable extends ChromaBackupException {
    /**
     * Says where, why, and what to do.
     *
     * @param target names the target
     * @param problem what is wrong, and what to do, in words
     */
    public TargetUnsuitable(String target, String problem) {
      super(target + " cannot be restored into: " + problem + ". Nothing was changed");
    }
  }

  /** A service does not do its work. */
  public static final class Unhealthy extends ChromaBackupException {
    /** Whether it was asked, and said something. */
    private final boolean answers;

    /**
     * Of a service that does not answer.
     *
     * @param service names the service
     * @param problem what is wrong, and what to do, in words
     * @param cause what brought it about
     */
    public Unhealthy(String service, String problem, @Nullable Throwable cause) {
      this(service, problem, cause, false);
    }

    private Unhealthy(String service, String problem, @Nullable Throwable cause, boolean answers) {
      super("service " + service + " is not healthy: " + problem, cause);
      this.answers = answers;
    }

    /**
     * Of a service that answers, and does not serve all that it should.
     *
     * @param service names the service
     * @param problem what is wrong, and what to do, in words
     * @param cause what brought it about
     * @return the exception
     */
    public static Unhealthy ofAnswer(String service, String problem, @Nullable Throwable cause) {
      return new Unhealthy(service, problem, cause, true);
    }

    /**
     * Tells whether the service answers.
     *
     * @return true if it was asked, and what it said is wrong; false if it did not answer, or not
     *     in time
     */
    public boolean answers() {
      return answers;
    }
  }
}
