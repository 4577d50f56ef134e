package io.chromabackup;

import java.util.Optional;

/**
 * An archive as the beginning of it tells, without reading the rest.
 *
 * @param info its name and size
 * @param standing what it is worth, as far as this tells
 * @param manifest what it says of itself; empty if it has none, or it cannot be read
 * @param problem why it cannot be read; empty if it can
 */
public record ArchiveListing(
    ArchiveInfo info,
    ArchiveStanding standing,
    Optional<Manifest> manifest,
    Optional<String> problem) {
  /**
   * Its name.
   *
   * @return the name
   */
  public ArchiveName name() {
    return info.name();
  }
}
