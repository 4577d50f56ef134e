package io.chromabackup.examples.ops;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How Chroma is asked, after a restore, whether it serves the data. */
final class HealthOptions {
  /* not a token by mistake: one in base64 may end with an =, too */
  private static final Pattern HEADER = Pattern.compile("([^=\\s:]+)=([^=]+)");

  @Option(
      names = "--chroma-url",
      paramLabel = "URL",
      description = "Where Chroma is asked for the restored data, such as http://localhost:8000")
  private @Nullable String url;

  @Option(
      names = "--header-env",
      paramLabel = "NAME=ENVVAR",
      description =
          "A header for these questions, with its value from an environment variable. Repeatable.")
  private List<String> headers = new ArrayList<>();

  /** Throws an IllegalArgumentException that does not repeat it: it may hold a password. */
  Optional<URI> url() {
    try {
      return Optional.ofNullable(url).map(URI::create);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--chroma-url: this is no address; give one such as http://localhost:8000");
    }
  }

  /**
   * Each header with its value. Throws an IllegalArgumentException if a variable is not set; it
   * does not repeat what was given, which may be the value by mistake.
   */
  Map<String, String> headers() {
    Map<String, String> values = new LinkedHashMap<>();
    for (String header : headers) {
      Matcher parts = HEADER.matcher(header);
      if (!parts.matches()) {
        throw new IllegalArgumentException(
            "--header-env: give NAME=ENVVAR, a header's name and that of an environment variable");
      }
      values.put(parts.group(1), value(parts.group(1), parts.group(2)));
    }
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
