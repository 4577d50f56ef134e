package io.chromabackup.docker;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of the Engine API. */
record ApiVersion(int major, int minor) implements Comparable<ApiVersion> {
  /** The newest whose answers this package was written for. */
  static final ApiVersion NEWEST_KNOWN = new ApiVersion(1, 44);

  private static final Pattern WORDS = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");

  static Optional<ApiVersion> parse(String text) {
    Matcher parts = WORDS.matcher(text);
    return parts.matches()
        ? Optional.of(
            new ApiVersion(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2))))
        : Optional.empty();
  }

  /**
   * The newest that both sides know; if the engine has forgotten all that we know, its oldest.
   *
   * @param version the answer to {@code GET /version}; empty if it is not an engine's
   */
  static Optional<ApiVersion> agreedWith(Reply version) {
    if (!version.succeeded()) {
      return Optional.empty();
    }
    Json json = version.json();
    Optional<ApiVersion> oldest = parse(json.at("MinAPIVersion").text());
    return parse(json.at("ApiVersion").text())
        .map(newest -> newest.compareTo(NEWEST_KNOWN) > 0 ? NEWEST_KNOWN : newest)
        .map(agreed -> oldest.filter(o -> o.compareTo(agreed) > 0).orElse(agreed));
  }

  @Override
  public int compareTo(ApiVersion other) {
    return Comparator.comparingInt(ApiVersion::major)
        .thenComparingInt(ApiVersion::minor)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
