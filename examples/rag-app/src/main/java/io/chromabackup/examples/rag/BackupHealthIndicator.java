package io.chromabackup.examples.rag;

import io.chromabackup.ArchiveName;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Healthy as long as the last backup that was verified is not too old. */
@Component("backup")
final class BackupHealthIndicator implements HealthIndicator {
  private final LastVerified lastVerified;
  private final Duration oldest;
  private final InstantSource clock;

  BackupHealthIndicator(LastVerified lastVerified, RagProperties properties, InstantSource clock) {
    this.lastVerified = lastVerified;
    this.oldest = properties.backup().oldest();
    this.clock = clock;
  }

  @Override
  public Health health() {
    try {
      Optional<ArchiveName> archive = lastVerified.archive();
      if (archive.isPresent()) {
        return health(archive.get());
      }
    } catch (IOException e) {
      return Health.down(e).build();
    }
    return lastVerified.isLooking()
        ? Health.unknown().withDetail("reason", "the archives are being read").build()
        : Health.outOfService().withDetail("reason", "there is no verified backup").build();
  }

  private Health health(ArchiveName archive) {
    Duration age = Duration.between(archive.createdAt(), clock.instant());
    Health.Builder health = age.compareTo(oldest) > 0 ? Health.outOfService() : Health.up();
    return health
        .withDetail("archive", archive.toString())
        .withDetail("ageSeconds", age.toSeconds())
        .withDetail("oldestSeconds", oldest.toSeconds())
        .build();
  }
}
