package io.chromabackup;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What choosing among archives takes. However many there are, and whatever is in them, a list of
 * these stays small.
 *
 * @param info its name and size
 * @param standing what it is worth, as far as its beginning tells
 * @param source of what it says it is; empty if it does not say
 * @param documents how many it says are in it; empty if it does not say
 */
record Outline(
    ArchiveInfo info, ArchiveStanding standing, Optional<String> source, OptionalLong documents) {
  static Outline of(ArchiveListing listing) {
    Optional<Manifest> manifest = listing.manifest();
    return new Outline(
        listing.info(),
        listing.standing(),
        manifest.map(Manifest::source),
        manifest.map(said -> OptionalLong.of(said.documents())).orElse(OptionalLong.empty()));
  }

  ArchiveName name() {
    return info.name();
  }

  boolean saysEmpty() {
    return documents.isPresent() && documents.getAsLong() == 0;
  }
}
