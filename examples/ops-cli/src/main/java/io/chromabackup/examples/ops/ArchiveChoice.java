package io.chromabackup.examples.ops;

import io.chromabackup.ArchiveListing;
import io.chromabackup.ArchiveName;
import io.chromabackup.ChromaBackup;
import io.chromabackup.Manifest;
import io.chromabackup.RetentionPlan.Standing;
import io.chromabackup.localfs.LocalArchiveStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the archive that was asked for: by name, as a file, or the newest good one. */
final class ArchiveChoice {
  private static final Logger log = LoggerFactory.getLogger(ArchiveChoice.class);

  private final LocalArchiveStore store;
  private final Path directory;

  ArchiveChoice(LocalArchiveStore store, Path directory) {
    this.store = store;
    this.directory = directory;
  }

  /** {@code source} is whose archive it should be, if that matters; only {@code latest} asks. */
  ChosenArchive find(ArchiveAddress wanted, Optional<String> source) throws IOException {
    if (wanted.isLatest()) {
      return new ChosenArchive(store, latest(source));
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

  /** In a store that deployments share, the newest of all may be another one's. */
  private ArchiveName latest(Optional<String> source) throws IOException {
    List<ArchiveListing> all = ChromaBackup.using(store).list();
    List<ArchiveListing> good =
        all.stream().filter(listing -> listing.standing() == Standing.GOOD).toList();
    Set<String> sources = good.stream().map(ArchiveChoice::source).collect(Collectors.toSet());
    Optional<ArchiveListing> chosen =
        sources.size() <= 1 || source.isEmpty()
            ? good.stream().findFirst()
            : good.stream().filter(listing -> source(listing).equals(source.get())).findFirst();
    ArchiveListing latest = chosen.orElseThrow(() -> nothing(all, sources, source));
    source
        .filter(wanted -> !wanted.equals(source(latest)))
        .ifPresent(wanted -> tellForeign(latest));
    all.stream()
        .takeWhile(listing -> !listing.name().equals(latest.name()))
        .filter(listing -> listing.standing() != Standing.GOOD)
        .forEach(ArchiveChoice::tellSkipped);
    return latest.name();
  }

  private static String source(ArchiveListing listing) {
    return listing.manifest().map(Manifest::source).orElse("");
  }

  private static void tellForeign(ArchiveListing listing) {
    log.warn(
        "{}, the latest good archive, is of {}: the store has none of another source",
        listing.name(),
        Lines.printable(source(listing)));
  }

  private static void tellSkipped(ArchiveListing listing) {
    log.warn(
        "{} is newer, but {}, and so not the latest good one",
        listing.name(),
        listing.standing().name().toLowerCase(Locale.ROOT));
  }

  private Refusal nothing(List<ArchiveListing> all, Set<String> sources, Optional<String> source) {
    String why;
    if (!sources.isEmpty()) {
      why = "it has good archives of %s, and none of %s".formatted(sources, source.orElse(""));
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
