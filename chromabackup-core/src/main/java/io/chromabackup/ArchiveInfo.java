package io.chromabackup;

/**
 * An archive in a store.
 *
 * @param name its name
 * @param size its length in bytes, compressed
 */
public record ArchiveInfo(ArchiveName name, long size) {}
