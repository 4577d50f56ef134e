/**
 * Tries whether a store keeps what is asked of one, where it really is. Start with {@link
 * io.chromabackup.trial.ArchiveStores}.
 */
package io.chromabackup.trial;
