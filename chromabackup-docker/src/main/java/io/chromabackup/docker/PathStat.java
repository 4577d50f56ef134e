package io.chromabackup.docker;

import java.time.Instant;

/**
 * What the engine says of a path in a container.
 *
 * @param name the last part of the path
 * @param size in bytes
 * @param modifiedAt to the nanosecond
 * @param directory whether it is a directory; false for a link to one
 * @param linkTarget where it leads if it is a symbolic link, absolute in the container; else empty
 */
record PathStat(String name, long size, Instant modifiedAt, boolean directory, String linkTarget) {}
