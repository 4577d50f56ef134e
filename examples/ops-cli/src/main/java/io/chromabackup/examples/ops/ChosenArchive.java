package io.chromabackup.examples.ops;

import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;

/**
 * An archive that was asked for.
 *
 * @param store where it is
 * @param name its name there
 */
record ChosenArchive(ArchiveStore store, ArchiveName name) {}
