package io.chromabackup.examples.ops;

import io.chromabackup.ArchiveListing;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStanding;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.Manifest;
import io.chromabackup.RestoreTarget;
import io.chromabackup.localfs.LocalArchiveStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the archive that was asked for: by name, as a file, or the newest good one. */
final class ArchiveChoice {
  private static final Logger log = LoggerFactory.getLogger(ArchiveChoice.class);

  private final LocalArchiveStore store;
  private final Path directory;
  private final Instant now;

  ArchiveChoice(LocalArchiveStore store, Path directory, Instant now) {
    this.store = store;
    this.directory = directory;
    this.now = now;
  }

  /** {@code chroma} is where it is restored to, if it is; only {@code latest} asks. */
  ChosenArchive find(ArchiveAddress wanted, Optional<ChromaDeployment> chroma) throws IOException {
    if (wanted.isLatest()) {
      return new ChosenArchive(store, latest(chroma));
    }
    Optional<ArchiveName> name = wanted.name();
    if (name.isPresent() && Files.exists(directory.resolve(wanted.text()))) {
      return new ChosenArchive(store, name.get());
    }
    return file(wanted.text(), wanted.file().toAbsolutePath().normalize());
  }

  private ChosenArchive file(String text, Path file) throws IOException {
    if (!Files.exists(file)) {
      throw Refusal.notFound(
          "ArchiveNotFound",
          "there is no archive %s in %s, and no file %s. See 'chromabackup list'"
              .formatted(text, directory, file));
    }
    if (!Files.isRegularFile(file)) {
      throw Refusal.notFound("ArchiveNotFound", file + " is not a file, so it is no archive");
    }
    Optional<ArchiveName> name = ArchiveName.parse(file.getFileName().toString());
    if (name.isPresent() && directory.equals(file.getParent())) {
      return new ChosenArchive(store, name.get());
    }
    ArchiveFile archive = ArchiveFile.of(file, store);
    return new ChosenArchive(archive, archive.name());
  }

  /**
   * In a store that deployments share, the newest of all may be another one's. Where there is only
   * one, its archives are what there is to restore where nothing is: to a new directory, say. Over
   * data that is there, another's archive is put by its name alone.
   */
  private ArchiveName latest(Optional<ChromaDeployment> chroma) throws IOException {
    List<ArchiveListing> all = ChromaBackup.using(store).list();
    List<ArchiveListing> good = all.stream().filter(ArchiveChoice::isGood).toList();
    List<ArchiveListing> own = good.stream().filter(listing -> isOf(chroma, listing)).toList();
    List<ArchiveListing> candidates =
        own.isEmpty() && !isShared(all) && !replaces(chroma) ? good : own;
    ArchiveListing latest = newest(candidates).orElseThrow(() -> nothing(all, chroma));
    if (!isOf(chroma, latest)) {
      tellForeign(latest);
    }
    if (isFromTheFuture(latest)) {
      tellFuture(latest);
    }
    all.stream()
        .takeWhile(listing -> !listing.name().equals(latest.name()))
        .filter(listing -> !isGood(listing) || candidates.contains(listing))
        .forEach(this::tellSkipped);
    return latest.name();
  }

  /** A clock that was wrong for a day must not be believed for years. */
  private Optional<ArchiveListing> newest(List<ArchiveListing> candidates) {
    return candidates.stream()
        .filter(listing -> !isFromTheFuture(listing))
        .findFirst()
        .or(() -> candidates.stream().findFirst());
  }

  private boolean isFromTheFuture(ArchiveListing listing) {
    return listing.name().isFromTheFuture(now);
  }

  private static boolean isShared(List<ArchiveListing> all) {
    return sources(all).size() > 1 || all.stream().anyMatch(ArchiveChoice::isUntold);
  }

  /** What a restore broke off may be without data only for the moment. */
  private static boolean replaces(Optional<ChromaDeployment> chroma) throws IOException {
    if (chroma.isEmpty()) {
      return false;
    }
    RestoreTarget target = chroma.get().target();
    return !target.isEmpty() || target.needsRecovery();
  }

  /** Whose it is cannot be read, and it may be of another source. */
  private static boolean isUntold(ArchiveListing listing) {
    return listing.manifest().isEmpty() && listing.standing() != ArchiveStanding.LEGACY;
  }

  private static boolean isGood(ArchiveListing listing) {
    return listing.standing() == ArchiveStanding.GOOD;
  }

  private static boolean isOf(Optional<ChromaDeployment> chroma, ArchiveListing listing) {
    return chroma.map(wanted -> wanted.source().wasOnce(source(listing))).orElse(true);
  }

  /** Of whatever standing: whose archives are all damaged is not to get another one's. */
  private static Set<String> sources(List<ArchiveListing> listings) {
    return listings.stream()
        .flatMap(listing -> listing.manifest().stream())
        .map(Manifest::source)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String source(ArchiveListing listing) {
    return listing.manifest().map(Manifest::source).orElse("");
  }

  private static void tellForeign(ArchiveListing listing) {
    log.warn(
        "{}, the latest good archive, is of {}: the store has archives of no other source",
        listing.name(),
        Lines.printable(source(listing)));
  }

  private static void tellFuture(ArchiveListing listing) {
    log.warn(
        "{} is from the future, as all good ones that come into question are: some clock is or was wrong",
        listing.name());
  }

  private void tellSkipped(ArchiveListing listing) {
    log.warn(
        "{} is newer, but {}, and so not the latest good one",
        listing.name(),
        isFromTheFuture(listing)
            ? "from the future"
            : listing.standing().name().toLowerCase(Locale.ROOT));
  }

  private Refusal nothing(List<ArchiveListing> all, Optional<ChromaDeployment> chroma) {
    Set<String> good = sources(all.stream().filter(ArchiveChoice::isGood).toList());
    String why;
    if (!good.isEmpty()) {
      why =
          "it has good archives of %s, and none of %s"
              .formatted(good, chroma.map(wanted -> wanted.source().describe()).orElse(""));
    } else if (all.isEmpty()) {
      why = "there are no archives in it";
    } else {
      why = "none of its %d archives is known to be good".formatted(all.size());
    }
    return Refusal.notFound(
        "ArchiveNotFound",
        "no latest archive in %s: %s. See 'chromabackup list', and give a name or a file"
            .formatted(directory, why));
  }
}
