package io.chromabackup.examples.ops;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How Chroma is asked, after a restore, whether it serves the data. */
final class HealthOptions {
  @Option(
      names = "--chroma-url",
      paramLabel = "URL",
      description = "Where Chroma is asked for the restored data, such as http://localhost:8000")
  private @Nullable URI url;

  @Option(
      names = "--header-env",
      paramLabel = "NAME=ENVVAR",
      description =
          "A header for these questions, with its value from an environment variable. Repeatable.")
  private Map<String, String> headers = new LinkedHashMap<>();

  Optional<URI> url() {
    return Optional.ofNullable(url);
  }

  /** Each header with its value. Throws an IllegalArgumentException if a variable is not set. */
  Map<String, String> headers() {
    Map<String, String> values = new LinkedHashMap<>();
    headers.forEach((name, variable) -> values.put(name, value(name, variable)));
    return values;
  }

  private static String value(String name, String variable) {
    String value = System.getenv(variable);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException(
          "--header-env " + name + ": the environment variable it names is not set");
    }
    return value;
  }
}
