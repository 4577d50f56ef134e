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
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
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
  private final NavigableSet<ArchiveName> sound = new TreeSet<>();
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
    Set<ArchiveName> there =
        store.list().stream().map(ArchiveInfo::name).collect(Collectors.toSet());
    synchronized (this) {
      return sound.descendingSet().stream()
          .filter(name -> there.contains(name) && !isFromTheFuture(name))
          .findFirst();
    }
  }

  /**
   * Takes note of a verification; not of another deployment's archive, of which there may be some
   * in a shared store.
   *
   * @throws IOException if interrupted
   */
  void found(VerifyReport report) throws IOException {
    ArchiveName name = report.archive();
    if (!report.isSound()) {
      foundDamaged(name);
    } else if (isOurs(name)) {
      foundSound(name);
    }
  }

  private synchronized void foundSound(ArchiveName name) {
    sound.add(name);
  }

  synchronized void foundDamaged(ArchiveName name) {
    sound.remove(name);
  }

  private synchronized boolean isAnyFound() {
    return !sound.isEmpty();
  }

  private boolean isFromTheFuture(ArchiveName name) {
    return name.isFromTheFuture(clock.instant());
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
        if (!isAnyFound() && isOurs(listing) && !isFromTheFuture(listing.name())) {
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

  /** Whose it is may not be known just now: then it counts when it is verified again. */
  private boolean isOurs(ArchiveName name) throws IOException {
    try {
      return ChromaBackup.using(store).list().stream()
          .anyMatch(listing -> listing.name().equals(name) && isOurs(listing));
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      log.warn("{} is sound, but whose it is could not be read: {}", name, e.getMessage());
      return false;
    }
  }

  private boolean isOurs(ArchiveListing listing) {
    String source = chroma.source().describe();
    return listing.standing() == ArchiveStanding.GOOD
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
