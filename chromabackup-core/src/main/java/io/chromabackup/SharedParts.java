package io.chromabackup;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What manifests have in common, held once: of one night's archive to the next most files and
 * collections are the same.
 */
final class SharedParts {
  private final Map<Object, Object> known = new HashMap<>();

  /** The same manifest, made of what was seen before as far as that goes. */
  Manifest sharing(Manifest manifest) {
    return new Manifest(
        manifest.library(),
        manifest.createdAt(),
        shared(manifest.source()),
        manifest.quiet(),
        manifest.held(),
        manifest.schema(),
        shared(manifest.collections()),
        shared(manifest.files()),
        manifest.allocated(),
        manifest.inspection(),
        manifest.faults());
  }

  private <T> List<T> shared(List<T> parts) {
    return parts.stream().map(this::shared).toList();
  }

  @SuppressWarnings("unchecked") // what is equal to a record or a text is of its type
  private <T> T shared(T part) {
    Object first = known.putIfAbsent(part, part);
    return first == null ? part : (T) first;
  }
}
