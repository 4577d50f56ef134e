/**
 * Backs up and restores Chroma deployments. Start with {@link io.chromabackup.ChromaBackup}.
 *
 * <p>For users: {@code ChromaBackup}, {@code ChromaDeployment}, {@code BackupOptions}, {@code
 * RestoreOptions}, {@code RetentionPolicy}, {@code ChromaHealth}, the reports, and {@code
 * ChromaBackupException}.
 *
 * <p>For implementers: {@code BackupSource}, {@code RestoreTarget}, {@code ArchiveStore}, {@code
 * ServiceController}, {@code HealthCheck}, and the vocabulary they share: {@code Entry}, {@code
 * EntrySource}, {@code EntrySink}, {@code ContentWriter}, {@code ContentCheck}.
 */
package io.chromabackup;
