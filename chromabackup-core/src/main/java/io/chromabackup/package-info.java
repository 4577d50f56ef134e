/**
 * Backs up and restores Chroma deployments. Start with {@link io.chromabackup.ChromaBackup}.
 *
 * <p>For users: {@code ChromaBackup}, {@code ChromaDeployment}, {@code BackupOptions}, {@code
 * RestoreOptions}, {@code Thoroughness}, {@code RetentionPolicy}, the reports, and {@code
 * ChromaBackupException}; {@link io.chromabackup.health.ChromaHealth} asks a server.
 *
 * <p>For implementers: {@code BackupSource}, {@code RestoreTarget}, {@code ArchiveStore}, {@code
 * ServiceController}, {@code HealthCheck}, and the vocabulary they share: {@code Entry}, {@code
 * EntrySource}, {@code EntrySink}, {@code HeldCopy}, {@code ContentWriter}, {@code ContentCheck}.
 * What is asked of a store is tried by {@link io.chromabackup.trial}.
 */
package io.chromabackup;
