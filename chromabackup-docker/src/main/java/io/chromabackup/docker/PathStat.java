package io.chromabackup.docker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;

/**
 * What the engine says of a path in a container.
 *
 * @param name the last part of the path
 * @param size in bytes
 * @param modifiedAt to the nanosecond
 * @param directory whether it is a directory; false for a link to one
 * @param linkTarget where it leads if it is a symbolic link, absolute in the container; else empty
 */
record PathStat(String name, long size, Instant modifiedAt, boolean directory, String linkTarget) {
  /** The header of an answer that holds one. */
  static final String HEADER = "X-Docker-Container-Path-Stat";

  /** Bits of Go's file modes. */
  private static final long DIRECTORY = 1L << 31;

  private static final long LINK = 1L << 27;

  /** Reads the header. */
  static PathStat parse(String header) throws IOException {
    Json json = Json.parse(new String(Base64.getDecoder().decode(header), StandardCharsets.UTF_8));
    long mode = json.at("mode").number().orElse(0L);
    boolean link = (mode & LINK) != 0; // podman gives each path a target, its own
    return new PathStat(
        json.at("name").text(),
        json.at("size").number().orElse(0L),
        OffsetDateTime.parse(json.at("mtime").text()).toInstant(),
        (mode & DIRECTORY) != 0,
        link ? json.at("linkTarget").text() : "");
  }
}
