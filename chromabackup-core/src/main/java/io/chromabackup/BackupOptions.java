package io.chromabackup;

import java.util.Objects;
import java.util.Optional;

/** How a backup is taken. Immutable; each method returns a variation. */
public final class BackupOptions {
  private static final BackupOptions DEFAULTS =
      new BackupOptions(Optional.empty(), false, false, ArchiveFormat.TAR_GZ, Thoroughness.FAST);

  private final Optional<Quiet> quiet;
  private final boolean allowEmpty;
  private final boolean salvage;
  private final ArchiveFormat format;
  private final Thoroughness thoroughness;

  private BackupOptions(
      Optional<Quiet> quiet,
      boolean allowEmpty,
      boolean salvage,
      ArchiveFormat format,
      Thoroughness thoroughness) {
    this.quiet = quiet;
    this.allowEmpty = allowEmpty;
    this.salvage = salvage;
    this.format = format;
    this.thoroughness = thoroughness;
  }

  /**
   * The least quiet that gives a good copy; damaged data is refused, and so is data without
   * documents if the last backup had some.
   *
   * @return the options
   */
  public static BackupOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Takes exactly this quiet, and no other.
   *
   * @param level the quiet; source or service must offer it
   * @return the options
   */
  public BackupOptions quiet(Quiet level) {
    return new BackupOptions(Optional.of(level), allowEmpty, salvage, format, thoroughness);
  }

  /**
   * Accepts a source without documents although the last backup had some.
   *
   * @return the options
   */
  public BackupOptions allowEmpty() {
    return new BackupOptions(quiet, true, salvage, format, thoroughness);
  }

  /**
   * Saves damaged data as it is. The archive says so, never counts as a good one for retention, and
   * is restored only on explicit request.
   *
   * @return the options
   */
  public BackupOptions salvage() {
    return new BackupOptions(quiet, allowEmpty, true, format, thoroughness);
  }

  /**
   * Packs the archive so; {@link ArchiveFormat#TAR_GZ} if nothing is said.
   *
   * @param archiveFormat the format. {@link ArchiveFormat#TAR_ZST} needs {@code
   *     com.github.luben:zstd-jni} on the class path, also for whoever reads the archive
   * @return the options
   */
  public BackupOptions format(ArchiveFormat archiveFormat) {
    return new BackupOptions(quiet, allowEmpty, salvage, archiveFormat, thoroughness);
  }

  /**
   * Inspects the copy so thoroughly; {@link Thoroughness#FAST} if nothing is said. The archive says
   * which it was.
   *
   * @param inspection how thoroughly
   * @return the options
   */
  public BackupOptions inspection(Thoroughness inspection) {
    return new BackupOptions(
        quiet, allowEmpty, salvage, format, Objects.requireNonNull(inspection));
  }

  Thoroughness thoroughness() {
    return thoroughness;
  }

  ArchiveFormat archiveFormat() {
    return format;
  }

  Optional<Quiet> pinnedQuiet() {
    return quiet;
  }

  boolean allowsEmpty() {
    return allowEmpty;
  }

  boolean salvages() {
    return salvage;
  }

  @Override
  public String toString() {
    return "BackupOptions[quiet=%s, allowEmpty=%s, salvage=%s, format=%s, inspection=%s]"
        .formatted(
            quiet.map(Quiet::name).orElse("the least"), allowEmpty, salvage, format, thoroughness);
  }
}
