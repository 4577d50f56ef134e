/**
 * Backs up and restores Chroma deployments. Start with {@link io.chromabackup.ChromaBackup}.
 *
 * <p>For users: {@code ChromaBackup}, {@code ChromaDeployment}, {@code BackupOptions}, {@code
 * RestoreOptions}, {@code Thoroughness}, {@code RetentionPolicy}, {@code ChromaHealth}, the
 * reports, {@code ArchiveStores}, and {@code ChromaBackupException}.
 *
 * <p>For implementers: {@code BackupSource}, {@code RestoreTarget}, {@code ArchiveStore}, {@code
 * ServiceController}, {@code HealthCheck}, and the vocabulary they share: {@code Entry}, {@code
 * EntrySource}, {@code EntrySink}, {@code HeldCopy}, {@code ContentWriter}, {@code ContentCheck}.
 * What is asked of a store is tried by {@code StoreRule}.
 */
package io.chromabackup;
