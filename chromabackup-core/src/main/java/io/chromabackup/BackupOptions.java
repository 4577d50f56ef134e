package io.chromabackup;

import java.util.Optional;

/** How a backup is taken. Immutable; each method returns a variation. */
public final class BackupOptions {
  private static final BackupOptions DEFAULTS = new BackupOptions(Optional.empty(), false, false);

  private final Optional<Quiet> quiet;
  private final boolean allowEmpty;
  private final boolean salvage;

  private BackupOptions(Optional<Quiet> quiet, boolean allowEmpty, boolean salvage) {
    this.quiet = quiet;
    this.allowEmpty = allowEmpty;
    this.salvage = salvage;
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
    return new BackupOptions(Optional.of(level), allowEmpty, salvage);
  }

  /**
   * Accepts a source without documents although the last backup had some.
   *
   * @return the options
   */
  public BackupOptions allowEmpty() {
    return new BackupOptions(quiet, true, salvage);
  }

  /**
   * Saves damaged data as it is. The archive says so, never counts as a good one for retention, and
   * is restored only on explicit request.
   *
   * @return the options
   */
  public BackupOptions salvage() {
    return new BackupOptions(quiet, allowEmpty, true);
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
    return "BackupOptions[quiet=%s, allowEmpty=%s, salvage=%s]"
        .formatted(quiet.map(Quiet::name).orElse("the least"), allowEmpty, salvage);
  }
}
