package io.chromabackup.docker;

import io.chromabackup.*;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"})
record ContainerHealth(Engine e, String n, Optional<URI> a) implements HealthCheck {
  ContainerHealth withHeader(String x, String y) {
    return this;
  }

  @Override
  public String check(List<CollectionSummary> l, Duration d) {
    return "";
  }
}
