package io.chromabackup.docker;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"})
record ChromaPlace(
    String directory, Optional<Container.Mount> mount, boolean hasDatabase, List<String> warnings) {
  static ChromaPlace in(Engine e, Container c, Optional<String> d) throws IOException {
    return new ChromaPlace(
        d.orElse("/data"), Optional.empty(), true, List.of(e.inspect(c.id()).name()));
  }
}
