package io.chromabackup.docker;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A container of this package's own, beside one that it serves: made from the same image, without a
 * network, and removed when it has done its work.
 *
 * @param name unique in the engine, so that it is a lock too; empty for any
 * @param imageId the image
 * @param volumesOf the container whose volumes it shares; empty for none
 * @param writable whether it may write to them
 * @param command what it runs if it is started, as entry point and arguments
 * @param labels say whose it is and what for
 */
record Companion(
    Optional<String> name,
    String imageId,
    Optional<String> volumesOf,
    boolean writable,
    List<String> command,
    Map<String, String> labels) {
  Companion {
    command = List.copyOf(command);
    labels = Map.copyOf(labels);
  }
}
