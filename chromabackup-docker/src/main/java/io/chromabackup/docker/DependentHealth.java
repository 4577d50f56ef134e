package io.chromabackup.docker;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"})
final class DependentHealth {
  private DependentHealth() {}

  static void await(Engine e, String n, Optional<URI> u, Duration d) throws IOException {
    e.inspect(n);
  }
}
