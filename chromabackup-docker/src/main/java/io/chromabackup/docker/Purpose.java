package io.chromabackup.docker;

import java.util.Locale;

/** What a companion container is for. */
enum Purpose {
  /** Says that a service is held, and by whom, until it is brought back; shows its volumes. */
  HOLD,
  /** Says that a restore is at work; takes what it sends to the volume. */
  RESTORE,
  /** Says that somebody settles what a dead process left. */
  RECOVERY,
  /** Does something in a volume, and ends. */
  ERRAND,
  /** Stands by while a volume is copied. */
  COPY;

  /** The label that every container of this package's own has. */
  static final String LABEL = "io.chromabackup.purpose";

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
