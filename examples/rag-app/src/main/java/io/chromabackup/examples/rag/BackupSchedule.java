package io.chromabackup.examples.rag;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Backs up every night. What comes of it is in the log, in the metrics and in the health. */
@Component
class BackupSchedule {
  private static final Logger log = LoggerFactory.getLogger(BackupSchedule.class);

  private final Backups backups;

  BackupSchedule(Backups backups) {
    this.backups = backups;
  }

  @Scheduled(cron = "${rag.backup.cron}")
  void backUp() {
    if (backups.backUpInTurn().isEmpty()) {
      log.warn("no scheduled backup this time: one is running, or about to");
    }
  }
}
