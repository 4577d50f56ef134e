package io.chromabackup.examples.rag;

import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveListing;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStanding;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.Manifest;
import io.chromabackup.VerifyReport;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * The newest archive of this Chroma that this process itself has read from its first byte to its
 * last, and found sound. What an earlier process said does not count: a disk may have rotted since.
 * Nor does an archive from the future: it was made while a clock was wrong, and would seem young
 * for years.
 */
@Component
final class LastVerified {
  private static final Logger log = LoggerFactory.getLogger(LastVerified.class);

  private final ArchiveStore store;
  private final ChromaDeployment chroma;
  private final InstantSource clock;
  private final Thread looker = new Thread(this::look, "archives");
  private Optional<ArchiveName> newest = Optional.empty();
  private boolean looking = true;

  LastVerified(ArchiveStore store, ChromaDeployment chroma, InstantSource clock) {
    this.store = store;
    this.chroma = chroma;
    this.clock = clock;
  }

  /** Whether the archives are still being read for the first time. */
  synchronized boolean isLooking() {
    return looking;
  }

  /**
   * The archive, which is not from the future; empty if there is none, or if it is in the store no
   * more.
   *
   * @throws IOException if the store cannot be listed
   */
  Optional<ArchiveName> archive() throws IOException {
    Optional<ArchiveName> known = newest();
    List<ArchiveName> there = store.list().stream().map(ArchiveInfo::name).toList();
    return known.filter(there::contains).filter(name -> !isFromTheFuture(name));
  }

  private synchronized Optional<ArchiveName> newest() {
    return newest;
  }

  /** Takes note of a verification. */
  synchronized void found(VerifyReport report) {
    ArchiveName name = report.archive();
    if (!report.isSound()) {
      foundDamaged(name);
    } else if (!isFromTheFuture(name)) {
      newest = newest.filter(known -> isNewer(known, name)).or(() -> Optional.of(name));
    }
  }

  private boolean isNewer(ArchiveName known, ArchiveName found) {
    return known.createdAt().isAfter(found.createdAt()) && !isFromTheFuture(known);
  }

  private boolean isFromTheFuture(ArchiveName name) {
    return name.isFromTheFuture(clock.instant());
  }

  synchronized void foundDamaged(ArchiveName name) {
    newest = newest.filter(known -> !known.equals(name));
  }

  /** Does not keep the application from starting: archives may be large. */
  @EventListener(ApplicationReadyEvent.class)
  void begin() {
    looker.start();
  }

  @PreDestroy
  void end() throws InterruptedException {
    looker.interrupt();
    looker.join();
  }

  /** Reads what earlier processes left, the newest first, until one is sound. */
  private void look() {
    try {
      ChromaBackup backups = ChromaBackup.using(store);
      for (ArchiveListing listing : backups.list()) {
        if (newest().isEmpty() && isOurs(listing)) {
          verify(backups, listing.name());
        }
      }
    } catch (IOException | RuntimeException e) {
      log.warn("the archives in {} could not be looked through", store.describe(), e);
    } finally {
      synchronized (this) {
        looking = false;
      }
    }
  }

  private boolean isOurs(ArchiveListing listing) {
    String source = chroma.source().describe();
    return listing.standing() == ArchiveStanding.GOOD
        && !isFromTheFuture(listing.name())
        && listing.manifest().map(Manifest::source).equals(Optional.of(source));
  }

  private void verify(ChromaBackup backups, ArchiveName name) throws IOException {
    try {
      found(backups.verify(name));
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      log.warn("{} does not count as a backup: {}", name, e.getMessage());
    }
  }
}
