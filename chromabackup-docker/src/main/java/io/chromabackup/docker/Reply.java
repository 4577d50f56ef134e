package io.chromabackup.docker;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an engine answered, read to its end. */
record Reply(int status, Map<String, List<String>> headers, String text) {
  private static final int NOT_MODIFIED = 304;
  private static final int NOT_FOUND = 404;

  /** Whether what was asked is so now. */
  boolean succeeded() {
    return (status >= 200 && status < 300) || status == NOT_MODIFIED;
  }

  boolean isNotFound() {
    return status == NOT_FOUND;
  }

  /** Its text as JSON; what is no JSON reads as missing. */
  Json json() {
    try {
      return text.isBlank() ? new Json(null) : Json.parse(text);
    } catch (IOException e) {
      return new Json(null);
    }
  }

  /** The engine's own words for what is wrong. */
  Optional<String> message() {
    return json().at("message").said();
  }

  Optional<String> header(String name) {
    return headers.entrySet().stream()
        .filter(h -> name.equalsIgnoreCase(h.getKey()))
        .flatMap(h -> h.getValue().stream())
        .findFirst();
  }

  /** The error that it is. */
  EngineException refusal(String doing) {
    String said = message().orElse(text.isBlank() ? "HTTP " + status : text.strip());
    return new EngineException(doing, status, said, null);
  }
}
