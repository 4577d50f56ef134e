/**
 * Backs up and restores Chroma deployments. Start with {@link io.chromabackup.ChromaBackup}.
 *
 * <p>For users: {@code ChromaBackup}, {@code ChromaDeployment}, {@code BackupOptions}, {@code
 * RestoreOptions}, {@code RetentionPolicy}, {@code Quiet}, {@code Thoroughness}, {@code
 * ArchiveFormat}, {@code ArchiveName}, {@code ArchiveListing}, {@code ProgressListener}, the
 * reports and plans, and {@code ChromaBackupException}; {@link io.chromabackup.health.ChromaHealth}
 * asks a server.
 *
 * <p>For implementers: {@code BackupSource}, {@code RestoreTarget}, {@code ArchiveStore}, {@code
 * ServiceController}, {@code HealthCheck}, and the vocabulary they share: {@code Entry}, {@code
 * EntrySource}, {@code EntrySink}, {@code HeldCopy}, {@code StagedFiles}, {@code SourceProbe},
 * {@code DataContents}, {@code ArchiveInfo}, {@code ContentWriter}, {@code ContentCheck}. What is
 * asked of a store is tried by {@link io.chromabackup.trial}.
 */
package io.chromabackup;
