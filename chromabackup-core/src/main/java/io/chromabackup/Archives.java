package io.chromabackup;

import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the archives of a store say of themselves. */
final class Archives {
  private static final Logger log = LoggerFactory.getLogger(Archives.class);

  private final ArchiveStore store;

  Archives(ArchiveStore store) {
    this.store = store;
  }

  /** All of them, newest first. An archive that goes while this reads is left out. */
  List<ArchiveListing> list() throws IOException {
    SharedParts shared = new SharedParts();
    List<ArchiveListing> listings = new ArrayList<>();
    for (ArchiveInfo info : newestFirst()) {
      look(info).map(listing -> sharing(listing, shared)).ifPresent(listings::add);
    }
    return listings;
  }

  private static ArchiveListing sharing(ArchiveListing listing, SharedParts shared) {
    return new ArchiveListing(
        listing.info(),
        listing.standing(),
        listing.manifest().map(shared::sharing),
        listing.problem());
  }

  /** The same in a few words each. */
  List<Outline> outlines() throws IOException {
    List<Outline> outlines = new ArrayList<>();
    for (ArchiveInfo info : newestFirst()) {
      look(info).map(Outline::of).ifPresent(outlines::add);
    }
    return outlines;
  }

  private List<ArchiveInfo> newestFirst() throws IOException {
    List<ArchiveInfo> infos = new ArrayList<>(store.list());
    infos.sort(Collections.reverseOrder((one, other) -> one.name().compareTo(other.name())));
    return infos;
  }

  /** The archive of that name. */
  ArchiveInfo info(ArchiveName name) throws IOException {
    for (ArchiveInfo info : store.list()) {
      if (info.name().equals(name)) {
        return info;
      }
    }
    throw new ChromaBackupException.ArchiveNotFound(name, store.describe());
  }

  /**
   * The newest good archive of such a source. One from the future is taken if there is no other: a
   * clock was wrong once, and what was made then would be the newest for years.
   */
  Optional<ArchiveListing> lastGoodOf(Predicate<String> source, Instant now) throws IOException {
    Optional<ArchiveListing> ofTheFuture = Optional.empty();
    for (ArchiveInfo info : newestFirst()) {
      Optional<ArchiveListing> listing = look(info);
      Optional<ArchiveListing> good = listing.filter(one -> isGoodOf(Outline.of(one), source));
      if (good.isPresent() && !info.name().isFromTheFuture(now)) {
        return good;
      }
      if (ofTheFuture.isEmpty()) {
        ofTheFuture = good;
      }
      listing
          .flatMap(ArchiveListing::problem)
          .ifPresent(problem -> log.warn("{} is passed over: {}", info.name(), problem));
    }
    return ofTheFuture;
  }

  /** The same, of archives that were listed, newest first. */
  static Optional<Outline> lastGoodOf(
      List<Outline> outlines, Predicate<String> source, Instant now) {
    return outlines.stream()
        .filter(outline -> isGoodOf(outline, source))
        .min(Comparator.comparing(outline -> outline.name().isFromTheFuture(now)));
  }

  private static boolean isGoodOf(Outline outline, Predicate<String> source) {
    return outline.standing() == ArchiveStanding.GOOD
        && outline.source().filter(source).isPresent();
  }

  /** Tells whether there are any that do not say what they hold. */
  static boolean anyUntold(List<Outline> outlines) {
    return outlines.stream().anyMatch(outline -> outline.source().isEmpty());
  }

  private Optional<ArchiveListing> look(ArchiveInfo info) throws IOException {
    Optional<Manifest> manifest;
    try (InputStream in = store.open(info.name())) {
      manifest = new ArchiveReader(info.name().toString(), in).manifest();
    } catch (ChromaBackupException.ArchiveNotFound e) {
      return Optional.empty();
    } catch (ChromaBackupException.ArchiveDamaged e) {
      return Optional.of(unread(info, ArchiveStanding.DAMAGED, e.getMessage()));
    } catch (AccessDeniedException e) {
      return Optional.of(unread(info, ArchiveStanding.UNREAD, "access to it is denied"));
    } catch (IOException e) {
      if (Interruption.isOf(e)) {
        throw e;
      }
      return Optional.of(
          unread(info, ArchiveStanding.UNREAD, "it could not be read: " + e.getMessage()));
    }
    return Optional.of(
        new ArchiveListing(info, standing(info.name(), manifest), manifest, Optional.empty()));
  }

  private static ArchiveListing unread(ArchiveInfo info, ArchiveStanding standing, String problem) {
    return new ArchiveListing(info, standing, Optional.empty(), Optional.of(problem));
  }

  private static ArchiveStanding standing(ArchiveName name, Optional<Manifest> manifest) {
    if (manifest.isEmpty()) {
      return ArchiveStanding.LEGACY;
    }
    if (!manifest.get().createdAt().truncatedTo(ChronoUnit.SECONDS).equals(name.createdAt())) {
      return ArchiveStanding.MISDATED;
    }
    return manifest.get().isSound() ? ArchiveStanding.GOOD : ArchiveStanding.SALVAGED;
  }
}
